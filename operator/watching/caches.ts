/** Makes one cache a collection, with the indexes that the kinds declared. It knows no kind. */
import type { Clock } from '../../kube/clock.ts';
import type { KubeObject } from '../../kube/objects.ts';
import type { Indexers } from '../../kube/watch/object-store.ts';
import type { WatchingClient } from '../../kube/watch/reflector.ts';
import { createWatchCache, type WatchCache } from '../../kube/watch/watch-cache.ts';
import { type Caches, type CollectionName, collections, type Namespaces } from './collections.ts';
import type { Index, Watch } from './watch.ts';

const urgently = { watchSeconds: { least: 15, most: 20 }, silenceMs: 30_000 };

export interface CacheSettings extends Namespaces {
  readonly client: WatchingClient;
  /** Told of lists and watches that failed; they go on by themselves. */
  readonly onProblem: (problem: unknown) => void;
  /** Told, before anything else is, that the API server's data is of an earlier moment. */
  readonly onWentBack?: () => void;
}

/** Nothing is followed before each cache is started. */
export function createCaches(settings: CacheSettings, watches: readonly Watch[]): Caches {
  const names = Object.keys(collections) as CollectionName[];
  const caches = names.map((name) => [name, cacheOf(name, settings, watches)]);
  return Object.fromEntries(caches) as Caches;
}

function cacheOf(
  name: CollectionName,
  settings: CacheSettings,
  watches: readonly Watch[],
): WatchCache<KubeObject> {
  const {
    resource,
    within,
    inNamespace,
    labelled,
    urgent,
    reportedOnly: _r,
    ...selection
  } = collections[name];
  const named = selection.namedAs === undefined ? selection.named : settings[selection.namedAs];
  return createWatchCache(settings.client, resource, {
    onProblem: settings.onProblem,
    onWentBack: settings.onWentBack,
    indexers: indexersOf(name, settings, watches),
    namespace: within === undefined ? inNamespace : settings[within],
    fieldSelector: named === undefined ? undefined : `metadata.name=${named}`,
    labelSelector: labelled,
    reflector: urgent === true ? urgently : undefined,
  });
}

/** How long what is only reported on may take, so that at a usual start nothing is reported as unread. */
export const reportedWithinMs = 3000;

/**
 * Resolves when there is a whole copy of all that something is decided by. What is only reported on is waited for a moment: an API
 * server that does not let it be read must not keep anything from closing.
 */
export async function untilCopied(caches: Caches, clock: Pick<Clock, 'after'>): Promise<void> {
  const passed = Promise.withResolvers<void>();
  const cancel = clock.after(reportedWithinMs, passed.resolve);
  const copied = (names: readonly CollectionName[]) => Promise.all(names.map((name) => caches[name].synced));
  const [reported, needed] = [namesOf(caches, true), namesOf(caches, false)];
  try {
    await Promise.all([copied(needed), Promise.race([copied(reported), passed.promise])]);
  } finally {
    cancel();
  }
}

/** The collections without a copy by which something is decided. */
export function missingCopies(caches: Caches): readonly CollectionName[] {
  return namesOf(caches, false).filter((name) => !caches[name].isSynced);
}

function namesOf(caches: Caches, isReportedOnly: boolean): CollectionName[] {
  const reported = ({ reportedOnly }: { readonly reportedOnly?: true }): boolean => reportedOnly === true;
  return (Object.keys(caches) as CollectionName[]).filter(
    (name) => reported(collections[name]) === isReportedOnly,
  );
}

/**
 * The indexes of one collection, gathered from all kinds. Two kinds may share an index; the same name for different
 * indexes would make one of them read wrong answers, so it is refused.
 */
export function indexersOf(
  name: CollectionName,
  namespaces: Namespaces,
  watches: readonly Watch[],
): Indexers<KubeObject> {
  const indexes = new Map<string, Index<KubeObject>>();
  for (const watch of watches) {
    if (watch.collection !== name) continue;
    for (const [key, index] of Object.entries<Index<KubeObject>>(watch.indexes ?? {})) {
      if ((indexes.get(key) ?? index) !== index)
        throw new TypeError(`"${key}" is declared as two different indexes of ${name}`);
      indexes.set(key, index);
    }
  }
  return Object.fromEntries(
    [...indexes].map(([key, index]) => [key, (object: KubeObject) => index(object, namespaces)]),
  );
}
