import { describe, expect, it } from 'vitest';
import {
  bindingInWords,
  everyIdentity,
  excessRights,
  identitiesReached,
} from '../../../../operator/rbac/excess-rights.ts';
import {
  aBinding,
  aClusterBinding,
  aClusterRole,
  account,
  group,
  user,
} from '../../../kit/objects/kube-objects.ts';

const namespace = 'support-access-identities';

describe('whom a binding reaches', () => {
  const table: Record<string, [Parameters<typeof aClusterBinding>[2], string[]]> = {
    'every identity by the group of everybody signed in': [group('system:authenticated'), [everyIdentity]],
    'every identity by the group of all ServiceAccounts': [group('system:serviceaccounts'), [everyIdentity]],
    'every identity by the group of their namespace': [
      group(`system:serviceaccounts:${namespace}`),
      [everyIdentity],
    ],
    'one identity by its account': [account(`${namespace}/sa-1`), ['sa-1']],
    'one identity spelled as a user': [user(`system:serviceaccount:${namespace}:sa-1`), ['sa-1']],
    'nobody of ours by another namespace’s group': [group('system:serviceaccounts:default'), []],
    'nobody of ours by a namesake elsewhere': [account('default/sa-1'), []],
    'nobody of ours by a user of another name': [user('sa-1'), []],
    'nobody of ours by a namespace that only begins alike': [
      user(`system:serviceaccount:${namespace}-2:sa-1`),
      [],
    ],
  };
  it.each(Object.entries(table))('is %s', (_, [subject, reached]) => {
    expect(identitiesReached(aClusterBinding('x', 'view', subject), namespace)).toEqual(reached);
  });

  it('is nobody when there are no subjects', () => {
    expect(identitiesReached({}, namespace)).toEqual([]);
  });
});

const everybody = group('system:authenticated');
const basic = [
  {
    apiGroups: ['authorization.k8s.io'],
    resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'],
    verbs: ['create'],
  },
];

function excess(
  bindings: readonly ReturnType<typeof aBinding>[],
  given: Partial<Parameters<typeof excessRights>[0]> = {},
) {
  const found = excessRights({
    bindings,
    own: 'ecase/sag-1',
    tolerated: [],
    clusterRole: () => undefined,
    ...given,
  });
  return found.map(bindingInWords);
}

describe('rights from elsewhere', () => {
  it('are none from the grant’s own binding', () => {
    expect(excess([aBinding('ecase/sag-1', 'matrix', account(`${namespace}/sa-1`))])).toEqual([]);
  });

  it('come from a binding of the same name in another namespace', () => {
    expect(excess([aBinding('other/sag-1', 'matrix', account(`${namespace}/sa-1`))])).toEqual([
      'RoleBinding other/sag-1',
    ]);
  });

  it('are not those that the API server gives to everybody', () => {
    const binding = aClusterBinding('system:basic-user', 'system:basic-user', everybody);
    const clusterRole = () => aClusterRole('system:basic-user', basic);
    expect(excess([binding], { clusterRole })).toEqual([]);
  });

  it.each([
    ['more verbs', { ...basic[0]!, verbs: ['create', 'get'] }],
    ['another resource', { apiGroups: [''], resources: ['secrets'], verbs: ['create'] }],
    ['everything', { apiGroups: ['*'], resources: ['*'], verbs: ['*'] }],
    ['another path', { nonResourceURLs: ['/metrics'], verbs: ['get'] }],
  ])('come from a default role that was widened by %s', (_, rule) => {
    const binding = aClusterBinding('system:basic-user', 'system:basic-user', everybody);
    const clusterRole = () => aClusterRole('system:basic-user', [...basic, rule]);
    expect(excess([binding], { clusterRole })).toEqual(['ClusterRoleBinding system:basic-user']);
  });

  it('come from a default role that nobody can read, from a default name with another role, and from a RoleBinding', () => {
    const clusterRole = () => aClusterRole('system:basic-user', basic);
    expect(excess([aClusterBinding('system:basic-user', 'system:basic-user', everybody)])).toHaveLength(1);
    expect(
      excess([aClusterBinding('system:basic-user', 'cluster-admin', everybody)], { clusterRole }),
    ).toHaveLength(1);
    expect(
      excess([aBinding('ecase/system:basic-user', 'system:basic-user', everybody)], { clusterRole }),
    ).toHaveLength(1);
  });

  it('are tolerated by kind, namespace and name, all three', () => {
    const bindings = [
      aBinding('a/wide', 'view', everybody),
      aBinding('b/wide', 'view', everybody),
      aClusterBinding('wide', 'view', everybody),
    ];
    const tolerate = (one: {
      kind: 'RoleBinding' | 'ClusterRoleBinding';
      namespace?: string;
      name: string;
    }) => excess(bindings, { tolerated: [one] });
    expect(tolerate({ kind: 'RoleBinding', namespace: 'a', name: 'wide' })).toEqual([
      'ClusterRoleBinding wide',
      'RoleBinding b/wide',
    ]);
    expect(tolerate({ kind: 'ClusterRoleBinding', name: 'wide' })).toEqual([
      'RoleBinding a/wide',
      'RoleBinding b/wide',
    ]);
    expect(tolerate({ kind: 'RoleBinding', name: 'wide' })).toHaveLength(3);
  });
});
