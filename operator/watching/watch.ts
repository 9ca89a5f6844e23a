/** What a kind declares about a collection that it follows: its indexes, and which of its keys a change concerns. */
import type { KubeObject } from '../../kube/objects.ts';
import type { Lane } from '../../kube/queue/work-queue.ts';
import type { CacheChange } from '../../kube/watch/object-store.ts';
import type { Caches, CollectionName, Namespaces, ObjectOf } from './collections.ts';

/** One thing to be looked at. What can only close, or may have to, goes into the revocation lane. */
export interface Key {
  /** A UID where there are several. */
  readonly id: string;
  readonly lane: Lane;
}

/** What a declaration may look into to find the keys of a change. */
export interface WatchContext extends Namespaces {
  readonly caches: Caches;
}

/** Under which keys an object is found. Written as a method so that watches of all collections fit into one list. */
export type Index<T extends KubeObject> = {
  keysOf(object: T, namespaces: Namespaces): readonly string[];
}['keysOf'];

interface WatchOf<N extends CollectionName> {
  readonly collection: N;
  readonly indexes?: Readonly<Record<string, Index<ObjectOf<N>>>>;
  /** Changes of its conditions become Kubernetes Events. */
  readonly hasEvents?: true;
  /** Exactly the keys that the change concerns, never all for one. Absent: the collection is only read. */
  keysAfter?(change: CacheChange<ObjectOf<N>>, context: WatchContext): readonly Key[];
}

export type Watch = { [N in CollectionName]: WatchOf<N> }[CollectionName];

/** The index `uid`, by which keys are resolved to objects. */
export const byUid = ({ metadata }: KubeObject): string[] => [metadata.uid];

/** A key for each object, all in one lane. */
export function keysOf(objects: readonly KubeObject[], lane: Lane = 'normal'): Key[] {
  return objects.map(({ metadata }) => ({ id: metadata.uid, lane }));
}
