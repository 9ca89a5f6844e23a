/** Where the forbidden acts are tried: what others own beside the product, and where it lies. Names only; a test makes them. */
import { defaultNamespaces } from '../../../crds/names.ts';

const { release, identities } = defaultNamespaces;

/** A namespace of the customer's. */
export const victim = 'victim';
/** What stands in the Secrets of others, and must be in no answer. */
export const canary = 'canary-3f9d1c';
/** The only role that the operator may bind. */
export const matrixRole = 'support-access-matrix-casepoint-ecase-1';
/** A support identity, and another one; each has an empty Secret of its name, which ends its tokens. */
export const identity = 'sa-0123456789abcdef0123';
export const otherIdentity = 'sa-ffffffffffffffffffff';

/** Marks of uses: one whose time is to come, one that was over a minute ago, and two that say none. */
export const marks = {
  fresh: 'support-access-used-fresh',
  justOver: 'support-access-used-just-over',
  undated: 'support-access-used-undated',
  odd: 'support-access-used-odd',
  /** Over for an hour: this one the gateway may delete. */
  over: 'support-access-used-over',
} as const;

export const rbac = '/apis/rbac.authorization.k8s.io/v1';
export const ours = '/apis/supportaccess.dev/v1beta1';

export const secretsIn = (namespace: string): string => `/api/v1/namespaces/${namespace}/secrets`;

/** Paths of the objects that the acts aim at. */
export const paths = {
  identitySecrets: secretsIn(identities),
  identityAccounts: `/api/v1/namespaces/${identities}/serviceaccounts`,
  releaseSecrets: secretsIn(release),
  releaseConfigMaps: `/api/v1/namespaces/${release}/configmaps`,
  leases: `/apis/coordination.k8s.io/v1/namespaces/${release}/leases`,
  releasePolicies: `/apis/networking.k8s.io/v1/namespaces/${release}/networkpolicies`,
  victimPolicies: `/apis/networking.k8s.io/v1/namespaces/${victim}/networkpolicies`,
  bindings: `${rbac}/namespaces/${victim}/rolebindings`,
  webhookConfiguration:
    '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/support-access',
  markingConfiguration: '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/support-access',
} as const;

/** Labels as the operator gives them; any client can copy them. */
export const copiedLabels = {
  'app.kubernetes.io/managed-by': 'support-access',
  'supportaccess.dev/grant-uid': 'a-grant',
} as const;

/** An owner that does not exist: the garbage collector takes what it owns. */
export const absentOwner = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  name: 'gone',
  uid: '00000000-0000-4000-8000-000000000000',
} as const;

/** Changes of metadata alone by which an object would be lost, kept from deletion, or taken from its installer. */
export const metadataChanges = [
  ['have the garbage collector take', { ownerReferences: [absentOwner] }],
  ['keep from deletion', { finalizers: ['example.com/hold'] }],
  ['take from its installer, by its labels,', { labels: { 'app.kubernetes.io/managed-by': 'x' } }],
  ['take from its installer, by its annotations,', { annotations: { 'meta.helm.sh/release-name': 'x' } }],
] as const;
