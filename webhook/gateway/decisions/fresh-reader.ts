/**
 * What does the API server say now? Single GETs without a resourceVersion (so never from a cache), each begun after
 * the call and shared only with callers that came before it began. It judges nothing; what it cannot
 * read it throws.
 */
import { LRUCache } from 'lru-cache';
import { kinds } from '../../../crds/kinds.ts';
import type { KubeClient } from '../../../kube/api/client.ts';
import { saysAbsent } from '../../../kube/errors.ts';
import type { KubeObject, ObjectRef } from '../../../kube/objects.ts';
import type { Resource } from '../../../kube/resources.ts';
import { type Repetition, SharedReads } from './shared-read.ts';

export interface FreshReaderOptions {
  readonly client: Pick<KubeClient, 'get' | 'list'>;
  /** How long one GET may take, milliseconds. */
  readonly timeoutMs: number;
  /** When another GET is sent beside one that is not answered. */
  readonly repetition?: Repetition | undefined;
  /** How long a GET of a reader that is `apart` may take, milliseconds; none of its is repeated. */
  readonly apartTimeoutMs?: number;
  /** Called for each GET that is really sent. */
  readonly onGet: () => void;
  /** Which connections to use. */
  readonly pool?: 'prompt' | undefined;
}

interface SingleGet {
  readonly resource: Resource;
  readonly ref: ObjectRef;
  readonly metadataOnly: boolean;
}

/** Keeps what was compiled from an object as long as uid and resourceVersion are the same. */
interface Kept<C> {
  readonly version: string;
  readonly value: C;
  /** Whether it was another one at the last look: then it is read whole at once, in one request instead of two. */
  readonly changes: boolean;
}

/** At most so many compiled objects are kept; the oldest goes first. */
const keptLimit = 1000;

export class FreshReader {
  readonly #options: FreshReaderOptions;
  readonly #reads: SharedReads<KubeObject | undefined>;
  readonly #kept: LRUCache<string, Kept<unknown>>;

  constructor(options: FreshReaderOptions, kept = new LRUCache<string, Kept<unknown>>({ max: keptLimit })) {
    this.#options = options;
    this.#reads = new SharedReads(options.repetition);
    this.#kept = kept;
  }

  /**
   * A reader that waits for no read of this one, on connections that its reads do not use: neither a burst of requests
   * nor a read that hangs delays it.
   */
  apart(): FreshReader {
    const { timeoutMs, apartTimeoutMs = timeoutMs } = this.#options;
    const apart = { timeoutMs: apartTimeoutMs, repetition: undefined, pool: 'prompt' } as const;
    return new FreshReader({ ...this.#options, ...apart }, this.#kept);
  }

  /**
   * A reader none of whose reads is repeated, and that shares none with this one: for clients who have proved nothing, and
   * whose requests to the API server are counted beforehand.
   */
  unrepeated(): FreshReader {
    return new FreshReader({ ...this.#options, repetition: undefined }, this.#kept);
  }

  /** The object, or undefined when the server says by a well-formed response that there is none of this very name. */
  async object<T extends KubeObject>(resource: Resource, ref: ObjectRef): Promise<T | undefined> {
    return (await this.#fresh({ resource, ref, metadataOnly: false })) as T | undefined;
  }

  /**
   * What `compile` made of the object. Only its metadata is read when uid and resourceVersion are those that were
   * compiled before; the metadata is always fresh. Of one that is written all the time the whole is read.
   */
  async compiled<C>(
    resource: Resource,
    ref: ObjectRef,
    compile: (object: KubeObject) => C,
  ): Promise<C | undefined> {
    const key = keyOf({ resource, ref, metadataOnly: false });
    const kept = this.#kept.get(key) as Kept<C> | undefined;
    if (!kept?.changes) {
      const metadata = await this.#fresh({ resource, ref, metadataOnly: true });
      if (metadata === undefined) return undefined;
      if (kept?.version === versionOf(metadata)) return kept.value;
    }
    const object = await this.object(resource, ref);
    if (object === undefined) return undefined;
    const version = versionOf(object);
    const isSame = kept?.version === version;
    const value = isSame ? kept.value : compile(object);
    this.#kept.set(key, { version, value, changes: kept !== undefined && !isSame });
    return value;
  }

  /** All objects of a namespace, as of one moment after the call. */
  async all<T extends KubeObject>(resource: Resource, namespace: string): Promise<readonly T[]> {
    this.#options.onGet();
    const { items } = await this.#options.client.list<T>(resource, {
      namespace,
      deadlineMs: this.#options.timeoutMs,
      pool: this.#options.pool,
    });
    return items;
  }

  /** Whether the lock of this name is there. */
  async lock(name: string): Promise<'absent' | 'present'> {
    const found = await this.#fresh({ resource: kinds.SupportAccessLock, ref: { name }, metadataOnly: true });
    return found === undefined ? 'absent' : 'present';
  }

  #fresh(wanted: SingleGet): Promise<KubeObject | undefined> {
    return this.#reads.fresh(keyOf(wanted), () => this.#get(wanted));
  }

  async #get(wanted: SingleGet): Promise<KubeObject | undefined> {
    const { resource, ref, metadataOnly } = wanted;
    this.#options.onGet();
    try {
      return await this.#options.client.get(resource, ref, {
        metadataOnly,
        deadlineMs: this.#options.timeoutMs,
        pool: this.#options.pool,
      });
    } catch (error) {
      if (saysAbsent(error, resource, ref.name)) return undefined;
      throw error;
    }
  }
}

function versionOf({ metadata }: KubeObject): string {
  return `${metadata.uid}/${metadata.resourceVersion}`;
}

function keyOf({ resource, ref, metadataOnly }: SingleGet): string {
  return `${metadataOnly ? 'm' : 'o'}/${resource.plural}.${resource.group}/${ref.namespace ?? ''}/${ref.name}`;
}
