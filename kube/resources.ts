/**
 * The list of Kubernetes' own kinds that this product uses, and the path of any resource on an API server. The product's
 * kinds are in crds/kinds.ts and have the same shape.
 */

export interface Resource {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

function namespaced(apiVersion: string, plural: string, kind: string): Resource {
  return { ...groupVersion(apiVersion), plural, kind, namespaced: true };
}

function clusterWide(apiVersion: string, plural: string, kind: string): Resource {
  return { ...groupVersion(apiVersion), plural, kind, namespaced: false };
}

function groupVersion(apiVersion: string): { group: string; version: string } {
  const slash = apiVersion.indexOf('/');
  return { group: apiVersion.slice(0, Math.max(0, slash)), version: apiVersion.slice(slash + 1) };
}

export const ConfigMaps = namespaced('v1', 'configmaps', 'ConfigMap');
export const Namespaces = clusterWide('v1', 'namespaces', 'Namespace');
export const Pods = namespaced('v1', 'pods', 'Pod');
export const Secrets = namespaced('v1', 'secrets', 'Secret');
export const ServiceAccounts = namespaced('v1', 'serviceaccounts', 'ServiceAccount');
export const Services = namespaced('v1', 'services', 'Service');

export const DaemonSets = namespaced('apps/v1', 'daemonsets', 'DaemonSet');
export const Deployments = namespaced('apps/v1', 'deployments', 'Deployment');
export const PersistentVolumeClaims = namespaced('v1', 'persistentvolumeclaims', 'PersistentVolumeClaim');
export const CustomResourceDefinitions = clusterWide(
  'apiextensions.k8s.io/v1',
  'customresourcedefinitions',
  'CustomResourceDefinition',
);

export const ValidatingAdmissionPolicies = clusterWide(
  'admissionregistration.k8s.io/v1',
  'validatingadmissionpolicies',
  'ValidatingAdmissionPolicy',
);
export const ValidatingAdmissionPolicyBindings = clusterWide(
  'admissionregistration.k8s.io/v1',
  'validatingadmissionpolicybindings',
  'ValidatingAdmissionPolicyBinding',
);

export const EndpointSlices = namespaced('discovery.k8s.io/v1', 'endpointslices', 'EndpointSlice');
export const Events = namespaced('events.k8s.io/v1', 'events', 'Event');
export const Leases = namespaced('coordination.k8s.io/v1', 'leases', 'Lease');
export const StorageClasses = clusterWide('storage.k8s.io/v1', 'storageclasses', 'StorageClass');
export const NetworkPolicies = namespaced('networking.k8s.io/v1', 'networkpolicies', 'NetworkPolicy');

export const ClusterRoleBindings = clusterWide(
  'rbac.authorization.k8s.io/v1',
  'clusterrolebindings',
  'ClusterRoleBinding',
);
export const ClusterRoles = clusterWide('rbac.authorization.k8s.io/v1', 'clusterroles', 'ClusterRole');
export const Roles = namespaced('rbac.authorization.k8s.io/v1', 'roles', 'Role');
export const RoleBindings = namespaced('rbac.authorization.k8s.io/v1', 'rolebindings', 'RoleBinding');

export const SubjectAccessReviews = clusterWide(
  'authorization.k8s.io/v1',
  'subjectaccessreviews',
  'SubjectAccessReview',
);
export const SelfSubjectRulesReviews = clusterWide(
  'authorization.k8s.io/v1',
  'selfsubjectrulesreviews',
  'SelfSubjectRulesReview',
);
export const SelfSubjectAccessReviews = clusterWide(
  'authorization.k8s.io/v1',
  'selfsubjectaccessreviews',
  'SelfSubjectAccessReview',
);
export const SelfSubjectReviews = clusterWide(
  'authentication.k8s.io/v1',
  'selfsubjectreviews',
  'SelfSubjectReview',
);
export const TokenReviews = clusterWide('authentication.k8s.io/v1', 'tokenreviews', 'TokenReview');

export const ValidatingWebhookConfigurations = clusterWide(
  'admissionregistration.k8s.io/v1',
  'validatingwebhookconfigurations',
  'ValidatingWebhookConfiguration',
);

export const MutatingWebhookConfigurations = clusterWide(
  'admissionregistration.k8s.io/v1',
  'mutatingwebhookconfigurations',
  'MutatingWebhookConfiguration',
);

/** `v1` or `<group>/<version>`. */
export function apiVersionOf(resource: Resource): string {
  return resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;
}

export interface Place {
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
  readonly subresource?: string | undefined;
}

/**
 * The path of a collection, an object or a subresource.
 * Throws when a namespaced object is asked for without its namespace: the request would hit another URL, with
 * other rights, than the caller meant.
 */
export function resourcePath(resource: Resource, place: Place = {}): string {
  const { namespace, name, subresource } = place;
  if (name !== undefined && resource.namespaced && !namespace)
    throw new TypeError(`${resource.kind} ${name}: a namespaced object needs its namespace`);

  const root =
    resource.group === '' ? `/api/${resource.version}` : `/apis/${resource.group}/${resource.version}`;
  const within = resource.namespaced && namespace ? `/namespaces/${segment(namespace)}` : '';
  return `${root}${within}/${resource.plural}${below(name)}${below(subresource)}`;
}

function below(part: string | undefined): string {
  return part === undefined ? '' : `/${segment(part)}`;
}

/** One path segment. An empty or dot segment would lead to another object, so it is refused instead of encoded. */
function segment(text: string): string {
  if (text === '' || text === '.' || text === '..') throw new TypeError(`"${text}" is no name`);
  return encodeURIComponent(text);
}
