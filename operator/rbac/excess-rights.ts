/**
 * The rights that a support identity would have and its matrix does not give. Looks through every binding of the cluster
 * that reaches one of its accounts, by name or by group. What is neither the API server's own default, unchanged, nor
 * tolerated by name in the policy counts.
 */
import type { SupportAccessPolicy } from '../../crds/generated/support-access-policy.ts';
import { printable } from '../../crds/rules/problem.ts';
import type { KubeObject } from '../../kube/objects.ts';
import type { AnyBinding, ClusterRole, ClusterRoleRule, Subject } from './rbac-objects.ts';

/** The key under which bindings are found that reach every support identity. */
export const everyIdentity = '*';

/**
 * Which support identities a binding reaches: account names, or `everyIdentity`. A User subject may spell an account
 * too, as RBAC compares names and not kinds of names.
 */
export function identitiesReached(
  { subjects = [] }: { readonly subjects?: readonly Subject[] },
  identitiesNamespace: string,
): string[] {
  const prefix = `system:serviceaccount:${identitiesNamespace}:`;
  const wideGroups = new Set([
    'system:authenticated',
    'system:serviceaccounts',
    `system:serviceaccounts:${identitiesNamespace}`,
  ]);
  const reached = subjects.flatMap(({ kind, name, namespace }) => {
    if (kind === 'Group') return wideGroups.has(name) ? [everyIdentity] : [];
    if (kind === 'ServiceAccount') return namespace === identitiesNamespace ? [name] : [];
    return name.startsWith(prefix) ? [name.slice(prefix.length)] : [];
  });
  return [...new Set(reached)];
}

type Tolerated = NonNullable<NonNullable<SupportAccessPolicy['spec']['rights']>['toleratedBindings']>;

export interface ExcessSearch {
  readonly bindings: readonly AnyBinding[];
  /** The grant's own binding, as `<namespace>/<name>`. */
  readonly own: string;
  readonly tolerated: Tolerated;
  readonly clusterRole: (name: string) => ClusterRole | undefined;
}

/** The bindings that give too much, each once, sorted by how they are told. */
export function excessRights({ bindings, own, tolerated, clusterRole }: ExcessSearch): AnyBinding[] {
  const excess = bindings.filter(
    (binding) =>
      placeOf(binding) !== own &&
      !isTolerated(binding, tolerated) &&
      !isDefault(binding, clusterRole(binding.roleRef.name)),
  );
  const byWords = new Map(excess.map((binding) => [`${binding.kind} ${placeOf(binding)}`, binding]));
  return [...byWords.keys()].sort().flatMap((words) => byWords.get(words) ?? []);
}

function placeOf({ metadata }: KubeObject): string {
  return metadata.namespace === undefined ? metadata.name : `${metadata.namespace}/${metadata.name}`;
}

function isTolerated({ kind, metadata }: AnyBinding, tolerated: Tolerated): boolean {
  return tolerated.some(
    (one) =>
      one.kind === kind && one.name === metadata.name && (one.namespace ?? '') === (metadata.namespace ?? ''),
  );
}

interface DefaultRights {
  readonly urls?: readonly string[];
  readonly apiGroup?: readonly string[];
  readonly resources?: readonly string[];
  readonly verbs: readonly string[];
}

const probes = ['/healthz', '/livez', '/readyz', '/version', '/version/'];

/**
 * What the API server itself gives to every identity, by the name of both ClusterRoleBinding and ClusterRole: at most this.
 * Source: plugin/pkg/auth/authorizer/rbac/bootstrappolicy/policy.go of Kubernetes 1.35 to 1.37.
 */
const defaults: Readonly<Record<string, DefaultRights>> = {
  'system:basic-user': {
    apiGroup: ['authorization.k8s.io', 'authentication.k8s.io'],
    resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews', 'selfsubjectreviews'],
    verbs: ['create'],
  },
  'system:discovery': {
    urls: [...probes, '/api', '/api/*', '/apis', '/apis/*', '/openapi', '/openapi/*'],
    verbs: ['get'],
  },
  'system:public-info-viewer': { urls: probes, verbs: ['get'] },
  'system:service-account-issuer-discovery': {
    urls: [
      '/.well-known/openid-configuration',
      '/.well-known/openid-configuration/',
      '/openid/v1/jwks',
      '/openid/v1/jwks/',
    ],
    verbs: ['get'],
  },
  'system:cluster-trust-bundle-discovery': {
    apiGroup: ['certificates.k8s.io'],
    resources: ['clustertrustbundles'],
    verbs: ['get', 'list', 'watch'],
  },
};

/** Whether a binding is one of the API server's defaults and its role holds no more than it came with. */
function isDefault({ kind, metadata, roleRef }: AnyBinding, role: ClusterRole | undefined): boolean {
  if (kind !== 'ClusterRoleBinding' || roleRef.name !== metadata.name) return false;
  const rights = Object.hasOwn(defaults, roleRef.name) ? defaults[roleRef.name] : undefined;
  if (rights === undefined || role === undefined) return false;
  return (role.rules ?? []).every((rule) => isWithin(rule, rights));
}

function isWithin(rule: ClusterRoleRule, rights: DefaultRights): boolean {
  const within = (some: readonly string[] = [], all: readonly string[] = []) =>
    some.every((one) => all.includes(one));
  return (
    within(rule.verbs, rights.verbs) &&
    within(rule.nonResourceURLs, rights.urls) &&
    within(rule.apiGroups, rights.apiGroup) &&
    within(rule.resources, rights.resources)
  );
}

type Told = Pick<AnyBinding, 'kind' | 'metadata'>;

/** As names are: what no YAML reads otherwise, and what the policy's schema has room for. */
const usual = /^[A-Za-z0-9](?:[A-Za-z0-9:._@-]{0,251}[A-Za-z0-9])?$/;

/**
 * Kind and place, for people. Who may make a RoleBinding chooses its name, which may have every character but "/" and "%": it must
 * not be readable as more than a name, least of all in what an administrator copies into the policy. So a name that is not of the
 * usual form stands in quotes.
 */
export function bindingInWords({ kind, metadata: { namespace, name } }: Told): string {
  const told = usual.test(name) ? name : JSON.stringify(printable(name));
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${told}`;
}

/** The entry of the policy that accepts the binding; undefined where its name is not of the usual form. */
export function toleratingEntry({ kind, metadata: { namespace, name } }: Told): string | undefined {
  if (!usual.test(name)) return undefined;
  const place = namespace === undefined ? '' : `namespace: ${namespace}, `;
  return `{kind: ${kind}, ${place}name: ${JSON.stringify(name)}}`;
}
