/**
 * Rights that a support identity would have from other bindings: the grant stays closed and says which. And the names that the
 * operator gives to the policies of the API server, which refuse such a binding from then on.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { accountName } from '../../../crds/identities.ts';
import { kinds } from '../../../crds/kinds.ts';
import type { KubeObject } from '../../../kube/objects.ts';
import {
  ClusterRoleBindings,
  ClusterRoles,
  ConfigMaps,
  RoleBindings,
  ValidatingAdmissionPolicyBindings,
} from '../../../kube/resources.ts';

import { eventually } from '../../kit/clock/eventually.ts';
import { grantOf, putAll, putMatrix, putPolicy, untilActive } from '../../kit/installation/grant-setting.ts';
import { identitiesNamespace, releaseNamespace } from '../../kit/installation/install.ts';
import { matrixRole } from '../../kit/installation/operated-installation.ts';
import { useOperatedInstallation } from '../../kit/vitest/use-operated-installation.ts';

const operated = useOperatedInstallation({ running: true });
const aSetting = async () => operated.aSetting();

describe('the names of the policy', () => {
  it('EC-4 EC-12 are reserved and told as soon as it has them, and no longer once it is without them', async () => {
    const one = await aSetting();
    const make = async (name: string) =>
      operated.controlPlane.admin.send('POST', '/apis/rbac.authorization.k8s.io/v1/clusterroles?dryRun=All', {
        body: { metadata: { name }, rules: [] },
      });
    await putPolicy(one, {
      administrators: [{ name: 'Grace', email: 'grace@example.com' }],
      rights: { reservedRoleNames: ['Vendor Desk'] },
    });
    await eventually(async () => expect((await make('vendor:desk')).status).toBe(403));
    const ref = { namespace: releaseNamespace, name: 'support-access-names' };
    const { data } = await one.admin.get<KubeObject & { data: object }>(ConfigMaps, ref);
    expect(data).toEqual({ administrators: 'Grace (grace@example.com)', reservedRoles: 'vendordesk' });
    // wiped by another hand, it is filled again
    await one.admin.mergePatch(ConfigMaps, ref, { patch: { data: null } });
    await eventually(async () =>
      expect(await one.admin.get(ConfigMaps, ref)).toMatchObject({ data: { reservedRoles: 'vendordesk' } }),
    );
    await putPolicy(one);
    await eventually(async () => expect((await make('vendor:desk')).status).toBe(201));
    expect((await make('Support Admin')).status).toBe(403);
  });
});

describe('rights from elsewhere', () => {
  /** As it is where a binding is older than the product: the API server did not ask then. */
  beforeAll(async () => {
    const { admin } = operated.installation;
    const guard = 'support-access-reserved-assignments';
    for (const name of [guard, `${guard}-of-the-policy`])
      await admin.delete(ValidatingAdmissionPolicyBindings, { name });
    await eventually(async () => {
      const probe = binding('probe', group(`system:serviceaccounts:${identitiesNamespace}`));
      const path = '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings?dryRun=All';
      expect((await operated.controlPlane.admin.send('POST', path, { body: probe })).status).toBe(201);
    });
  });

  const group = (name: string) => ({ kind: 'Group', apiGroup: 'rbac.authorization.k8s.io', name });
  const binding = (name: string, subject: object) => ({
    metadata: { name },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
    subjects: [subject],
  });

  it.each([
    'system:authenticated',
    'system:serviceaccounts',
    `system:serviceaccounts:${identitiesNamespace}`,
  ])(
    'for the group %s close the grant and name the binding, until they are gone or tolerated',
    async (name) => {
      const one = await aSetting();
      await putAll(one);
      const ref = { name: `wide-${name.replaceAll(':', '-')}` };
      await one.admin.create(ClusterRoleBindings, binding(ref.name, group(name)));
      const closed = await untilActive(one, 'ExcessRights');
      expect(closed.status?.conditions).toContainEqual(
        expect.objectContaining({
          type: 'Active',
          message: expect.stringContaining(`ClusterRoleBinding ${ref.name}`),
        }),
      );
      await putPolicy(one, {
        rights: { toleratedBindings: [{ kind: 'ClusterRoleBinding', name: ref.name }] },
      });
      await untilActive(one, 'Open');
      await putPolicy(one);
      await untilActive(one, 'ExcessRights');
      await one.admin.delete(ClusterRoleBindings, ref);
      await untilActive(one, 'Open');
    },
  );

  it('for one account, by its name, close its grant alone', async () => {
    const [one, other] = [await aSetting(), await aSetting()];
    const { metadata } = await putAll(one);
    await putAll(other);
    const user = await one.admin.get(kinds.SupportUser, { name: one.user });
    const name = accountName(metadata.uid, user.metadata.uid);
    const subject = { kind: 'ServiceAccount', namespace: identitiesNamespace, name };
    await one.admin.create(RoleBindings, {
      ...binding('extra', subject),
      metadata: { name: 'extra', namespace: 'default' },
    });
    await untilActive(one, 'ExcessRights');
    expect((await grantOf(other)).status?.activeReason).toBe('Open');
    await one.admin.delete(RoleBindings, { namespace: 'default', name: 'extra' });
    await untilActive(one, 'Open');
  });

  it('close the grant also when the binding has a longer name than any message', async () => {
    const one = await aSetting();
    await putAll(one);
    const ref = { name: `wide-${'x'.repeat(5000)}` };
    await one.admin.create(ClusterRoleBindings, binding(ref.name, group('system:authenticated')));
    await untilActive(one, 'ExcessRights');
    await one.admin.delete(ClusterRoleBindings, ref);
    await untilActive(one, 'Open');
  });

  it('from a default role that somebody widened close the grant', async () => {
    const one = await aSetting();
    await putAll(one);
    const ref = { name: 'system:basic-user' };
    const role = await one.admin.get<KubeObject & { rules: object[] }>(ClusterRoles, ref);
    const rules = [...role.rules, { apiGroups: [''], resources: ['secrets'], verbs: ['get'] }];
    await one.admin.mergePatch(ClusterRoles, ref, { patch: { rules } });
    await untilActive(one, 'ExcessRights');
    await one.admin.mergePatch(ClusterRoles, ref, { patch: { rules: role.rules } });
    await untilActive(one, 'Open');
  });

  it('in the matrix’s own role close the grant until it is exact again', async () => {
    const one = await aSetting();
    await putAll(one);
    const wider = [{ apiGroups: [''], resources: ['pods', 'configmaps'], verbs: ['get', 'list'] }];
    await one.admin.mergePatch(ClusterRoles, { name: matrixRole }, { patch: { rules: wider } });
    await untilActive(one, 'ClusterRoleMissing');
    await putMatrix(one);
    await untilActive(one, 'Open');
  });
});
