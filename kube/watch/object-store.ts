/**
 * The objects of a collection in memory, found by name or by index, and the changes that an event or a new list makes.
 * Pure memory: no server, no listeners.
 */
import type { KubeObject } from '../objects.ts';

export type CacheChange<T extends KubeObject> =
  | { readonly type: 'added'; readonly object: T; readonly old?: undefined }
  | { readonly type: 'updated'; readonly object: T; readonly old: T }
  | { readonly type: 'deleted'; readonly object: T; readonly old?: T };

/** Under which keys an object is found in an index. */
export type Indexer<T extends KubeObject> = (object: T) => readonly string[];

export type Indexers<T extends KubeObject> = Readonly<Record<string, Indexer<T>>>;

interface Taking {
  /** One version of an object is one state. Not so after the server's data was put back: versions are given out again. */
  readonly isKnownByVersion?: boolean;
}

export class ObjectStore<T extends KubeObject> {
  readonly #objects = new Map<string, T>();
  readonly #indexes = new Map<string, { keysOf: Indexer<T>; found: Map<string, Set<T>> }>();

  constructor(indexers: Indexers<T> = {}) {
    for (const [name, keysOf] of Object.entries(indexers))
      this.#indexes.set(name, { keysOf, found: new Map() });
  }

  get(namespace: string | undefined, name: string): T | undefined {
    return this.#objects.get(keyFor(namespace, name));
  }

  list(): T[] {
    return [...this.#objects.values()];
  }

  get size(): number {
    return this.#objects.size;
  }

  /** Throws for an index that was not declared: an empty list would look like "there is none". */
  byIndex(index: string, key: string): T[] {
    const known = this.#indexes.get(index);
    if (!known) throw new TypeError(`there is no index "${index}"`);
    return [...(known.found.get(key) ?? [])];
  }

  /** Takes in the newest state of one object. Another uid under the same name is another object: deleted, then added. */
  put(object: T, { isKnownByVersion = true }: Taking = {}): CacheChange<T>[] {
    const key = keyOf(object);
    const old = this.#objects.get(key);
    if (isKnownByVersion && old?.metadata.resourceVersion === object.metadata.resourceVersion) return [];
    if (old) this.#unindex(old);
    this.#objects.set(key, object);
    this.#index(object);
    if (!old) return [{ type: 'added', object }];
    if (old.metadata.uid === object.metadata.uid) return [{ type: 'updated', object, old }];
    return [
      { type: 'deleted', object: old },
      { type: 'added', object },
    ];
  }

  /** Takes an object out. `last` is its state at the end, when that is known. */
  remove(last: T): CacheChange<T>[] {
    const key = keyOf(last);
    const old = this.#objects.get(key);
    if (!old) return [];
    this.#unindex(old);
    this.#objects.delete(key);
    return [{ type: 'deleted', object: last, old }];
  }

  /** Makes the store hold exactly these. What is missing was deleted while there was no watch. */
  replace(objects: readonly T[], taking: Taking = {}): CacheChange<T>[] {
    const kept = new Set(objects.map(keyOf));
    const gone = this.list().filter((object) => !kept.has(keyOf(object)));
    return [
      ...gone.flatMap((object) => this.remove(object)),
      ...objects.flatMap((object) => this.put(object, taking)),
    ];
  }

  #index(object: T): void {
    for (const { keysOf, found } of this.#indexes.values()) {
      for (const key of keysOf(object)) {
        const members = found.get(key);
        if (members) members.add(object);
        else found.set(key, new Set([object]));
      }
    }
  }

  #unindex(object: T): void {
    for (const { keysOf, found } of this.#indexes.values()) {
      for (const key of keysOf(object)) {
        const members = found.get(key);
        members?.delete(object);
        if (members?.size === 0) found.delete(key);
      }
    }
  }
}

function keyOf({ metadata }: KubeObject): string {
  return keyFor(metadata.namespace, metadata.name);
}

function keyFor(namespace: string | undefined, name: string): string {
  return `${namespace ?? ''}/${name}`;
}
