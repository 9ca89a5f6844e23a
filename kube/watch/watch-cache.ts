/**
 * A copy of a collection in memory that follows the server, with indexes and with listeners for changes. It may lag:
 * a decision that needs the newest state must read through the client.
 */

import { type Clock, systemClock } from '../clock.ts';
import type { KubeObject } from '../objects.ts';
import type { Resource } from '../resources.ts';
import { type CacheChange, type Indexers, ObjectStore } from './object-store.ts';
import { type ReflectorSettings, reflect, type Selection, type WatchingClient } from './reflector.ts';
import { type ListedAt, wentBack } from './went-back.ts';

export interface WatchCacheOptions<T extends KubeObject> extends Selection {
  readonly indexers?: Indexers<T> | undefined;
  /** Applied to each object before it is kept, after the bulky bookkeeping was dropped. */
  readonly transform?: ((object: T) => T) | undefined;
  /** A list or watch that failed (it goes on by itself), or a listener that threw. */
  readonly onProblem?: ((problem: unknown) => void) | undefined;
  /**
   * Called before a list is taken in that shows the server's data of an earlier moment. Who stops the cache in it keeps it from taking
   * in any: copies of other collections are still of the later moment.
   */
  readonly onWentBack?: (() => void) | undefined;
  readonly clock?: Clock | undefined;
  readonly reflector?: ReflectorSettings | undefined;
}

/** A cache for one collection, or the selected part of it. Nothing happens before `start`. */
export function createWatchCache<T extends KubeObject>(
  client: WatchingClient,
  resource: Resource,
  options: WatchCacheOptions<T> = {},
): WatchCache<T> {
  return new WatchCache<T>(client, resource, options);
}

export class WatchCache<T extends KubeObject> {
  readonly resource: Resource;
  /** Resolves when the first list is in and its listeners were called; rejects when stopped before that. */
  readonly synced: Promise<void>;
  readonly #client: WatchingClient;
  readonly #options: WatchCacheOptions<T>;
  readonly #clock: Clock;
  readonly #store: ObjectStore<T>;
  readonly #listeners = new Set<(change: CacheChange<T>) => void>();
  readonly #firstSync = Promise.withResolvers<void>();
  #run: { controller: AbortController; ended: Promise<void> } | undefined;
  #isSynced = false;

  constructor(client: WatchingClient, resource: Resource, options: WatchCacheOptions<T>) {
    this.resource = resource;
    this.#client = client;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#store = new ObjectStore(options.indexers);
    this.synced = this.#firstSync.promise;
    this.synced.catch(() => undefined);
  }

  /** Starts following. Already started: changes nothing. */
  start(): void {
    if (this.#run) return;
    const controller = new AbortController();
    const { indexers: _i, transform: _t, onProblem: _p, onWentBack: _w, ...rest } = this.#options;
    const { clock: _c, reflector, ...selection } = rest;
    const ended = reflect<T>({
      client: this.#client,
      resource: this.resource,
      selection,
      sink: this.#sink(controller.signal),
      clock: this.#clock,
      signal: controller.signal,
      onProblem: (problem) => this.#report(problem),
      settings: reflector,
    });
    this.#run = { controller, ended };
  }

  /** Stops following; what was seen stays readable. May be started again, and then lists anew. */
  async stop(): Promise<void> {
    const run = this.#run;
    this.#run = undefined;
    run?.controller.abort(new Error(`the cache of ${this.resource.plural} was stopped`));
    this.#firstSync.reject(
      new Error(`the cache of ${this.resource.plural} was stopped before its first list`),
    );
    await run?.ended;
  }

  get isSynced(): boolean {
    return this.#isSynced;
  }

  get(namespace: string | undefined, name: string): T | undefined {
    return this.#store.get(namespace, name);
  }

  list(): T[] {
    return this.#store.list();
  }

  get size(): number {
    return this.#store.size;
  }

  /** All objects that the named indexer files under `key`. */
  byIndex(index: string, key: string): T[] {
    return this.#store.byIndex(index, key);
  }

  /** Calls the listener for every change from now on; objects that are there already are not repeated. */
  onChange(listener: (change: CacheChange<T>) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #sink(signal: AbortSignal) {
    return {
      replace: (objects: readonly T[], at: ListedAt) => {
        const held = ({ metadata }: T) => this.#store.get(metadata.namespace, metadata.name);
        const isEarlier = wentBack(objects, at, held);
        if (isEarlier) this.#options.onWentBack?.();
        if (signal.aborted) return;
        const slim = objects.map((object) => this.#slim(object));
        // A version that was given out again may be of another state.
        this.#tell(this.#store.replace(slim, { isKnownByVersion: !isEarlier }));
        this.#isSynced = true;
        this.#firstSync.resolve();
      },
      put: (object: T) => this.#tell(this.#store.put(this.#slim(object))),
      remove: (object: T) => this.#tell(this.#store.remove(this.#slim(object))),
    };
  }

  #slim(object: T): T {
    const slim = withoutBookkeeping(object);
    return this.#options.transform ? this.#options.transform(slim) : slim;
  }

  /** A listener that throws must neither stop the others nor make the watch lose its place. */
  #tell(changes: readonly CacheChange<T>[]): void {
    for (const change of changes) {
      for (const listener of this.#listeners) {
        try {
          listener(change);
        } catch (problem) {
          this.#report(problem);
        }
      }
    }
  }

  #report(problem: unknown): void {
    this.#options.onProblem?.(problem);
  }
}

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/** Half of an object's size, and no decision reads it. */
function withoutBookkeeping<T extends KubeObject>(object: T): T {
  const { managedFields: _, ...metadata } = object.metadata as T['metadata'] & { managedFields?: unknown };
  if (metadata.annotations?.[lastApplied] === undefined) return { ...object, metadata };
  const { [lastApplied]: _applied, ...annotations } = metadata.annotations;
  return { ...object, metadata: { ...metadata, annotations } };
}
