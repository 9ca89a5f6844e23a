import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments, stringify } from 'yaml';
import { call } from '../../../kit/cli/call.ts';
import { aFolder } from '../../../kit/records/store-file.ts';

function aMatrixDocument(spec: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    apiVersion: 'supportaccess.dev/v1beta1',
    kind: 'SupportPermissionMatrix',
    metadata: { name: 'shop-3' },
    spec: {
      system: 'shop',
      revision: 3,
      masking: 'Enabled',
      modules: [{ name: 'Orders', access: 'Read' }],
      kubernetes: {
        clusterRole: 'support-access-matrix-shop-3',
        rules: [{ apiGroups: [''], resources: ['pods', 'pods/log'], verbs: ['get', 'list'] }],
      },
      ...spec,
    },
  };
}

const compile = (document: unknown, ...words: string[]): ReturnType<typeof call> =>
  call(['matrix', 'compile', '-', ...words], { stdin: stringify(document) });

function documentsIn(text: string): Record<string, unknown>[] {
  return parseAllDocuments(text).map((document) => document.toJS() as Record<string, unknown>);
}

describe('matrix compile', () => {
  it('prints the role, the right to bind it by name, and the matrix', async () => {
    const { code, out } = await compile(aMatrixDocument());
    expect(code).toBe(0);
    expect(documentsIn(out)).toMatchObject([
      {
        kind: 'ClusterRole',
        metadata: { name: 'support-access-matrix-shop-3' },
        rules: [{ apiGroups: [''], resources: ['pods', 'pods/log'], verbs: ['get', 'list'] }],
      },
      {
        kind: 'ClusterRole',
        metadata: { name: 'support-access-operator-binds-support-access-matrix-shop-3' },
        rules: [
          {
            apiGroups: ['rbac.authorization.k8s.io'],
            resources: ['clusterroles'],
            resourceNames: ['support-access-matrix-shop-3'],
            verbs: ['bind'],
          },
        ],
      },
      {
        kind: 'ClusterRoleBinding',
        roleRef: { name: 'support-access-operator-binds-support-access-matrix-shop-3' },
        subjects: [{ kind: 'ServiceAccount', name: 'support-access-operator', namespace: 'support-access' }],
      },
      aMatrixDocument(),
    ]);
  });

  it('takes a file, and the namespace in which the operator runs', async () => {
    const path = join(aFolder(), 'matrix.yaml');
    writeFileSync(path, stringify(aMatrixDocument()));
    const { out } = await call(['matrix', 'compile', path, '--release-namespace', 'elsewhere']);
    expect(documentsIn(out)[2]).toMatchObject({ subjects: [{ namespace: 'elsewhere' }] });
  });

  it('prints the matrix alone when it gives no Kubernetes rights', async () => {
    const { out } = await call(['matrix', 'compile', '--system', 'casepoint-ecase']);
    expect(documentsIn(out)).toMatchObject([
      { kind: 'SupportPermissionMatrix', metadata: { name: 'casepoint-ecase-1' } },
    ]);
  });

  it.each([
    ['a wildcard', { apiGroups: ['*'], resources: ['pods'], verbs: ['get'] }, 'rules[0].apiGroups[0]'],
    ['secrets', { apiGroups: [''], resources: ['secrets'], verbs: ['get'] }, 'rules[0].resources[0]'],
    ['nodes/proxy', { apiGroups: [''], resources: ['nodes/proxy'], verbs: ['get'] }, 'rules[0].resources[0]'],
    [
      'rights about rights',
      { apiGroups: ['rbac.authorization.k8s.io'], resources: ['roles'], verbs: ['bind'] },
      'rules[0].verbs[0]',
    ],
    ['impersonation', { apiGroups: [''], resources: ['users'], verbs: ['impersonate'] }, 'rules[0].verbs[0]'],
  ])('refuses rules with %s, and prints nothing to apply', async (_what, rule, field) => {
    const kubernetes = { clusterRole: 'support-access-matrix-shop-3', rules: [rule] };
    const { code, out, err } = await compile(aMatrixDocument({ kubernetes }));
    expect(code).toBe(1);
    expect(out).toBe('');
    expect(err).toContain(`spec.kubernetes.${field}`);
  });

  it.each([
    [
      'a name without the revision',
      { ...aMatrixDocument(), metadata: { name: 'shop' } },
      'metadata.name: "shop": must end in -3',
    ],
    [
      'a role without the revision',
      aMatrixDocument({ kubernetes: { clusterRole: 'shop', rules: [] } }),
      'spec.kubernetes.clusterRole: "shop": must end in -3',
    ],
    ['a misspelt field', aMatrixDocument({ maskedclasses: [] }), 'spec.maskedclasses'],
    ['a missing field', aMatrixDocument({ masking: undefined }), 'spec.masking'],
    ['another kind', { ...aMatrixDocument(), kind: 'ConfigMap' }, 'kind'],
    ['no object', 'a text', 'must be an object'],
    [
      'an action that nobody lists',
      aMatrixDocument({ disabledActions: [{ module: 'Order', action: 'Read' }] }),
      'spec.disabledActions[0].module',
    ],
  ])('refuses %s and says where', async (_what, document, words) => {
    const { code, out, err } = await compile(document);
    expect(code).toBe(1);
    expect(out).toBe('');
    expect(err).toContain(words);
  });

  it.each([
    ['no file', ['matrix', 'compile'], 4],
    ['file and system', ['matrix', 'compile', 'a', '--system', 'b'], 4],
    ['an unknown system', ['matrix', 'compile', '--system', 'b'], 4],
    ['a file that is not there', ['matrix', 'compile', '/nowhere'], 3],
    ['two files', ['matrix', 'compile', 'a', 'b'], 4],
  ])('says what is wrong with a call that has %s', async (_what, words, code) => {
    const called = await call(words);
    expect(called).toMatchObject({ code, out: '' });
    expect(called.err).toMatch(/^error: /);
  });

  it('expands no aliases: a small file cannot become a large one', async () => {
    const bomb = 'a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n';
    expect(await call(['matrix', 'compile', '-'], { stdin: bomb })).toMatchObject({ code: 3 });
  });
});
