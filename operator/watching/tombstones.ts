/**
 * What was the last that was known of an object that is gone? A deleted grant is one whose plan wants nothing, but its
 * end is still to be told. Kept only until that was done; after a restart the objects that are left speak for it.
 */
import type { KubeObject } from '../../kube/objects.ts';

export interface Found<T> {
  readonly object: T;
  readonly gone: boolean;
}

interface Following<T extends KubeObject> {
  byIndex(index: string, key: string): readonly T[];
  onChange(listener: (change: { readonly type: string; readonly object: T }) => void): () => void;
}

export class Tombstones<T extends KubeObject> {
  readonly #cache: Following<T>;
  readonly #last = new Map<string, T>();

  /** The cache must have an index `uid`. */
  constructor(cache: Following<T>) {
    this.#cache = cache;
    cache.onChange(({ type, object }) => {
      if (type === 'deleted') this.#last.set(object.metadata.uid, object);
    });
  }

  /** The object with this UID, or what was last known of it. */
  find(uid: string): Found<T> | undefined {
    const [object] = this.#cache.byIndex('uid', uid);
    if (object !== undefined) return { object, gone: false };
    const last = this.#last.get(uid);
    return last === undefined ? undefined : { object: last, gone: true };
  }

  /** Its end was told. */
  forget(uid: string): void {
    this.#last.delete(uid);
  }
}
