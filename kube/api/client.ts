/**
 * The interface of the client: which calls can be made on an API server, with which options. Without implementation,
 * so that other rooms can be written, and tested, against it.
 */
import type { Duplex } from 'node:stream';
import type { Credentials } from '../http/identity.ts';
import type { TransportResponse } from '../http/transport.ts';
import type { KubeObject, ObjectRef, WrittenObject } from '../objects.ts';
import type { Resource } from '../resources.ts';
import type { WatchOptions, WatchStream } from './watch-stream.ts';

/** The options of every call. */
export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  /** For the whole call with all its tries, in milliseconds. Default 30,000. */
  readonly deadlineMs?: number | undefined;
  /** Which connections to use: others than the default for what a burst of other requests must not delay. */
  readonly pool?: 'requests' | 'prompt' | 'leases' | undefined;
}

export interface GetOptions extends CallOptions {
  /** Only `metadata`, of any kind: cheap, and no secret data is sent. */
  readonly metadataOnly?: boolean | undefined;
}

export interface ListOptions extends GetOptions {
  readonly namespace?: string | undefined;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
}

export interface WriteOptions extends CallOptions {
  readonly fieldManager?: string | undefined;
  /** Everything is checked, nothing is stored. */
  readonly dryRun?: boolean | undefined;
  /** A field that the server does not know is refused; otherwise it is dropped, and what it said with it. */
  readonly strict?: boolean | undefined;
  readonly subresource?: string | undefined;
}

export interface ApplyOptions extends WriteOptions {
  readonly fieldManager: string;
  /** Takes over fields that another manager owns, instead of a conflict. */
  readonly force?: boolean | undefined;
}

export interface DeleteOptions extends CallOptions {
  /** Only this very object: one of the same name that was made since is left alone (409). */
  readonly uid?: string | undefined;
  readonly resourceVersion?: string | undefined;
  readonly propagation?: 'Background' | 'Foreground' | 'Orphan' | undefined;
  readonly gracePeriodSeconds?: number | undefined;
  readonly dryRun?: boolean | undefined;
}

export interface MergePatch extends WriteOptions {
  readonly patch: unknown;
}

export interface SubresourceBody extends WriteOptions {
  readonly subresource: string;
  readonly body: unknown;
}

export interface RawOptions extends CallOptions {
  readonly headers?: Readonly<Record<string, string | string[]>> | undefined;
  readonly body?: string | Buffer | undefined;
}

export interface ObjectList<T> {
  readonly items: T[];
  readonly resourceVersion: string;
}

/** Every method throws `KubeError` when the server refuses, `ServerUnreachable` when no response came in time. */
export interface KubeClient {
  /** The newest state there is: never from a cache of the API server, since no resourceVersion is sent. */
  get<T = KubeObject>(resource: Resource, ref: ObjectRef, options?: GetOptions): Promise<T>;
  /** The whole collection as of one moment, fetched in pages of 500. */
  list<T = KubeObject>(resource: Resource, options?: ListOptions): Promise<ObjectList<T>>;
  /** The version of the collection as it is now, without its objects. */
  versionOf(resource: Resource, options?: ListOptions): Promise<string>;
  create<T = KubeObject>(resource: Resource, object: WrittenObject, options?: WriteOptions): Promise<T>;
  /** Server-side apply: the object holds exactly the fields that its manager wants to own. */
  apply<T = KubeObject>(resource: Resource, object: WrittenObject, options: ApplyOptions): Promise<T>;
  /** JSON merge patch (RFC 7386): `null` removes a field, lists are replaced. */
  mergePatch<T = KubeObject>(resource: Resource, ref: ObjectRef, patch: MergePatch): Promise<T>;
  /** Replaces the whole object; with its resourceVersion inside, only if no other write came in between (else 409). */
  update<T = KubeObject>(resource: Resource, object: WrittenObject, options?: WriteOptions): Promise<T>;
  /** `deleted` means accepted: finalizers or a grace period may keep the object for a while. */
  delete(resource: Resource, ref: ObjectRef, options?: DeleteOptions): Promise<'deleted' | 'absent'>;
  /** POST to a subresource: `token`, `eviction`, `scale`... */
  createSubresource<T = KubeObject>(resource: Resource, ref: ObjectRef, posted: SubresourceBody): Promise<T>;
  /** Any path. Every status is returned; only a missing response throws. */
  raw(method: string, path: string, options?: RawOptions): Promise<TransportResponse>;
  /** One watch connection, without any resuming; the watch cache is what most callers want. */
  watch<T extends KubeObject = KubeObject>(
    resource: Resource,
    options: WatchOptions,
  ): Promise<WatchStream<T>>;
  /** A connection to a port of a pod, as long as either side keeps it. */
  portForward(pod: ObjectRef, port: number): Promise<Duplex>;
  /** As whom requests are sent, as of now. */
  credentials(): Promise<Credentials>;
  /** Server clock minus ours, in milliseconds, from Date headers; undefined before the first response. */
  clockOffsetMs(): number | undefined;
  /** By how much the server's clock is ahead of ours for certain; undefined before the first response. */
  clockAheadMs(): number | undefined;
  readonly server: string;
  /** The proxy through which it is reached, without what it is signed in with. */
  readonly proxy?: string | undefined;
  /** The context of the kubeconfig, and the namespace that it names. */
  readonly context?: string | undefined;
  readonly namespace?: string | undefined;
  /** Lets running requests end, and ends watches. */
  close(): Promise<void>;
  /** Ends running requests too, whose responses no one waits for. */
  abandon(): Promise<void>;
}
