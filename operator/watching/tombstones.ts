/**
 * Keeps the last known state of deleted objects until their end was recorded: a deleted grant is one whose plan wants
 * nothing. After a restart a grant's end is recorded from the orphans that it left.
 */
import type { KubeObject } from '../../kube/objects.ts';

export interface LastKnown<T> {
  readonly object: T;
  readonly gone: boolean;
}

interface FollowedCache<T extends KubeObject> {
  byIndex(index: string, key: string): readonly T[];
  onChange(listener: (change: { readonly type: string; readonly object: T }) => void): () => void;
}

export class Tombstones<T extends KubeObject> {
  readonly #cache: FollowedCache<T>;
  readonly #last = new Map<string, T>();

  /** The cache must have an index `uid`. */
  constructor(cache: FollowedCache<T>) {
    this.#cache = cache;
    cache.onChange(({ type, object }) => {
      if (type === 'deleted') this.#last.set(object.metadata.uid, object);
    });
  }

  /** The object with this UID, or what was last known of it. */
  find(uid: string): LastKnown<T> | undefined {
    const [object] = this.#cache.byIndex('uid', uid);
    if (object !== undefined) return { object, gone: false };
    const last = this.#last.get(uid);
    return last === undefined ? undefined : { object: last, gone: true };
  }

  /** Its end was recorded. */
  forget(uid: string): void {
    this.#last.delete(uid);
  }
}
