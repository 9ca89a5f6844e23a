import { describe, expect, it } from 'vitest';
import { impersonators } from '../../../../operator/rbac/impersonators.ts';
import type {
  AnyBinding,
  ClusterRole,
  ClusterRoleRule,
  Subject,
} from '../../../../operator/rbac/rbac-objects.ts';
import { identitiesNamespace } from '../../../kit/objects/grant-world.ts';
import { metadataOf } from '../../../kit/objects/object.ts';

const apiGroup = 'rbac.authorization.k8s.io';
const eve: Subject = { kind: 'User', name: 'eve', apiGroup };

const aRole = (name: string, ...rules: readonly ClusterRoleRule[]): ClusterRole => ({
  apiVersion: `${apiGroup}/v1`,
  kind: 'ClusterRole',
  metadata: metadataOf('ClusterRole', name),
  rules,
});

function aBinding(
  name: string,
  role: string,
  { namespace, kind, subjects }: Partial<Bound> = {},
): AnyBinding {
  const bindingKind = namespace === undefined ? 'ClusterRoleBinding' : 'RoleBinding';
  return {
    apiVersion: `${apiGroup}/v1`,
    kind: bindingKind,
    metadata: metadataOf(bindingKind, name, namespace),
    roleRef: { apiGroup, kind: kind ?? 'ClusterRole', name: role },
    subjects: subjects ?? [eve],
  };
}

interface Bound {
  readonly namespace: string;
  readonly kind: string;
  readonly subjects: readonly Subject[];
}

const rule = (change: Partial<ClusterRoleRule> = {}): ClusterRoleRule => ({
  apiGroups: [''],
  resources: ['serviceaccounts'],
  verbs: ['impersonate'],
  ...change,
});

function found(role: ClusterRole, ...bindings: readonly AnyBinding[]): string[] {
  return impersonators({
    bindings: bindings.filter(({ kind }) => kind === 'RoleBinding'),
    clusterBindings: bindings.filter(({ kind }) => kind === 'ClusterRoleBinding'),
    clusterRole: (name) => (name === role.metadata.name ? role : undefined),
    identitiesNamespace,
  });
}

describe('a role lets its holders act as the support identities', () => {
  it.each([
    ['impersonate on ServiceAccounts', rule()],
    ['every verb', rule({ verbs: ['*'] })],
    ['everything', rule({ apiGroups: ['*'], resources: ['*'], verbs: ['*'] })],
    ['constrained impersonation', rule({ verbs: ['impersonate:serviceaccount'] })],
    ['the name of an identity', rule({ resourceNames: ['robot', 'sa-0123456789abcdef0123'] })],
  ])('with %s', (_, one) => {
    expect(found(aRole('r', one), aBinding('b', 'r'))).toEqual([
      'ClusterRoleBinding b (ClusterRole r: User eve)',
    ]);
  });

  it.each([
    ['tokens, which a policy refuses', rule({ resources: ['serviceaccounts/token'], verbs: ['create'] })],
    ['reading', rule({ verbs: ['get', 'list'] })],
    ['users alone', rule({ resources: ['users', 'groups'] })],
    ['another group', rule({ apiGroups: ['example.com'] })],
    ['the name of another account', rule({ resourceNames: ['robot'] })],
  ])('and not with %s', (_, one) => {
    expect(found(aRole('r', one), aBinding('b', 'r'))).toEqual([]);
  });
});

describe('a binding gives it', () => {
  const edit = aRole('edit', rule());

  it('in the whole cluster and in the identities’ namespace, not elsewhere, and not to nobody', () => {
    const bindings = [
      aBinding('all', 'edit'),
      aBinding('there', 'edit', { namespace: identitiesNamespace }),
      aBinding('elsewhere', 'edit', { namespace: 'ecase' }),
      aBinding('empty', 'edit', { subjects: [] }),
    ];
    expect(found(edit, ...bindings)).toEqual([
      'ClusterRoleBinding all (ClusterRole edit: User eve)',
      'RoleBinding there (ClusterRole edit: User eve)',
    ]);
  });

  it('is told of every Role there but ours, as what it says is not read', () => {
    const role = { namespace: identitiesNamespace, kind: 'Role' };
    expect(found(edit, aBinding('x', 'theirs', role), aBinding('y', 'support-access-gateway', role))).toEqual(
      ['RoleBinding x (Role theirs: User eve)'],
    );
  });

  it('and of the administrators only when it has other subjects than the API server gave it', () => {
    const admin = aRole('cluster-admin', rule({ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }));
    const masters: Subject = { kind: 'Group', name: 'system:masters', apiGroup };
    expect(found(admin, aBinding('cluster-admin', 'cluster-admin', { subjects: [masters] }))).toEqual([]);
    const both = aBinding('cluster-admin', 'cluster-admin', { subjects: [masters, eve] });
    expect(found(admin, both)).toHaveLength(1);
  });

  it('names three subjects and counts the others', () => {
    const subjects = ['a', 'b', 'c', 'd'].map((name): Subject => ({ kind: 'User', name, apiGroup }));
    expect(found(edit, aBinding('all', 'edit', { subjects }))).toEqual([
      'ClusterRoleBinding all (ClusterRole edit: User a, User b, User c and 1 more)',
    ]);
  });
});
