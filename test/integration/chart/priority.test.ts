/** In which seats of the API server a request waits, by the server's own word: the header that it answers with. */
import { beforeAll, expect, it } from 'vitest';
import { type Caller, callerOf, mergePatch } from '../../kit/control-plane/caller.ts';
import type { ControlPlane } from '../../kit/control-plane/control-plane.ts';
import { installChart, releaseNamespace } from '../../kit/installation/install.ts';
import { collection, grant, lock, policy } from '../../kit/objects/valid-objects.ts';
import { dedicatedControlPlane } from '../../kit/vitest/use-control-plane.ts';

let cp: ControlPlane;
const callers: Record<string, Caller> = {};
const levels: Record<string, string> = {};

const group = '/apis/flowcontrol.apiserver.k8s.io/v1/prioritylevelconfigurations';

beforeAll(async () => {
  cp = await dedicatedControlPlane();
  await installChart(cp);
  for (const name of ['gateway', 'webhook', 'operator']) {
    const account = await cp.serviceAccountKubeconfig(releaseNamespace, `support-access-${name}`);
    callers[name] = callerOf(account.kubeconfig);
  }
  callers['editor'] = callerOf(await cp.userKubeconfig('editor'));
  const { body } = await cp.admin.send('GET', group);
  const { items } = body as { items: readonly { metadata: { name: string; uid: string } }[] };
  for (const { metadata } of items) levels[metadata.uid] = metadata.name;
});

const tokenReview = {
  apiVersion: 'authentication.k8s.io/v1',
  kind: 'TokenReview',
  metadata: {},
  spec: { token: 'none' },
};
const accessReview = {
  apiVersion: 'authorization.k8s.io/v1',
  kind: 'SubjectAccessReview',
  metadata: {},
  spec: { user: 'ada', resourceAttributes: { verb: 'get', resource: 'auditrecords' } },
};
const grants = '/apis/supportaccess.dev/v1beta1/namespaces/default/supportaccessgrants';

it.each([
  ['gateway', `GET ${collection(policy)}/default`, undefined, 'support-access-gateway'],
  ['webhook', 'POST /apis/authentication.k8s.io/v1/tokenreviews', tokenReview, 'support-access-control'],
  [
    'webhook',
    'POST /apis/authorization.k8s.io/v1/subjectaccessreviews',
    accessReview,
    'support-access-control',
  ],
  ['operator', `GET ${grants}`, undefined, 'support-access-control'],
  ['editor', `POST ${grants}`, grant.base(), 'support-access-writes'],
  ['editor', `PATCH ${grants}/any`, {}, 'support-access-writes'],
  ['editor', `PATCH ${grants}/any/status`, {}, 'support-access-writes'],
  ['editor', `DELETE ${grants}`, undefined, 'support-access-writes'],
  ['editor', `POST ${collection(lock)}`, lock.base(), 'support-access-locks'],
  ['editor', `GET ${grants}`, undefined, 'global-default'],
  ['editor', 'POST /api/v1/namespaces/default/configmaps', {}, 'global-default'],
] as const)('the %s waits for %s in seats of its kind', async (who, what, body, level) => {
  const [method = '', path = ''] = what.split(' ');
  const contentType = method === 'PATCH' ? mergePatch : 'application/json';
  const { headers } = await (callers[who] as Caller)(method, path, { body, contentType });
  expect(levels[String(headers['x-kubernetes-pf-prioritylevel-uid'])]).toBe(level);
});
