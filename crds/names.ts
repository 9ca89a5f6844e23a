/** What the things of an installation are called: what the chart installs, what is made for a grant, and roles as compared. */
import { hash } from 'node:crypto';

/** The one policy that counts. */
export const policyName = 'default';

/** Our programs: their ServiceAccounts, field managers, user agents and loggers. */
export const programs = {
  operator: 'support-access-operator',
  gateway: 'support-access-gateway',
  webhook: 'support-access-webhook',
} as const;

/** Namespaces, unless a flag says otherwise. */
export const defaultNamespaces = {
  release: 'support-access',
  identities: 'support-access-identities',
} as const;

/** Where the contacts of open support cases are kept for vendor operations. One installation is all that a cluster has. */
export const casesNamespace = 'support-access-cases';

/** On all that the operator makes for a support case: its UID. */
export const caseUidLabel = 'supportaccess.dev/case-uid';

/** For whom an application has its ServiceAccount's token made when it asks the gateway; one for the records is another. */
export const reviewsAudience = 'support-access-reviews';

/** Objects with fixed names in the release namespace. Most are made by the chart, which repeats the names; a test compares. */
export const installed = {
  /** ConfigMap: the certificates that sign the webhook's. */
  authority: 'support-access-ca',
  /** ConfigMap and Secret: the service provider's public and private sides. */
  sso: 'support-access-sso',
  /** ConfigMap: which namespace had each host first. */
  hosts: 'support-access-hosts',
  /** ConfigMap: names of the policy's that the ValidatingAdmissionPolicies read. */
  names: 'support-access-names',
  /** ConfigMap: what the gateway tells of its certificates. */
  certificates: 'support-access-certificates',
  /** Secret: what the gateway's replicas seal with. */
  gatewayKeys: 'support-access-gateway-keys',
  /** Secret: the webhook's certificate and key. */
  webhookTls: 'support-access-webhook-tls',
  /** Service in front of admission and records. */
  webhookService: 'support-access-webhook',
  /** ValidatingWebhookConfiguration, of the cluster. */
  webhookConfiguration: 'support-access',
  /** ValidatingAdmissionPolicyBinding, of the cluster: has the API server ask who may consent to a grant. */
  consentGuard: 'support-access-open-supportaccessgrants',
  /** ClusterRoleBinding: who sees all support cases. */
  elevatedContacts: 'support-access-elevated-contacts',
  /** Lease: which operator acts. */
  operatorLease: 'support-access-operator',
  /** NetworkPolicy that the operator makes. */
  gatewayNetworkPolicy: 'support-access-gateway',
} as const;

/** What the ServiceAccount of a person's own is called, by which they prove to the records who they are (`records.readers`). */
export const readerAccount = {
  prefix: 'support-access-reader-',
  /** By a hash: any user name of the cluster gives a name, and a name belongs to one user. The chart makes the same. */
  of: (user: string): string => `${readerAccount.prefix}${hash('sha256', user, 'hex').slice(0, 32)}`,
} as const;

/** The value of `app.kubernetes.io/managed-by` on what our programs make. */
export const managedBy = 'support-access';

/**
 * The name of an object made for others, from their UIDs: `sa-` and 20 hex digits. Hashing UIDs, not names, keeps
 * `a-b`/`c` and `a`/`b-c` apart and a re-created namesake away from what its predecessor had (T-O13).
 * Throws when a part is empty or has a `/`, since two different lists could then give one name.
 */
export function childName(prefix: string, ...parts: readonly string[]): string {
  if (parts.length === 0 || parts.some((part) => part === '' || part.includes('/')))
    throw new TypeError('the parts of a child name must be neither empty nor contain "/"');

  return `${prefix}-${hash('sha256', parts.join('/'), 'hex').slice(0, 20)}`;
}

/**
 * A role's name as it is compared with the reserved ones: lower-case letters and digits only, so that `Support Admin`,
 * `support:admin` and `SUPPORT-ADMIN` are one (requirement EC-12). Compatibility forms and accents are folded too.
 */
export function foldRoleName(name: string): string {
  return name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '');
}
