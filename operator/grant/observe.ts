/** Reads everything that `planGrant` needs, from the caches. It decides nothing and sends no request. */

import type { SupportAccessGrant } from '../../crds/generated/support-access-grant.ts';
import type { SupportAccessLock } from '../../crds/generated/support-access-lock.ts';
import type { SupportAccessPolicy } from '../../crds/generated/support-access-policy.ts';
import type { SupportApplication } from '../../crds/generated/support-application.ts';
import type { SupportPermissionMatrix } from '../../crds/generated/support-permission-matrix.ts';
import type { SupportUser } from '../../crds/generated/support-user.ts';
import { accountName } from '../../crds/identities.ts';
import { installed, policyName } from '../../crds/names.ts';
import { present } from '../../crds/object-meta.ts';
import { lockNamesFor } from '../../crds/rules/locks.ts';
import type { KubeObject } from '../../kube/objects.ts';

import { bindingName } from '../outputs/binding.ts';
import { operatorBinding } from '../outputs/owners.ts';
import type { clusterRoleState } from '../rbac/cluster-role.ts';
import { everyIdentity, excessRights } from '../rbac/excess-rights.ts';
import type { AnyBinding, ClusterRole, RoleBinding } from '../rbac/rbac-objects.ts';
import type { ConfigMap, Service, ServiceAccount } from '../watching/kubernetes-objects.ts';
import type { GrantWorld } from './world.ts';

/** A copy of a collection, as far as looking is concerned. */
export interface View<T extends KubeObject> {
  get(namespace: string | undefined, name: string): T | undefined;
  byIndex(index: string, key: string): readonly T[];
  list(): readonly T[];
}

export interface GrantViews {
  readonly grants: View<SupportAccessGrant>;
  readonly policies: View<SupportAccessPolicy>;
  readonly users: View<SupportUser>;
  readonly matrices: View<SupportPermissionMatrix>;
  readonly applications: View<SupportApplication>;
  readonly services: View<Service>;
  readonly handMadeSlices: View<KubeObject>;
  readonly hosts: View<ConfigMap>;
  readonly locks: View<SupportAccessLock>;
  readonly identities: View<KubeObject>;
  readonly release: View<KubeObject>;
  readonly consentGuard: View<KubeObject>;
  readonly accounts: View<ServiceAccount>;
  readonly bindings: View<RoleBinding>;
  readonly clusterBindings: View<AnyBinding>;
  readonly clusterRoles: View<ClusterRole>;
  readonly identitiesNamespace: string;
  readonly releaseNamespace: string;
  /** SHA-256 of a matrix, remembered for as long as the object is. */
  readonly hashOf: (matrix: SupportPermissionMatrix) => string;
  /** Likewise for the comparison with its ClusterRole. */
  readonly clusterRoleState: typeof clusterRoleState;
}

/** `gone` is the last that was known of a grant that is no longer there. */
export interface ObservedGrant {
  readonly grant: SupportAccessGrant;
  readonly gone: boolean;
}

export function observeGrant({ grant, gone }: ObservedGrant, views: GrantViews): GrantWorld {
  const { spec, metadata } = grant;
  // What is being deleted, and only held by a foreign finalizer, counts as gone, as it does for `decide`.
  const users = spec.userRefs.flatMap(({ name }) => present(views.users.get(undefined, name)) ?? []);
  const matrix = present(views.matrices.get(undefined, spec.matrixRef.name));
  const policy = present(views.policies.get(undefined, policyName));
  const application = present(
    spec.applicationRef && views.applications.get(metadata.namespace, spec.applicationRef.name),
  );
  const needsRights = matrix?.spec.kubernetes !== undefined;
  return {
    grant,
    gone,
    policy,
    users,
    matrix: matrix && { object: matrix, hash: views.hashOf(matrix) },
    application,
    ...backendOf(application, views),
    ...claimsOn(application, views),
    locks: locksOn(grant, users, views),
    clusterRole: views.clusterRoleState(matrix, (name) => views.clusterRoles.get(undefined, name)),
    excessRights: needsRights ? excessOf({ grant, users, policy }, views) : [],
    ...ownedBy(grant, identitiesOf(grant, users), views),
    identities: views.identities.get(undefined, views.identitiesNamespace),
    release: views.release.get(undefined, views.releaseNamespace),
    consentGuard: views.consentGuard.get(undefined, installed.consentGuard),
    makersBinding: views.bindings.get(views.identitiesNamespace, operatorBinding),
    identitiesNamespace: views.identitiesNamespace,
  };
}

/** The Service that an application names, and the EndpointSlices that were made for it by hand. */
export function backendOf(
  application: SupportApplication | undefined,
  { services, handMadeSlices }: Pick<GrantViews, 'services' | 'handMadeSlices'>,
): Pick<GrantWorld, 'service' | 'handMadeSlices'> {
  if (application === undefined) return { service: undefined, handMadeSlices: [] };
  const { namespace } = application.metadata;
  const { name } = application.spec.serviceRef;
  const slices = handMadeSlices.byIndex('service', `${namespace}/${name}`);
  return {
    service: services.get(namespace, name),
    handMadeSlices: slices.map(({ metadata }) => metadata.name).toSorted(),
  };
}

/** Who else names the application's host, and which namespace had it first. */
export function claimsOn(
  application: SupportApplication | undefined,
  { applications, hosts }: Pick<GrantViews, 'applications' | 'hosts'>,
): Pick<GrantWorld, 'sameHost' | 'holder'> {
  if (application === undefined) return { sameHost: [], holder: undefined };
  const { host } = application.spec;
  const [claims] = hosts.list();
  return { sameHost: applications.byIndex('host', host), holder: claims?.data?.[host] };
}

/** Names of the locks on everything, the namespace, the grant and its people, of those that exist. */
function locksOn(
  { metadata: { namespace = '', uid: grantUid } }: SupportAccessGrant,
  users: readonly SupportUser[],
  { locks }: GrantViews,
): Set<string> {
  const names = [undefined, ...users].flatMap((user) =>
    lockNamesFor({ namespace, grantUid, userUid: user?.metadata.uid }),
  );
  return new Set(names.filter((name) => locks.get(undefined, name) !== undefined));
}

type Concerned = Pick<GrantWorld, 'grant' | 'users' | 'policy'>;

function excessOf({ grant, users, policy }: Concerned, views: GrantViews): AnyBinding[] {
  const { namespace, uid } = grant.metadata;
  const keys = [everyIdentity, ...identitiesOf(grant, users).map((person) => accountName(uid, person))];
  const bindings = keys.flatMap((key) => [
    ...views.clusterBindings.byIndex('identity', key),
    ...views.bindings.byIndex('identity', key),
  ]);
  return excessRights({
    bindings,
    own: `${namespace}/${bindingName(uid)}`,
    tolerated: policy?.spec.rights?.toleratedBindings ?? [],
    clusterRole: (name) => views.clusterRoles.get(undefined, name),
    identitiesNamespace: views.identitiesNamespace,
  });
}

/** UIDs of the named people, and of those whose pins are kept. */
function identitiesOf({ status }: SupportAccessGrant, users: readonly SupportUser[]): string[] {
  const pinned = (status?.pins?.users ?? []).map(({ uid }) => uid);
  return [...new Set([...users.map(({ metadata }) => metadata.uid), ...pinned])];
}

/** What carries the grant's label, and what holds a name that the grant may need. */
function ownedBy(
  { metadata }: SupportAccessGrant,
  people: readonly string[],
  { accounts, bindings, identitiesNamespace }: GrantViews,
): Pick<GrantWorld, 'accounts' | 'bindings'> {
  const { uid, namespace } = metadata;
  const named = people.flatMap((person) => accounts.get(identitiesNamespace, accountName(uid, person)) ?? []);
  const own = bindings.get(namespace, bindingName(uid));
  return {
    accounts: [...new Set([...accounts.byIndex('grant', uid), ...named])],
    bindings: [...new Set([...bindings.byIndex('grant', uid), ...(own === undefined ? [] : [own])])],
  };
}
