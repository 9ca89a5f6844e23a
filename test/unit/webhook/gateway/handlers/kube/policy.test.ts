import { describe, expect, it } from 'vitest';
import { matrixInForce } from '../../../../../../crds/rules/matrix/matrix.ts';
import { acceptedForms, kubePolicy } from '../../../../../../webhook/gateway/handlers/kube/policy.ts';
import { aKubeRequest } from '../../../../../kit/objects/ask.ts';
import { aMatrix } from '../../../../../kit/objects/matrix.ts';
import { withSpec } from '../../../../../kit/objects/object.ts';

const read = (matrix = aMatrix()) => ({ ...matrixInForce(matrix), ...matrix });

describe('what the API server is asked to answer in', () => {
  it.each([
    [
      'application/json;as=Table;v=v1;g=meta.k8s.io,application/json',
      'application/json;as=Table;v=v1;g=meta.k8s.io,application/json',
    ],
    ['application/vnd.kubernetes.protobuf, application/json', 'application/json'],
    ['application/vnd.kubernetes.protobuf', 'application/json'],
    ['application/cbor,application/yaml', 'application/yaml'],
    ['application/json-seq, application/cbor-seq', 'application/json'],
    ['*/*', 'application/json'],
    ['', 'application/json'],
    [undefined, 'application/json'],
  ])('of %s is %s', (accept, asked) => {
    expect(acceptedForms(accept)).toBe(asked);
  });
});

describe('the policy of a request to the Kubernetes API', () => {
  it('lets no line of the client pass but its name, no cookie, no other protocol and no body', () => {
    const found = kubePolicy(read(), aKubeRequest());
    expect(found).toMatchObject({
      ok: true,
      policy: {
        requestHeaders: { passed: ['user-agent'], passedUnmasked: [] },
        ownResponseHeaders: { 'content-security-policy': "default-src 'none'; sandbox" },
        cookies: false,
        upgrades: false,
        webSockets: false,
        bodyLimit: 0,
        headAtOnce: false,
      },
    });
  });

  it('sends the head of what has no end at once', () => {
    for (const request of [
      aKubeRequest({ verb: 'watch' }),
      aKubeRequest({ resource: 'pods', subresource: 'log' }),
    ])
      expect(kubePolicy(read(), request)).toMatchObject({ policy: { headAtOnce: true } });
  });

  it('is none where the matrix hides what this version does not know', () => {
    const matrix = read(aMatrix(withSpec({ maskedClasses: ['Horoscope' as never] })));
    expect(kubePolicy(matrix, aKubeRequest())).toMatchObject({ ok: false, reason: 'NotMaskable' });
  });

  it('filters discovery also where nothing is masked', () => {
    const matrix = read(aMatrix(withSpec({ masking: 'Disabled' })));
    expect(kubePolicy(matrix, aKubeRequest())).toMatchObject({ policy: { masker: undefined } });
    const discovery = aKubeRequest({ isResource: false, path: '/apis' });
    expect(kubePolicy(matrix, discovery)).toMatchObject({
      policy: { masker: { plan: expect.any(Function) } },
    });
  });
});
