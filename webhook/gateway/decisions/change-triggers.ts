/**
 * What changed of what decisions read? Watches all of it and tells each write by itself, in order. What the watches
 * hold names hosts and sessions and may take access away; nothing is allowed from it. EndpointSlices are
 * known from here alone: listing them for each request would take up to 100 ms, and kube-proxy, which would follow
 * them, learns of them from a watch as well.
 */
import type { SupportAccessPolicy } from '../../../crds/generated/support-access-policy.ts';
import type { SupportApplication } from '../../../crds/generated/support-application.ts';
import type { SupportSession } from '../../../crds/generated/support-session.ts';
import type { SupportUser } from '../../../crds/generated/support-user.ts';
import { type KindName, kinds } from '../../../crds/kinds.ts';
import { policyName } from '../../../crds/names.ts';
import { type InstallationId, installationOf } from '../../../crds/rules/installation.ts';
import { serviceOfSlice } from '../../../crds/rules/request/service.ts';
import { systemClock } from '../../../kube/clock.ts';
import type { KubeObject } from '../../../kube/objects.ts';
import { Namespaces } from '../../../kube/resources.ts';
import { changesMoreThanMetadata, changesSpecOrLife } from '../../../kube/watch/metadata-change.ts';
import type { CacheChange } from '../../../kube/watch/object-store.ts';
import type { WatchingClient } from '../../../kube/watch/reflector.ts';
import { createWatchCache, type WatchCache } from '../../../kube/watch/watch-cache.ts';
import type { FollowedSlice } from './backend-pods.ts';
import {
  changesBackend,
  claimedSlicesIn,
  type FollowingOptions,
  followClaimedSlices,
  followHandMadeSlices,
  followServices,
  handMadeSlicesIn,
  slicesIn,
} from './followed-backends.ts';
import type { FindSeen } from './seen-worlds.ts';
import { spacedCalls } from './spaced-calls.ts';
import type { SeenChange } from './world-after.ts';
import type { ClaimedSlices, HandMadeSlices } from './world-reader.ts';

export interface TriggersOptions {
  readonly client: WatchingClient;
  readonly identitiesNamespace: string;
  /** Each write by itself, in order and before all else: what it ends has to be cut. */
  readonly onSeen: (change: SeenChange) => void;
  /** The EndpointSlices of this namespace that matter to its applications are others. */
  readonly onSlices: (namespace: string) => void;
  /** After each of these. At once, and then at most ten times a second. */
  readonly onChange: () => void;
  readonly onPolicyChange: () => void;
  /** An EndpointSlice of this namespace is another, whether or not it matters to an application. */
  readonly onAnySlice?: (namespace: string) => void;
  /** The product is being taken away, or is another installation. */
  readonly onInstallationChange: () => void;
  readonly onProblem: (problem: unknown) => void;
}

export interface Triggers {
  readonly isSynced: () => boolean;
  /** Resolves when the first lists are in; rejects when stopped before. */
  readonly synced: Promise<unknown>;
  /** As seen last; for names, hosts and links only, and for what is refused. */
  readonly policy: () => SupportAccessPolicy | undefined;
  readonly applications: () => readonly SupportApplication[];
  readonly sessions: () => readonly SupportSession[];
  /** The people of support, whether or not they may sign in. Throws as long as they are not known. */
  readonly people: () => readonly SupportUser[];
  readonly find: FindSeen;
  readonly handMadeSlices: HandMadeSlices;
  readonly claimedSlices: ClaimedSlices;
  /** All of a namespace. */
  readonly slicesIn: (namespace: string) => readonly FollowedSlice[];
  /** As seen last; undefined where the product is being taken away. Throws as long as it is not known. */
  readonly installation: () => InstallationId | undefined;
  stop(): Promise<void>;
}

/** A stream is judged this long after a change at the latest, milliseconds; the first change of a burst is obeyed at once. */
const judgedApartMs = 100;

/** A connection that died silently is noticed within half a minute: sessions may have to end. */
const urgently = { watchSeconds: { least: 15, most: 20 }, silenceMs: 30_000 };

const others = [
  'SupportAccessGrant',
  'SupportPermissionMatrix',
  'SupportAccessLock',
] as const satisfies readonly KindName[];

/**
 * Of these no decision reads the status. A session's is when it was last active, which each of a thousand sessions writes every
 * minute; a lock's counts what it stops, which changes with every grant and session.
 */
const withoutStatus: ReadonlySet<string> = new Set<KindName>(['SupportSession', 'SupportAccessLock']);

/** Starts to watch. */
export function startTriggers(options: TriggersOptions): Triggers {
  const { client, onProblem } = options;
  const onChange = spacedCalls(systemClock, judgedApartMs, options.onChange);
  const caches = new Map<string, WatchCache<KubeObject>>();
  const follow = <T extends KubeObject>(kind: KindName): WatchCache<T> => {
    const cache = createWatchCache<T>(client, kinds[kind], { onProblem, reflector: urgently });
    caches.set(kind, cache as unknown as WatchCache<KubeObject>);
    return cache;
  };
  const policies = follow<SupportAccessPolicy>('SupportAccessPolicy');
  const applications = follow<SupportApplication>('SupportApplication');
  const sessions = follow<SupportSession>('SupportSession');
  const people = follow<SupportUser>('SupportUser');
  for (const kind of others) follow(kind);
  const following = { client, onProblem, reflector: urgently };
  const { handMade, claimed } = followSlices(following, applications, ({ object }) => {
    options.onSlices(object.metadata.namespace ?? '');
    onChange();
  });
  claimed.onChange(({ object }) => options.onAnySlice?.(object.metadata.namespace ?? ''));
  const services = followServices(following);
  const tell = (change: SeenChange): void => {
    options.onSeen(change);
    onChange();
  };
  const identities = followIdentities(options, onChange);
  for (const [kind, cache] of caches) {
    const matters = withoutStatus.has(kind) ? changesSpecOrLife : changesMoreThanMetadata;
    cache.onChange((change) => {
      if (matters(change)) tell(change);
    });
  }
  services.onChange((change) => {
    if (changesBackend(change)) tell(change);
  });
  policies.onChange((change) => {
    if (changesSpecOrLife(change)) options.onPolicyChange();
  });
  const all = [...caches.values(), handMade, claimed, services, identities];
  for (const cache of all) cache.start();
  return {
    isSynced: () => all.every((cache) => cache.isSynced),
    synced: Promise.all(all.map((cache) => cache.synced)),
    policy: () => policies.get(undefined, policyName),
    applications: () => applications.list(),
    sessions: () => sessions.list(),
    people: () => allIn(people),
    find: (kind, namespace, name) => (kind === 'Service' ? services : caches.get(kind))?.get(namespace, name),
    handMadeSlices: handMadeSlicesIn(handMade),
    claimedSlices: claimedSlicesIn(claimed),
    slicesIn: slicesIn(claimed),
    installation() {
      if (!identities.isSynced) throw new Error('the installation is not known yet');
      return installationOf(identities.get(undefined, options.identitiesNamespace));
    },
    async stop() {
      await Promise.all(all.map((cache) => cache.stop()));
    },
  };
}

function allIn(people: WatchCache<SupportUser>): readonly SupportUser[] {
  if (!people.isSynced) throw new Error('the people of support are not known yet');
  return people.list();
}

/** Follows both kinds of slices, and tells of those that may concern an application. */
function followSlices(
  following: FollowingOptions,
  applications: WatchCache<SupportApplication>,
  tell: (change: CacheChange<KubeObject>) => void,
) {
  const handMade = followHandMadeSlices(following);
  const claimed = followClaimedSlices(following);
  handMade.onChange(tell);
  claimed.onChange((change) => {
    // Every pod of the cluster that becomes ready changes one of them.
    if (isNamed(serviceOfSlice(change.object), applications)) tell(change);
  });
  return { handMade, claimed };
}

/** Whether an application names the Service. */
function isNamed(service: string, applications: WatchCache<SupportApplication>): boolean {
  return applications
    .list()
    .some(({ metadata, spec }) => `${metadata.namespace}/${spec.serviceRef.name}` === service);
}

/** One namespace, of which only the metadata matters. */
function followIdentities(options: TriggersOptions, onChange: () => void): WatchCache<KubeObject> {
  const { client, onProblem, identitiesNamespace, onInstallationChange } = options;
  const cache = createWatchCache<KubeObject>(client, Namespaces, {
    onProblem,
    fieldSelector: `metadata.name=${identitiesNamespace}`,
    metadataOnly: true,
    reflector: urgently,
  });
  cache.onChange(({ type, object, old }) => {
    const before = type === 'deleted' ? object : old;
    const after = type === 'deleted' ? undefined : object;
    if (installationOf(before)?.uid === installationOf(after)?.uid) return;
    onInstallationChange();
    onChange();
  });
  return cache;
}
