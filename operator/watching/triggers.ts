/**
 * Which change makes which things be looked at again? THE table from collections to keys. What can only close, or may
 * have to, goes into the revocation lane; exactly the concerned grants are looked at, never all for one.
 */
import type { SupportAccessGrant } from '../../crds/generated/support-access-grant.ts';
import type { SupportUser } from '../../crds/generated/support-user.ts';
import type { KubeObject } from '../../kube/objects.ts';
import type { Lane } from '../../kube/queue/work-queue.ts';
import type { CacheChange } from '../../kube/watch/object-store.ts';
import { grantUidLabel } from '../outputs/marks.ts';
import { policyId } from '../policy/controller.ts';
import { everyIdentity, identitiesReached } from '../rbac/excess-rights.ts';
import type { AnyBinding } from '../rbac/rbac-objects.ts';
import type { Caches } from './caches.ts';
import type { Controller } from './controller.ts';

export type Enqueue = (name: Controller['name'], id: string, lane?: Lane) => void;

type Change = CacheChange<KubeObject>;

interface Following {
  readonly caches: Caches;
  readonly enqueue: Enqueue;
  readonly identitiesNamespace: string;
}

type Follower = (following: Following) => () => void;

/** THE table: a collection each. */
const followers: readonly Follower[] = [
  followGrants,
  followUsers,
  followMatrices,
  followApplications,
  followPolicy,
  followLocks,
  followAccounts,
  (following) => following.caches.bindings.onChange((change) => bindingChanged(change, following)),
  (following) => following.caches.clusterBindings.onChange((change) => bindingChanged(change, following)),
  followClusterRoles,
  followServices,
  ({ caches, enqueue }) => caches.networkPolicies.onChange(() => enqueue('policy', policyId)),
  ({ caches, enqueue }) => caches.ssoConfig.onChange(() => enqueue('policy', policyId)),
];

/** Follows all collections; the returned function stops following. */
export function followChanges(following: Following): () => void {
  const stops = followers.map((follow) => follow(following));
  return () => {
    for (const stop of stops) stop();
  };
}

function followGrants({ caches, enqueue }: Following): () => void {
  return caches.grants.onChange((change) => {
    const lane = laneOfGrant(change);
    enqueue('grant', change.object.metadata.uid, lane);
    if (concernsInstallation(change)) enqueue('policy', policyId, lane);
  });
}

function followUsers({ caches, enqueue }: Following): () => void {
  return caches.users.onChange((change) => {
    const { uid, name } = change.object.metadata;
    enqueue('user', uid);
    enqueueGrants(caches.grants.byIndex('user', name), laneOfUser(change), enqueue);
    enqueue('policy', policyId);
  });
}

function followMatrices({ caches, enqueue }: Following): () => void {
  return caches.matrices.onChange(({ type, object }) => {
    const { uid, name } = object.metadata;
    enqueue('matrix', uid);
    enqueueGrants(caches.grants.byIndex('matrix', name), laneOf(type), enqueue);
  });
}

function followApplications({ caches, enqueue }: Following): () => void {
  return caches.applications.onChange(({ type, object, old }) => {
    const { uid, namespace, name } = object.metadata;
    enqueue('application', uid);
    enqueueGrants(caches.grants.byIndex('application', `${namespace}/${name}`), laneOf(type), enqueue);
    // A host that becomes free, or taken, concerns the others that name it.
    for (const host of new Set([object.spec.host, old?.spec.host ?? object.spec.host]))
      for (const one of caches.applications.byIndex('host', host)) enqueue('application', one.metadata.uid);

    enqueue('policy', policyId);
  });
}

function followPolicy({ caches, enqueue }: Following): () => void {
  return caches.policies.onChange(({ type, object }) => {
    const lane = type === 'deleted' || object.spec.access !== 'Enabled' ? 'revocation' : 'normal';
    enqueueGrants(caches.grants.list(), lane, enqueue);
    enqueue('policy', policyId, lane);
    for (const { metadata } of caches.applications.list()) enqueue('application', metadata.uid);
  });
}

function followLocks({ caches, enqueue }: Following): () => void {
  return caches.locks.onChange(({ object }) => {
    enqueueGrants(lockedBy(object.metadata.name, caches), 'revocation', enqueue);
    enqueue('lock', object.metadata.uid);
  });
}

function followAccounts({ caches, enqueue }: Following): () => void {
  return caches.accounts.onChange((change) => {
    ownedChanged(change, enqueue);
    enqueueGrants(caches.grants.byIndex('account', change.object.metadata.name), 'normal', enqueue);
  });
}

function followClusterRoles({ caches, enqueue }: Following): () => void {
  return caches.clusterRoles.onChange(({ object }) => {
    const { name } = object.metadata;
    for (const matrix of caches.matrices.byIndex('clusterRole', name)) {
      enqueue('matrix', matrix.metadata.uid);
      enqueueGrants(caches.grants.byIndex('matrix', matrix.metadata.name), 'revocation', enqueue);
    }
    const reachingAll = caches.clusterBindings.byIndex('identity', everyIdentity);
    if (reachingAll.some(({ roleRef }) => roleRef.name === name))
      enqueueGrants(grantsWithRights(caches), 'revocation', enqueue);
  });
}

function followServices({ caches, enqueue }: Following): () => void {
  return caches.services.onChange(({ object }) => {
    const { namespace, name } = object.metadata;
    for (const one of caches.applications.byIndex('service', `${namespace}/${name}`))
      enqueue('application', one.metadata.uid);
  });
}

/** A binding that is a grant's own, and one from elsewhere that reaches support identities. */
function bindingChanged(change: CacheChange<AnyBinding>, following: Following): void {
  const { caches, enqueue, identitiesNamespace } = following;
  for (const reached of reachedBy(change, identitiesNamespace)) {
    const concerned =
      reached === everyIdentity ? grantsWithRights(caches) : caches.grants.byIndex('account', reached);
    enqueueGrants(concerned, 'revocation', enqueue);
  }
  const { namespace, name } = change.object.metadata;
  enqueueGrants(caches.grants.byIndex('binding', `${namespace}/${name}`), 'normal', enqueue);
  ownedChanged(change, enqueue);
}

function grantsWithRights({ matrices, grants }: Caches): SupportAccessGrant[] {
  return matrices
    .byIndex('rights', 'rights')
    .flatMap(({ metadata }) => grants.byIndex('matrix', metadata.name));
}

function enqueueGrants(grants: readonly SupportAccessGrant[], lane: Lane, enqueue: Enqueue): void {
  for (const { metadata } of grants) enqueue('grant', metadata.uid, lane);
}

/** What is new can only open; what changed or went may have to close. */
function laneOf(type: CacheChange<KubeObject>['type']): Lane {
  return type === 'added' ? 'normal' : 'revocation';
}

/** Everything once, as at the start: what was missed while nobody followed is found by looking. */
export function enqueueEverything(caches: Caches, enqueue: Enqueue): void {
  enqueue('policy', policyId, 'revocation');
  for (const name of ['lock', 'user', 'matrix', 'application', 'grant'] as const)
    for (const { metadata } of collectionOf(caches, name)) enqueue(name, metadata.uid);

  enqueue('sweep', 'all');
}

function collectionOf(
  caches: Caches,
  name: 'lock' | 'user' | 'matrix' | 'application' | 'grant',
): readonly KubeObject[] {
  const collections = {
    lock: caches.locks,
    user: caches.users,
    matrix: caches.matrices,
    application: caches.applications,
    grant: caches.grants,
  };
  return collections[name].list();
}

/** Closing first: gone, disabled, or anything that changed about a grant that is open. */
function laneOfGrant({ type, object, old }: CacheChange<SupportAccessGrant>): Lane {
  if (type === 'deleted' || object.spec.access !== 'Enabled') return 'revocation';
  const specChanged = type === 'updated' && old?.metadata.generation !== object.metadata.generation;
  return specChanged && object.status?.activeReason === 'Open' ? 'revocation' : 'normal';
}

function laneOfUser({ type, object }: CacheChange<SupportUser>): Lane {
  return type === 'deleted' || object.spec.access === 'Disabled' ? 'revocation' : 'normal';
}

/** Whether the gateway's network or the list of people may have changed. */
function concernsInstallation({ type, object, old }: CacheChange<SupportAccessGrant>): boolean {
  if (type !== 'updated') return true;
  return (
    old?.status?.activeReason !== object.status?.activeReason ||
    old?.metadata.generation !== object.metadata.generation
  );
}

function lockedBy(name: string, { grants, users }: Caches): readonly SupportAccessGrant[] {
  if (name === 'all') return grants.list();
  const dot = name.indexOf('.');
  const target = name.slice(dot + 1);
  switch (name.slice(0, dot)) {
    case 'ns':
      return grants.byIndex('namespace', target);
    case 'grant':
      return grants.byIndex('uid', target);
    case 'user':
      return users.byIndex('uid', target).flatMap(({ metadata }) => grants.byIndex('user', metadata.name));
    default:
      return [];
  }
}

function reachedBy({ object, old }: CacheChange<AnyBinding>, namespace: string): Set<string> {
  const before = old === undefined ? [] : identitiesReached(old, namespace);
  return new Set([...identitiesReached(object, namespace), ...before]);
}

/** The grant whose label the object carries, or carried before somebody took it off. */
function ownedChanged({ object, old }: Change, enqueue: Enqueue): void {
  const owners = [object, old].flatMap((one) => one?.metadata.labels?.[grantUidLabel] ?? []);
  for (const uid of new Set(owners)) enqueue('grant', uid);
}
