import { describe, expect, it } from 'vitest';
import { kubeFormProblem } from '../../../../../crds/rules/request/kube-form.ts';

const pods = '/api/v1/namespaces/ecase/pods';
const list =
  'limit=500&continue=ey%3D&labelSelector=app%3Dweb%2Ctier%21%3Ddb&fieldSelector=metadata.name%3Dweb-1';

describe('the one form of a request to the Kubernetes API', () => {
  it.each([
    '/api',
    '/apis/apps/v1',
    `${pods}?${list}`,
    `${pods}?watch=true&allowWatchBookmarks=true&resourceVersion=7&timeoutSeconds=300`,
    `${pods}/web-1.a/log?follow=true&tailLines=10&container=web`,
    `${pods}?`,
  ])('is that of %s', (target) => {
    expect(kubeFormProblem(target)).toBeUndefined();
  });

  const lowerCase =
    'must be lower-case names between single slashes, without an encoding, a dot segment or a slash at its end';
  const others: Readonly<Record<string, string>> = {
    '/': lowerCase,
    '/API/v1/pods': lowerCase,
    [`${pods}/`]: lowerCase,
    '/api//v1/pods': lowerCase,
    '/api/v1/./pods': lowerCase,
    '/api/v1/namespaces/ecase/../other/pods': lowerCase,
    '/api/v1/namespaces/ecase/%2e%2e/other/pods': lowerCase,
    '/api/v1/namespaces/ecase%2Fother/pods': lowerCase,
    '/api/v1/namespaces/ecase/pods;a=b': lowerCase,
    '/api/v1/namespaces/ecase/p\\ods': lowerCase,
    '/api/v1/namespaces/a..b/pods': lowerCase,
    'api/v1': lowerCase,
    [`${pods}?dryRun=All`]: 'must have no parameter but those of reads',
    [`${pods}?fieldManager=x`]: 'must have no parameter but those of reads',
    [`${pods}?w%61tch=1`]: 'must have no parameter but those of reads',
    [`${pods}?watch=0&watch=1`]: 'must have each parameter once',
    [`${pods}?limit=1&&watch=1`]: 'must have no parameter but those of reads',
    [`${pods}?labelSelector=%zz`]: 'must be percent-encoded correctly, in printable ASCII',
    [`${pods}?labelSelector=a;b`]: 'must be percent-encoded correctly, in printable ASCII',
    [`${pods}?labelSelector=a%00b`]: 'must be percent-encoded correctly, in printable ASCII',
    [`${pods}?labelSelector=a#b`]: 'must be percent-encoded correctly, in printable ASCII',
    [`${pods}?labelSelector=${'a'.repeat(9000)}`]: 'must be at most 8192 bytes long',
  };
  it.each(Object.entries(others))('is not that of %s', (target, rule) => {
    expect(kubeFormProblem(target)?.rule).toBe(rule);
  });
});
