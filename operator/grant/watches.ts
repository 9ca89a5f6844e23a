/** What a grant depends on, and which grants a change concerns. A change that may have to close one goes first. */
import type { SupportAccessGrant } from '../../crds/generated/support-access-grant.ts';
import { accountName, grantUidLabel } from '../../crds/identities.ts';
import { lockOnAll, lockOnGrant, lockOnNamespace, lockOnUser } from '../../crds/rules/locks.ts';
import { serviceOfSlice } from '../../crds/rules/request/service.ts';
import type { KubeObject, ObjectMeta } from '../../kube/objects.ts';
import { changesSpecOrLife } from '../../kube/watch/metadata-change.ts';
import type { CacheChange } from '../../kube/watch/object-store.ts';

import { bindingName } from '../outputs/binding.ts';

import { operatorBinding } from '../outputs/owners.ts';
import { byClusterRole } from '../rbac/cluster-role.ts';
import { everyIdentity, identitiesReached } from '../rbac/excess-rights.ts';
import type { AnyBinding } from '../rbac/rbac-objects.ts';
import type { Caches } from '../watching/collections.ts';
import { laneOf, laneOfGrant, laneOfSwitch } from '../watching/lanes.ts';
import { byUid, type Index, type Key, keysOf, type Watch, type WatchContext } from '../watching/watch.ts';

/** Accounts and bindings by the grant whose label they carry. */
const byGrant = ({ metadata }: KubeObject) => grantLabels(metadata);

/** Bindings by the support identities that they reach. */
const byIdentity: Index<AnyBinding> = (binding, { identitiesNamespace }) =>
  identitiesReached(binding, identitiesNamespace);

export const watches: readonly Watch[] = [
  {
    collection: 'grants',
    hasEvents: true,
    indexes: {
      uid: byUid,
      user: ({ spec }) => spec.userRefs.map(({ name }) => name),
      matrix: ({ spec }) => [spec.matrixRef.name],
      application: ({ metadata, spec }) =>
        spec.applicationRef === undefined ? [] : [`${metadata.namespace}/${spec.applicationRef.name}`],
      lock: ({ metadata }) => [
        lockOnAll,
        lockOnNamespace(metadata.namespace ?? ''),
        lockOnGrant(metadata.uid),
      ],
      // By the names that are the grant's, whether or not something has them: a foreign object carries no label.
      account: ({ metadata, status }) =>
        (status?.pins?.users ?? []).map((pin) => accountName(metadata.uid, pin.uid)),
      binding: ({ metadata }) => [`${metadata.namespace}/${bindingName(metadata.uid)}`],
    },
    keysAfter: (change) => keysOf([change.object], laneOfGrant(change)),
  },
  {
    collection: 'users',
    indexes: { lock: ({ metadata }) => [lockOnUser(metadata.uid)] },
    keysAfter: (change, { caches }) =>
      keysOf(caches.grants.byIndex('user', change.object.metadata.name), laneOfSwitch(change)),
  },
  {
    collection: 'matrices',
    indexes: {
      clusterRole: byClusterRole,
      rights: ({ spec }) => (spec.kubernetes === undefined ? [] : ['rights']),
    },
    keysAfter: (change, { caches }) =>
      keysOf(caches.grants.byIndex('matrix', change.object.metadata.name), laneOf(change)),
  },
  {
    collection: 'applications',
    // A host that becomes free, or taken, concerns the others that name it.
    keysAfter(change, { caches }) {
      const hosts = new Set([change.object.spec.host, change.old?.spec.host ?? change.object.spec.host]);
      const sharing = [...hosts].flatMap((host) => caches.applications.byIndex('host', host));
      return keysOf(grantsFor([change.object, ...sharing], caches), laneOf(change));
    },
  },
  {
    collection: 'hosts',
    keysAfter({ object, old }, { caches }) {
      const claimed = { ...old?.data, ...object.data };
      const changed = Object.keys(claimed).filter((host) => old?.data?.[host] !== object.data?.[host]);
      const sharing = changed.flatMap((host) => caches.applications.byIndex('host', host));
      return keysOf(grantsFor(sharing, caches), 'revocation');
    },
  },
  {
    collection: 'services',
    keysAfter(change, { caches }) {
      const { namespace, name } = change.object.metadata;
      return keysOf(servedBy(`${namespace}/${name}`, caches), laneOf(change));
    },
  },
  {
    collection: 'handMadeSlices',
    // What is new can only close; the Service that a slice was for before may be free of it now.
    keysAfter({ object, old = object }, { caches }) {
      const services = new Set([serviceOfSlice(object), serviceOfSlice(old)]);
      const concerned = [...services].flatMap((service) => servedBy(service, caches));
      return keysOf(concerned, 'revocation');
    },
  },
  {
    collection: 'policies',
    keysAfter: (change, { caches }) => keysOf(caches.grants.list(), laneOfSwitch(change)),
  },
  {
    collection: 'locks',
    // Its status says what it stops, which changes with every grant and session.
    keysAfter: (change, { caches }) =>
      changesSpecOrLife(change) ? keysOf(lockedBy(change.object.metadata.name, caches), 'revocation') : [],
  },
  { collection: 'identities', keysAfter: everyGrant },
  { collection: 'release', keysAfter: everyGrant },
  { collection: 'consentGuard', keysAfter: everyGrant },
  {
    collection: 'accounts',
    indexes: { grant: byGrant },
    keysAfter: (change, { caches }) => [
      ...ownersOf(change),
      ...keysOf(caches.grants.byIndex('account', change.object.metadata.name)),
    ],
  },
  { collection: 'bindings', indexes: { grant: byGrant, identity: byIdentity }, keysAfter: afterBinding },
  { collection: 'clusterBindings', indexes: { identity: byIdentity }, keysAfter: afterBinding },
  {
    collection: 'clusterRoles',
    keysAfter({ object }, { caches }) {
      const { name } = object.metadata;
      const compiled = caches.matrices
        .byIndex('clusterRole', name)
        .flatMap((matrix) => caches.grants.byIndex('matrix', matrix.metadata.name));
      const reachesAll = [caches.clusterBindings, caches.bindings]
        .flatMap((bindings) => bindings.byIndex('identity', everyIdentity))
        .some(({ roleRef }) => roleRef.name === name);
      return keysOf([...compiled, ...(reachesAll ? grantsWithRights(caches) : [])], 'revocation');
    },
  },
];

/** Of a part of the release: while it is missing nothing may be open. */
function everyGrant(_change: CacheChange<KubeObject>, { caches }: WatchContext): Key[] {
  return keysOf(caches.grants.list(), 'revocation');
}

/** A binding may be a grant's own, and it may give support identities rights besides. */
function afterBinding(change: CacheChange<AnyBinding>, context: WatchContext): Key[] {
  const { grants } = context.caches;
  const reached = [...identitiesBefore(change, context)].flatMap((identity) =>
    identity === everyIdentity ? grantsWithRights(context.caches) : grants.byIndex('account', identity),
  );
  const { namespace, name } = change.object.metadata;
  // without it nothing may be made, and what was made is gone
  if (namespace === context.identitiesNamespace && name === operatorBinding)
    return keysOf(grants.list(), 'revocation');

  return [
    ...keysOf(reached, 'revocation'),
    ...keysOf(grants.byIndex('binding', `${namespace}/${name}`)),
    ...ownersOf(change),
  ];
}

/** Identities that the binding reaches, or reached before the change. */
function identitiesBefore({ object, old }: CacheChange<AnyBinding>, context: WatchContext): Set<string> {
  const before = old === undefined ? [] : byIdentity(old, context);
  return new Set([...byIdentity(object, context), ...before]);
}

/** The grant whose label the object carries, or carried before the label was taken off. */
function ownersOf({ object, old }: CacheChange<KubeObject>): Key[] {
  const owners = [object, old].flatMap((one) => (one === undefined ? [] : grantLabels(one.metadata)));
  return [...new Set(owners)].map((id) => ({ id, lane: 'normal' }));
}

function grantLabels({ labels }: ObjectMeta): string[] {
  const uid = labels?.[grantUidLabel];
  return uid === undefined ? [] : [uid];
}

function grantsWithRights({ matrices, grants }: Caches): SupportAccessGrant[] {
  return matrices
    .byIndex('rights', 'rights')
    .flatMap(({ metadata }) => grants.byIndex('matrix', metadata.name));
}

/** The grants whose application names this Service. */
function servedBy(service: string, caches: Caches): SupportAccessGrant[] {
  return grantsFor(caches.applications.byIndex('service', service), caches);
}

function grantsFor(applications: readonly KubeObject[], { grants }: Caches): SupportAccessGrant[] {
  const names = new Set(applications.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`));
  return [...names].flatMap((name) => grants.byIndex('application', name));
}

/** By the names that locks on them would have: a lock that aims at nothing concerns nothing. */
function lockedBy(lock: string, { grants, users }: Caches): SupportAccessGrant[] {
  const people = users.byIndex('lock', lock);
  return [
    ...grants.byIndex('lock', lock),
    ...people.flatMap(({ metadata }) => grants.byIndex('user', metadata.name)),
  ];
}
