import { expect, it } from 'vitest';
import { kinds } from '../../../../../crds/kinds.ts';
import { kindRules } from '../../../../../webhook/in-cluster/admission/kinds/index.ts';

/** What each rule reads of the cluster when an object is made. */
const reads: Readonly<Record<string, readonly string[]>> = {
  SupportAccessGrant: ['SupportAccessPolicy', 'SupportPermissionMatrix'],
  SupportApplication: ['SupportAccessPolicy'],
  SupportCase: ['SupportAccessPolicy'],
  SupportUser: ['SupportAccessPolicy', 'all of SupportUser'],
};

it.each(Object.entries(kindRules))(
  '%s has its rule, which reads what it must and no more',
  async (kind, rule) => {
    const read: string[] = [];
    const deps = {
      read: async (wanted: string) => void read.push(wanted),
      list: async (wanted: string, namespace?: string) => {
        read.push(`all of ${wanted}${namespace === undefined ? '' : ` in ${namespace}`}`);
        return [];
      },
      now: 0,
    };
    const spec = { matrixRef: { name: 'm' }, userRefs: [], routes: [] };
    const object = { apiVersion: 'supportaccess.dev/v1beta1', kind, metadata: { name: 'ns.ecase' }, spec };
    await rule({ object }, deps);
    expect(read.sort()).toEqual(reads[kind] ?? []);
  },
);

it('each kind of the product has its rule', () => {
  expect(Object.keys(kindRules).sort()).toEqual(Object.keys(kinds).sort());
});
