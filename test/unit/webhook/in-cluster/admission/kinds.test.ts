import { expect, it } from 'vitest';
import { kinds } from '../../../../../crds/kinds.ts';
import { kindRules } from '../../../../../webhook/in-cluster/admission/kinds/index.ts';

it('each kind of the product has its rule, and only a grant is judged by other objects', async () => {
  expect(Object.keys(kindRules).sort()).toEqual(Object.keys(kinds).sort());
  const read: string[] = [];
  const deps = { read: async (kind: string) => void read.push(kind), now: 0 };
  for (const [kind, rule] of Object.entries(kindRules)) {
    const spec = { matrixRef: { name: 'm' }, userRefs: [] };
    await rule({ apiVersion: 'supportaccess.dev/v1beta1', kind, metadata: { name: 'x' }, spec }, deps);
    if (kind !== 'SupportAccessGrant') expect(read).toEqual([]);
    else expect(read.splice(0).sort()).toEqual(['SupportAccessPolicy', 'SupportPermissionMatrix']);
  }
});
