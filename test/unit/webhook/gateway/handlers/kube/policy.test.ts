import { describe, expect, it } from 'vitest';
import { matrixInForce } from '../../../../../../crds/rules/matrix/matrix.ts';
import { acceptedForms, kubePolicy } from '../../../../../../webhook/gateway/handlers/kube/policy.ts';
import { NotMaskable } from '../../../../../../webhook/gateway/masking/masker.ts';
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
    ['application/cbor,application/yaml', 'application/json'],
    [
      'application/yaml;as=Table, application/json;as=PartialObjectMetadata',
      'application/json;as=PartialObjectMetadata',
    ],
    ['application/json-seq, application/cbor-seq', 'application/json'],
    ['*/*', 'application/json'],
    ['', 'application/json'],
    [undefined, 'application/json'],
  ])('of %s is %s', (accept, asked) => {
    expect(acceptedForms(accept)).toBe(asked);
  });

  it.each([
    ['application/json;as=Table;v=v1;g=meta.k8s.io,application/json', 'application/json'],
    ['application/json; AS="Table" ;v=v1', 'application/json'],
    ['application/yaml', 'application/json'],
    ['application/json;as=PartialObjectMetadataList', 'application/json;as=PartialObjectMetadataList'],
  ])(
    'CC-10 of %s is %s where the matrix hides fields: the cells of a table have no names',
    (accept, asked) => {
      const maskedFields = ['customerName'];
      expect(acceptedForms(accept, read(aMatrix(withSpec({ maskedFields }))))).toBe(asked);
      const disabled = read(aMatrix(withSpec({ maskedFields, masking: 'Disabled' })));
      if (accept.includes('as=Table')) expect(acceptedForms(accept, disabled)).toBe(accept);
    },
  );
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

  it('CC-10 refuses what is no JSON where it hides fields, and files that it has not looked into', () => {
    const planOf = (matrix: ReturnType<typeof aMatrix>, contentType: string) => {
      const found = kubePolicy(read(matrix), aKubeRequest());
      return found.ok ? found.policy.masker?.plan({ contentType, contentEncoding: undefined }) : undefined;
    };
    const fields = aMatrix(withSpec({ maskedFields: ['customerName'] }));
    const refused = { kind: 'refuse', rule: expect.stringContaining('JSON') };
    for (const type of ['application/yaml', 'text/html', 'application/octet-stream', ''])
      expect(planOf(fields, type), type).toMatchObject(refused);
    for (const type of ['application/json', 'application/json;stream=watch', 'text/plain; charset=utf-8'])
      expect(planOf(fields, type), type).toMatchObject({ kind: 'mask' });
    const file = planOf(aMatrix(), 'application/octet-stream');
    if (file?.kind !== 'mask') throw new Error(`the plan is to ${file?.kind}`);
    const bytes = Buffer.concat([Buffer.from('GIF89a\0\u0001 jane@corp.com'), Buffer.alloc(2000, 1)]);
    expect(() => {
      const stream = file.open();
      return [stream.push(bytes), stream.end()];
    }).toThrow(NotMaskable);
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
