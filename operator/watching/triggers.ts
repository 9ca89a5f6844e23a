/** Turns changes of collections into keys, as the kinds declared it. It knows no kind. */
import { apiGroup } from '../../crds/kinds.ts';
import type { KubeObject } from '../../kube/objects.ts';
import type { Resource } from '../../kube/resources.ts';
import { changesMoreThanMetadata } from '../../kube/watch/metadata-change.ts';
import type { CacheChange } from '../../kube/watch/object-store.ts';
import type { Caches } from './collections.ts';
import type { Controller, Enqueue } from './controller.ts';
import type { Key, Watch, WatchContext } from './watch.ts';

/** A cache of any collection, as far as following is concerned. */
interface Followed {
  readonly resource: Resource;
  onChange(listener: (change: CacheChange<KubeObject>) => void): () => void;
}

/** A declaration about any collection. It is only ever given changes of its own. */
interface Declaration {
  keysAfter?(change: CacheChange<KubeObject>, context: WatchContext): readonly Key[];
}

/** Follows all collections; the returned function stops following. */
export function followChanges(
  controllers: readonly Pick<Controller, 'name' | 'watches'>[],
  context: WatchContext,
  enqueue: Enqueue,
): () => void {
  const follow = (name: string, watch: Watch): (() => void) => {
    const followed: Followed = context.caches[watch.collection];
    const declaration: Declaration = watch;
    const isOurs = followed.resource.group === apiGroup;
    return followed.onChange((change) => {
      // Of our own kinds no metadata is read but what a deletion leaves; every editor may patch an annotation.
      if (isOurs && !changesMoreThanMetadata(change)) return;
      for (const { id, lane } of declaration.keysAfter?.(change, context) ?? []) enqueue(name, id, lane);
    });
  };
  const stops = controllers.flatMap(({ name, watches }) => watches.map((watch) => follow(name, watch)));
  return () => {
    for (const stop of stops) stop();
  };
}

/** Everything once, as at the start. */
export function enqueueEverything(
  controllers: readonly Controller[],
  caches: Caches,
  enqueue: Enqueue,
): void {
  for (const { name, firstKeys } of controllers)
    for (const { id, lane } of firstKeys(caches)) enqueue(name, id, lane);
}
