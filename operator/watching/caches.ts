/** Makes one cache a collection, with the indexes that the kinds declared. It knows no kind. */
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
  const { resource, within, inNamespace, labelled, urgent, ...selection } = collections[name];
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
