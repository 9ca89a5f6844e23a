import { describe, expect, it } from 'vitest';
import {
  bindingInWords,
  everyIdentity,
  excessRights,
  identitiesReached,
} from '../../../../operator/rbac/excess-rights.ts';
import type { AnyBinding, ClusterRoleRule } from '../../../../operator/rbac/rbac-objects.ts';
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
    identitiesNamespace: namespace,
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

  describe('are not what a platform gives to everybody:', () => {
    /** A binding of a platform, its role, and what is one right too many for it. */
    const platform: Record<string, [binding: AnyBinding, rules: ClusterRoleRule[], more: ClusterRoleRule]> = {
      'the version of KubeVirt': [
        aClusterBinding(
          'kubevirt.io:default',
          'kubevirt.io:default',
          everybody,
          group('system:unauthenticated'),
        ),
        [
          { apiGroups: ['kubevirt.io'], resources: ['kubevirts'], verbs: ['get', 'list'] },
          {
            apiGroups: ['subresources.kubevirt.io'],
            resources: ['version', 'guestfs'],
            verbs: ['get', 'list'],
          },
        ],
        {
          apiGroups: ['subresources.kubevirt.io'],
          resources: ['virtualmachineinstances/console'],
          verbs: ['get'],
        },
      ],
      'the instance types of KubeVirt': [
        aClusterBinding('instancetype.kubevirt.io:view', 'instancetype.kubevirt.io:view', everybody),
        [
          {
            apiGroups: ['instancetype.kubevirt.io'],
            resources: ['virtualmachineclusterinstancetypes', 'virtualmachineclusterpreferences'],
            verbs: ['get', 'list', 'watch'],
          },
        ],
        { apiGroups: ['kubevirt.io'], resources: ['kubevirts'], verbs: ['get'] },
      ],
      'the settings of the importer of KubeVirt': [
        aClusterBinding('cdi.kubevirt.io:config-reader', 'cdi.kubevirt.io:config-reader', everybody),
        [
          {
            apiGroups: ['cdi.kubevirt.io'],
            resources: ['cdiconfigs', 'storageprofiles'],
            verbs: ['get', 'list', 'watch'],
          },
        ],
        { apiGroups: ['cdi.kubevirt.io'], resources: ['cdiconfigs'], verbs: ['patch'] },
      ],
      'who one is, on OpenShift': [
        aClusterBinding('basic-users', 'basic-user', everybody),
        [
          {
            apiGroups: ['', 'user.openshift.io'],
            resources: ['users'],
            resourceNames: ['~'],
            verbs: ['get'],
          },
          { apiGroups: ['', 'project.openshift.io'], resources: ['projects'], verbs: ['list', 'watch'] },
          {
            apiGroups: ['rbac.authorization.k8s.io'],
            resources: ['clusterroles'],
            verbs: ['get', 'list', 'watch'],
          },
        ],
        { apiGroups: ['user.openshift.io'], resources: ['users'], verbs: ['get'] },
      ],
      'its paths, on OpenShift': [
        aClusterBinding('cluster-status-binding', 'cluster-status', everybody),
        [{ nonResourceURLs: ['/healthz', '/healthz/'], verbs: ['get'] }],
        { nonResourceURLs: ['/metrics'], verbs: ['get'] },
      ],
      'the usual security of pods, on OpenShift': [
        aClusterBinding(
          'system:openshift:scc:restricted-v2',
          'system:openshift:scc:restricted-v2',
          everybody,
        ),
        [
          {
            apiGroups: ['security.openshift.io'],
            resources: ['securitycontextconstraints'],
            resourceNames: ['restricted-v2'],
            verbs: ['use'],
          },
        ],
        {
          apiGroups: ['security.openshift.io'],
          resources: ['securitycontextconstraints'],
          resourceNames: ['privileged'],
          verbs: ['use'],
        },
      ],
      'the images of their own namespace, on OpenShift': [
        aBinding(
          `${namespace}/system:image-pullers`,
          'system:image-puller',
          group(`system:serviceaccounts:${namespace}`),
        ),
        [{ apiGroups: ['', 'image.openshift.io'], resources: ['imagestreams/layers'], verbs: ['get'] }],
        { apiGroups: [''], resources: ['secrets'], verbs: ['get'] },
      ],
    };

    it.each(Object.entries(platform))('%s, until the role has more', (_, [binding, rules, more]) => {
      const role = (held: ClusterRoleRule[]) => ({
        clusterRole: (name: string) => (name === binding.roleRef.name ? aClusterRole(name, held) : undefined),
      });
      expect(excess([binding], role(rules))).toEqual([]);
      expect(excess([binding], role([...rules, more]))).toHaveLength(1);
      expect(excess([binding])).toHaveLength(1);
    });

    it('but are a namesake of it that binds another role, or lies in another namespace', () => {
      const clusterRole = (name: string) => aClusterRole(name, []);
      const others = [
        aClusterBinding('basic-users', 'cluster-admin', everybody),
        aClusterBinding('system:image-pullers', 'system:image-puller', everybody),
        aBinding('ecase/system:image-pullers', 'system:image-puller', everybody),
        aBinding('ecase/basic-users', 'basic-user', everybody),
      ];
      expect(excess(others, { clusterRole })).toHaveLength(others.length);
      const { roleRef, ...rest } = aClusterBinding('basic-users', 'basic-user', everybody);
      expect(excess([{ ...rest, roleRef: { ...roleRef, kind: 'Role' } }], { clusterRole })).toHaveLength(1);
    });
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
