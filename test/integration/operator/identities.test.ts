/** Who may act as the support identities: what the policy's condition says, against what the API server itself says. */
import { describe, expect, it } from 'vitest';
import type { SupportAccessPolicy } from '../../../crds/generated/support-access-policy.ts';
import { accountName } from '../../../crds/identities.ts';
import { kinds } from '../../../crds/kinds.ts';
import { conditionOf } from '../../../crds/rules/conditions.ts';
import {
  ClusterRoleBindings,
  ClusterRoles,
  RoleBindings,
  SubjectAccessReviews,
} from '../../../kube/resources.ts';

import { eventually } from '../../kit/clock/eventually.ts';
import { putAll } from '../../kit/installation/grant-setting.ts';
import { identitiesNamespace } from '../../kit/installation/install.ts';
import { Roles } from '../../kit/objects/kube-kinds.ts';
import { useOperatedInstallation } from '../../kit/vitest/use-operated-installation.ts';

const operated = useOperatedInstallation({ running: true });
const apiGroup = 'rbac.authorization.k8s.io';
const admin = () => operated.installation.admin;
const policyRef = { name: 'default' };

/** Gives `who` the role, everywhere or in one namespace; the returned function takes it back. */
async function bind(
  who: string,
  role: { readonly kind: 'ClusterRole' | 'Role'; readonly name: string },
  namespace?: string,
): Promise<() => Promise<unknown>> {
  const metadata = { name: `of-${who}`, ...(namespace === undefined ? {} : { namespace }) };
  const resource = namespace === undefined ? ClusterRoleBindings : RoleBindings;
  const subjects = [{ kind: 'User', name: who, apiGroup }];
  await admin().create(resource, { metadata, roleRef: { apiGroup, ...role }, subjects });
  return () => admin().delete(resource, metadata);
}

const clusterRole = (name: string) => ({ kind: 'ClusterRole', name }) as const;

/** A role with this one rule, bound everywhere. */
async function give(who: string, resource: string, verb: string, resourceNames: readonly string[] = []) {
  const rule = { apiGroups: [''], resources: [resource], verbs: [verb] };
  const rules = [resourceNames.length === 0 ? rule : { ...rule, resourceNames }];
  await admin().create(ClusterRoles, { metadata: { name: `role-${who}` }, rules });
  return bind(who, clusterRole(`role-${who}`));
}

/** What the API server says of an impersonation of this identity. */
async function mayActAs(user: string, name: string): Promise<boolean> {
  const resourceAttributes = {
    namespace: identitiesNamespace,
    verb: 'impersonate',
    resource: 'serviceaccounts',
    name,
  };
  const { status } = await admin().create<{ status: { allowed: boolean } }>(SubjectAccessReviews, {
    metadata: {},
    spec: { user, resourceAttributes },
  });
  return status.allowed;
}

const exclusive = async () => {
  const { status } = await admin().get<SupportAccessPolicy>(kinds.SupportAccessPolicy, policyRef);
  return conditionOf(status?.conditions, 'IdentitiesExclusive');
};

/** Everyone of the story, with what gives them what they have. */
async function everyone(identity: string) {
  const inIdentities = identitiesNamespace;
  const rules = [{ apiGroups: [''], resources: ['serviceaccounts'], verbs: ['impersonate'] }];
  const own = { name: 'impersonators', namespace: inIdentities };
  await admin().create(Roles, { metadata: own, rules });
  const takeBack = {
    'admin-everywhere': await bind('admin-everywhere', clusterRole('admin')),
    'editor-here': await bind('editor-here', clusterRole('edit'), inIdentities),
    'by-a-role-here': await bind('by-a-role-here', { kind: 'Role', name: own.name }, inIdentities),
    'by-a-rule': await give('by-a-rule', 'serviceaccounts', 'impersonate'),
    'by-one-name': await give('by-one-name', 'serviceaccounts', 'impersonate', [identity]),
    'by-all-verbs': await give('by-all-verbs', '*', '*'),
    'editor-elsewhere': await bind('editor-elsewhere', clusterRole('edit'), 'default'),
    'viewer-everywhere': await bind('viewer-everywhere', clusterRole('view')),
    'of-users-only': await give('of-users-only', 'users', 'impersonate'),
    'by-another-name': await give('by-another-name', 'serviceaccounts', 'impersonate', ['deployer']),
    'of-tokens': await give('of-tokens', 'serviceaccounts/token', 'create'),
  };
  return Object.entries(takeBack);
}

describe('who may act as the support identities', () => {
  it('is named by the policy’s condition exactly where the API server lets them, until it does not', async () => {
    const one = await operated.aSetting();
    const { metadata } = await putAll(one);
    const user = await admin().get(kinds.SupportUser, { name: one.user });
    const identity = accountName(metadata.uid, user.metadata.uid);
    await eventually(async () => expect((await exclusive())?.status).toBe('True'));
    const all = await everyone(identity);
    const allowed = await Promise.all(
      all.map(async ([who]) => ((await mayActAs(who, identity)) ? [who] : [])),
    );
    expect(allowed.flat()).toHaveLength(6);
    await eventually(async () => {
      const condition = await exclusive();
      expect(condition).toMatchObject({ status: 'False', reason: 'ExcessRights' });
      const named = all.map(([who]) => who).filter((who) => condition?.message.includes(`User ${who})`));
      expect(named).toEqual(allowed.flat());
    });
    const kubeconfig = await operated.controlPlane.userKubeconfig('editor-here');
    const as = `system:serviceaccount:${identitiesNamespace}:${identity}`;
    const { stdout } = await operated.controlPlane.kubectl(['auth', 'whoami', '--as', as], { kubeconfig });
    expect(stdout).toContain(as);
    for (const [, takeBack] of all) await takeBack();
    await eventually(async () => expect((await exclusive())?.status).toBe('True'));
  });

  it('are none who may make tokens of all ServiceAccounts: the chart’s policy refuses theirs', async () => {
    const one = await operated.aSetting();
    const { metadata } = await putAll(one);
    const user = await admin().get(kinds.SupportUser, { name: one.user });
    const takeBack = await give('token-maker', 'serviceaccounts/token', 'create');
    const kubeconfig = await operated.controlPlane.userKubeconfig('token-maker');
    const asked = [
      'create',
      'token',
      '-n',
      identitiesNamespace,
      accountName(metadata.uid, user.metadata.uid),
    ];
    const refused = await operated.controlPlane.kubectl(asked, { kubeconfig, expectFailure: true });
    expect(refused.stderr).toContain('must not be asked for by others than the gateway');
    expect((await exclusive())?.status).toBe('True');
    await takeBack();
  });
});
