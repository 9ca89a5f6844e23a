/**
 * THE list of bindings that every identity of a cluster has and that are no excess: those of the API server, and of the
 * platforms whose defaults are known. One counts while binding and role have these names and the role holds at most this;
 * a role that was widened, or that cannot be read, is excess again.
 */
import type { AnyBinding, ClusterRole, ClusterRoleRule } from './rbac-objects.ts';

/** Rights on resources, of named objects where there are names, or on paths. */
interface KnownRights {
  readonly urls?: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

interface KnownBinding {
  readonly clusterRole: string;
  readonly rights: readonly KnownRights[];
}

const reading = ['get', 'list', 'watch'];
const probes = ['/healthz', '/livez', '/readyz', '/version', '/version/'];

const openShiftPaths =
  `/ /healthz/ /version/* /api /api/* /apis /apis/* /oapi /oapi/* /osapi /osapi/ /openapi /openapi/* /openapi/v2
  /swaggerapi /swaggerapi/* /swagger.json /swagger-2.0.0.pb-v1
  /.well-known /.well-known/* /.well-known/oauth-authorization-server`.split(/\s+/);

/** Roles that a ClusterRoleBinding of the same name binds. */
const sameNames: Readonly<Record<string, readonly KnownRights[]>> = {
  // the API server: plugin/pkg/auth/authorizer/rbac/bootstrappolicy/policy.go of Kubernetes 1.35 to 1.37
  'system:basic-user': [
    {
      apiGroups: ['authorization.k8s.io', 'authentication.k8s.io'],
      resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews', 'selfsubjectreviews'],
      verbs: ['create'],
    },
  ],
  'system:discovery': [
    { urls: [...probes, '/api', '/api/*', '/apis', '/apis/*', '/openapi', '/openapi/*'], verbs: ['get'] },
  ],
  'system:public-info-viewer': [{ urls: probes, verbs: ['get'] }],
  'system:service-account-issuer-discovery': [
    {
      urls: [
        '/.well-known/openid-configuration',
        '/.well-known/openid-configuration/',
        '/openid/v1/jwks',
        '/openid/v1/jwks/',
      ],
      verbs: ['get'],
    },
  ],
  'system:cluster-trust-bundle-discovery': [
    { apiGroups: ['certificates.k8s.io'], resources: ['clustertrustbundles'], verbs: reading },
  ],
  // KubeVirt: pkg/virt-operator/resource/generate/rbac/cluster.go; its importer of disks: pkg/operator/resources/cluster
  'kubevirt.io:default': [
    { apiGroups: ['kubevirt.io'], resources: ['kubevirts'], verbs: ['get', 'list'] },
    { apiGroups: ['subresources.kubevirt.io'], resources: ['version', 'guestfs'], verbs: ['get', 'list'] },
  ],
  'instancetype.kubevirt.io:view': [
    {
      apiGroups: ['instancetype.kubevirt.io'],
      resources: ['virtualmachineclusterinstancetypes', 'virtualmachineclusterpreferences'],
      verbs: reading,
    },
  ],
  'cdi.kubevirt.io:config-reader': [
    { apiGroups: ['cdi.kubevirt.io'], resources: ['cdiconfigs', 'storageprofiles'], verbs: reading },
  ],
  // OpenShift 4, as its own test of what every identity may do has them
  'system:openshift:discovery': [
    {
      urls: [...probes, ...openShiftPaths],
      verbs: ['get'],
    },
  ],
  ...Object.fromEntries(
    ['restricted-v2', 'restricted-v3'].map((constraint) => [
      `system:openshift:scc:${constraint}`,
      [
        {
          apiGroups: ['security.openshift.io'],
          resources: ['securitycontextconstraints'],
          resourceNames: [constraint],
          verbs: ['use'],
        },
      ],
    ]),
  ),
};

/** What lets a build be of a kind; it makes none. */
const building = (...kinds: readonly string[]): KnownRights[] => [
  {
    apiGroups: ['', 'build.openshift.io'],
    resources: kinds.map((kind) => `builds/${kind}`),
    verbs: ['create'],
  },
];

/** OpenShift calls many of its bindings otherwise than their roles. */
const otherNames: Readonly<Record<string, KnownBinding>> = {
  'basic-users': {
    clusterRole: 'basic-user',
    rights: [
      {
        apiGroups: ['', 'user.openshift.io'],
        resources: ['users'],
        resourceNames: ['~'],
        verbs: ['get'],
      },
      { apiGroups: ['', 'project.openshift.io'], resources: ['projectrequests'], verbs: ['list'] },
      { apiGroups: ['', 'project.openshift.io'], resources: ['projects'], verbs: ['list', 'watch'] },
      { apiGroups: ['', 'authorization.openshift.io'], resources: ['clusterroles'], verbs: ['get', 'list'] },
      { apiGroups: ['rbac.authorization.k8s.io'], resources: ['clusterroles'], verbs: reading },
      { apiGroups: ['storage.k8s.io'], resources: ['storageclasses'], verbs: ['get', 'list'] },
      { apiGroups: ['snapshot.storage.k8s.io'], resources: ['volumesnapshotclasses'], verbs: reading },
      {
        apiGroups: ['', 'authorization.openshift.io', 'authorization.k8s.io'],
        resources: ['selfsubjectrulesreviews', 'selfsubjectaccessreviews'],
        verbs: ['create'],
      },
    ],
  },
  'cluster-status-binding': {
    clusterRole: 'cluster-status',
    rights: [{ urls: [...probes, '/healthz/', '/version/*'], verbs: ['get'] }],
  },
  'self-access-reviewers': {
    clusterRole: 'self-access-reviewer',
    rights: [
      {
        apiGroups: ['', 'authorization.openshift.io', 'authorization.k8s.io'],
        resources: ['selfsubjectrulesreviews', 'selfsubjectaccessreviews'],
        verbs: ['create'],
      },
    ],
  },
  'system:build-strategy-docker-binding': {
    clusterRole: 'system:build-strategy-docker',
    rights: building('docker', 'optimizeddocker'),
  },
  'system:build-strategy-source-binding': {
    clusterRole: 'system:build-strategy-source',
    rights: building('source'),
  },
  'system:build-strategy-jenkinspipeline-binding': {
    clusterRole: 'system:build-strategy-jenkinspipeline',
    rights: building('jenkinspipeline'),
  },
};

/** Of the namespace of the identities alone: OpenShift lets the accounts of each namespace read its own images. */
const inIdentities: Readonly<Record<string, KnownBinding>> = {
  'system:image-pullers': {
    clusterRole: 'system:image-puller',
    rights: [{ apiGroups: ['', 'image.openshift.io'], resources: ['imagestreams/layers'], verbs: ['get'] }],
  },
};

export interface KnownSearch {
  readonly clusterRole: (name: string) => ClusterRole | undefined;
  readonly identitiesNamespace: string;
}

/** Whether a binding is one of the list, and its role holds no more than it came with. */
export function isKnown(binding: AnyBinding, { clusterRole, identitiesNamespace }: KnownSearch): boolean {
  const { kind, metadata, roleRef } = binding;
  const known =
    kind === 'ClusterRoleBinding'
      ? knownClusterBinding(metadata.name)
      : metadata.namespace === identitiesNamespace && entryOf(inIdentities, metadata.name);
  if (!known || roleRef.kind !== 'ClusterRole' || roleRef.name !== known.clusterRole) return false;
  const role = clusterRole(roleRef.name);
  return role !== undefined && (role.rules ?? []).every((rule) => known.rights.some(holds(rule)));
}

function knownClusterBinding(name: string): KnownBinding | undefined {
  const rights = entryOf(sameNames, name);
  return rights === undefined ? entryOf(otherNames, name) : { clusterRole: name, rights };
}

function entryOf<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

/** Whether these rights hold a rule. A rule that names no objects is of all of them. */
function holds(rule: ClusterRoleRule): (rights: KnownRights) => boolean {
  const within = (some: readonly string[] = [], all: readonly string[] = []): boolean =>
    some.every((one) => all.includes(one));
  return ({ verbs, urls, apiGroups, resources, resourceNames }) =>
    within(rule.verbs, verbs) &&
    within(rule.nonResourceURLs, urls) &&
    within(rule.apiGroups, apiGroups) &&
    within(rule.resources, resources) &&
    (resourceNames === undefined ||
      ((rule.resourceNames ?? []).length > 0 && within(rule.resourceNames, resourceNames)));
}
