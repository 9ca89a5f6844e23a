/** THE list of the collections that the operator follows. The indexes of each are declared by the kinds that read them. */
import type { SupportAccessGrant } from '../../crds/generated/support-access-grant.ts';
import type { SupportAccessLock } from '../../crds/generated/support-access-lock.ts';
import type { SupportAccessPolicy } from '../../crds/generated/support-access-policy.ts';
import type { SupportApplication } from '../../crds/generated/support-application.ts';
import type { SupportCase } from '../../crds/generated/support-case.ts';
import type { SupportPermissionMatrix } from '../../crds/generated/support-permission-matrix.ts';
import type { SupportSession } from '../../crds/generated/support-session.ts';
import type { SupportUser } from '../../crds/generated/support-user.ts';
import { kinds } from '../../crds/kinds.ts';
import { casesNamespace, caseUidLabel, installed } from '../../crds/names.ts';
import { handMadeSlicesSelector } from '../../crds/rules/request/service.ts';
import type { KubeObject } from '../../kube/objects.ts';
import {
  ClusterRoleBindings,
  ClusterRoles,
  ConfigMaps,
  EndpointSlices,
  MutatingWebhookConfigurations,
  Namespaces as NamespaceObjects,
  NetworkPolicies,
  type Resource,
  RoleBindings,
  Roles,
  ServiceAccounts,
  Services,
  ValidatingAdmissionPolicyBindings,
  ValidatingWebhookConfigurations,
} from '../../kube/resources.ts';
import type { WatchCache } from '../../kube/watch/watch-cache.ts';
import type { AnyBinding, ClusterRole, Role, RoleBinding } from '../rbac/rbac-objects.ts';
import type {
  ConfigMap,
  EndpointSlice,
  NetworkPolicy,
  Service,
  ServiceAccount,
  WebhookConfiguration,
} from './kubernetes-objects.ts';

/** The namespaces of the installation. */
export interface Namespaces {
  readonly releaseNamespace: string;
  readonly identitiesNamespace: string;
}

/** Which objects a collection holds, and how fast a dead connection to it must be noticed. */
interface Collection<T extends KubeObject> {
  readonly resource: Resource;
  /** Without it, all namespaces. */
  readonly within?: keyof Namespaces;
  /** A namespace of the cluster's own. */
  readonly inNamespace?: string;
  /** Only the object of this name. */
  readonly named?: string;
  /** Only the object that is called as this namespace of ours. */
  readonly namedAs?: keyof Namespaces;
  /** Only objects with these labels. */
  readonly labelled?: string;
  /** A connection that died silently is noticed within half a minute, because something may have to be closed. */
  readonly urgent?: true;
  /** Nothing is decided by it, so nothing waits for it: where it cannot be read, that is what is reported. */
  readonly reportedOnly?: true;
  /** Exists for the compiler alone: which type the objects have. */
  readonly objects?: readonly T[];
}

function collection<T extends KubeObject>(
  resource: Resource,
  selection: Omit<Collection<T>, 'resource'> = {},
): Collection<T> {
  return { resource, ...selection };
}

export const collections = {
  policies: collection<SupportAccessPolicy>(kinds.SupportAccessPolicy, { urgent: true }),
  grants: collection<SupportAccessGrant>(kinds.SupportAccessGrant, { urgent: true }),
  users: collection<SupportUser>(kinds.SupportUser, { urgent: true }),
  matrices: collection<SupportPermissionMatrix>(kinds.SupportPermissionMatrix),
  cases: collection<SupportCase>(kinds.SupportCase),
  applications: collection<SupportApplication>(kinds.SupportApplication),
  locks: collection<SupportAccessLock>(kinds.SupportAccessLock, { urgent: true }),
  sessions: collection<SupportSession>(kinds.SupportSession, { urgent: true }),
  identities: collection<KubeObject>(NamespaceObjects, { namedAs: 'identitiesNamespace', urgent: true }),
  release: collection<KubeObject>(NamespaceObjects, { namedAs: 'releaseNamespace' }),
  consentGuard: collection<KubeObject>(ValidatingAdmissionPolicyBindings, { named: installed.consentGuard }),
  admission: collection<WebhookConfiguration>(ValidatingWebhookConfigurations, {
    named: installed.webhookConfiguration,
    reportedOnly: true,
  }),
  mutation: collection<WebhookConfiguration>(MutatingWebhookConfigurations, {
    named: installed.webhookConfiguration,
    reportedOnly: true,
  }),
  accounts: collection<ServiceAccount>(ServiceAccounts, { within: 'identitiesNamespace' }),
  bindings: collection<RoleBinding>(RoleBindings),
  caseRoles: collection<Role>(Roles, { labelled: caseUidLabel }),
  caseContacts: collection<ConfigMap>(ConfigMaps, { inNamespace: casesNamespace, labelled: caseUidLabel }),
  clusterBindings: collection<AnyBinding>(ClusterRoleBindings),
  clusterRoles: collection<ClusterRole>(ClusterRoles),
  services: collection<Service>(Services),
  handMadeSlices: collection<KubeObject>(EndpointSlices, { labelled: handMadeSlicesSelector }),
  apiServerSlices: collection<EndpointSlice>(EndpointSlices, {
    inNamespace: 'default',
    labelled: 'kubernetes.io/service-name=kubernetes',
  }),
  dnsSlices: collection<EndpointSlice>(EndpointSlices, { inNamespace: 'kube-system' }),
  openShiftDnsSlices: collection<EndpointSlice>(EndpointSlices, { inNamespace: 'openshift-dns' }),
  networkPolicies: collection<NetworkPolicy>(NetworkPolicies, { within: 'releaseNamespace' }),
  ssoConfig: collection<ConfigMap>(ConfigMaps, { within: 'releaseNamespace', named: installed.sso }),
  hosts: collection<ConfigMap>(ConfigMaps, { within: 'releaseNamespace', named: installed.hosts }),
  names: collection<ConfigMap>(ConfigMaps, { within: 'releaseNamespace', named: installed.names }),
  certificates: collection<ConfigMap>(ConfigMaps, {
    within: 'releaseNamespace',
    named: installed.certificates,
  }),
  authority: collection<ConfigMap>(ConfigMaps, { within: 'releaseNamespace', named: installed.authority }),
};

export type CollectionName = keyof typeof collections;

/** The type of the objects of a collection. */
export type ObjectOf<N extends CollectionName> =
  (typeof collections)[N] extends Collection<infer T> ? T : never;

/** A copy of each collection that follows the server. */
export type Caches = { readonly [N in CollectionName]: WatchCache<ObjectOf<N>> };
