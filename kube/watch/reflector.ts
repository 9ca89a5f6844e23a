/**
 * Keeps a copy of a collection true: lists once, then follows every change, through broken connections and restarts of
 * the server. It holds no objects itself.
 */

import type { KubeClient } from '../api/client.ts';
import type { WatchEvent } from '../api/watch-stream.ts';
import { type Clock, pause } from '../clock.ts';
import { openDeadline } from '../http/deadline.ts';
import type { KubeObject } from '../objects.ts';
import type { Resource } from '../resources.ts';
import { type Backoff, reflectorBackoff, WatchCourse } from './watch-course.ts';

export interface Selection {
  readonly namespace?: string | undefined;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  readonly metadataOnly?: boolean | undefined;
}

/** The holder of the copy. Called in order, never after the signal has aborted. */
export interface Sink<T extends KubeObject> {
  replace(objects: readonly T[]): void;
  put(object: T): void;
  remove(object: T): void;
}

export interface ReflectorSettings {
  /** The server ends a watch after a random time between these two. Random, so that not all come back at once. */
  readonly watchSeconds?: { readonly least: number; readonly most: number } | undefined;
  /**
   * Without a byte for so long, the connection is taken for half open and replaced. The API server sends a bookmark
   * every one to two minutes (measured on 1.37), so a healthy watch stays clear of the default of 150 s. Where it
   * must be noticed sooner, use short watches.
   */
  readonly silenceMs?: number | undefined;
  readonly backoff?: Backoff | undefined;
}

/** The part of a client that following a collection needs. */
export type WatchingClient = Pick<KubeClient, 'list' | 'watch'>;

export interface Reflection<T extends KubeObject> {
  readonly client: WatchingClient;
  readonly resource: Resource;
  readonly selection: Selection;
  readonly sink: Sink<T>;
  readonly clock: Clock;
  /** Each run has its own signal; a run that was stopped can neither open a watch nor reach the sink any more. */
  readonly signal: AbortSignal;
  /** Called with everything that went wrong. It is also handled here. */
  readonly onProblem: (problem: unknown) => void;
  readonly settings?: ReflectorSettings | undefined;
}

/** Runs until the signal aborts. Never rejects. */
export async function reflect<T extends KubeObject>(reflection: Reflection<T>): Promise<void> {
  const { clock, signal, settings } = reflection;
  const course = new WatchCourse(settings?.backoff ?? reflectorBackoff);
  let version: string | undefined;
  while (!signal.aborted) {
    const { relist, waitMs, reached } = await oneRound(reflection, { course, version });
    version = relist ? undefined : reached;
    await pause(clock, waitMs, signal).catch(() => undefined);
  }
}

interface Round {
  readonly course: WatchCourse;
  readonly version: string | undefined;
}

interface RoundResult {
  readonly relist: boolean;
  readonly waitMs: number;
  readonly reached: string | undefined;
}

async function oneRound<T extends KubeObject>(reflection: Reflection<T>, round: Round): Promise<RoundResult> {
  const from = round.version ?? (await listInto(reflection));
  if (typeof from !== 'string') {
    const course = round.course.afterFailedList(from.failure);
    return { ...course, reached: undefined };
  }
  const watch = new Watch(reflection, from);
  const startedAt = reflection.clock.monotonic();
  const error = await watch.follow();
  if (watch.isCopyBroken) return { ...round.course.afterFailedList(error), reached: undefined };
  const lastedMs = reflection.clock.monotonic() - startedAt;
  const course = round.course.afterWatch({ error, events: watch.events, lastedMs });
  return { ...course, reached: watch.version };
}

async function listInto<T extends KubeObject>(
  reflection: Reflection<T>,
): Promise<string | { failure: unknown }> {
  const { client, resource, selection, sink, signal, onProblem } = reflection;
  try {
    const { items, resourceVersion } = await client.list<T>(resource, { ...selection, signal });
    if (!signal.aborted) sink.replace(items);
    return resourceVersion;
  } catch (failure) {
    if (!signal.aborted) onProblem(failure);
    return { failure };
  }
}

/** One watch connection and how far it got. */
class Watch<T extends KubeObject> {
  readonly #reflection: Reflection<T>;
  version: string;
  events = 0;
  /** The sink threw while it took an event in, so the copy is no longer true and needs a list. */
  isCopyBroken = false;

  constructor(reflection: Reflection<T>, version: string) {
    this.#reflection = reflection;
    this.version = version;
  }

  /** Reads to the end. Returns the error that broke it, or undefined. */
  async follow(): Promise<unknown> {
    const { client, resource, selection, signal, clock, settings, onProblem } = this.#reflection;
    const silenceMs = settings?.silenceMs ?? 150_000;
    if (signal.aborted) return signal.reason;
    const watchdog = openDeadline(clock, { what: `WATCH ${resource.plural}`, ms: silenceMs, signal });
    try {
      const options = { ...selection, resourceVersion: this.version, timeoutSeconds: seconds(settings) };
      const stream = await client.watch<T>(resource, { ...options, signal: watchdog.signal });
      for await (const event of stream) {
        if (signal.aborted) return signal.reason;
        watchdog.extend();
        this.#take(event);
      }
      return undefined;
    } catch (error) {
      if (!signal.aborted) onProblem(error);
      return error;
    } finally {
      watchdog.release();
    }
  }

  #take(event: WatchEvent<T>): void {
    const { sink } = this.#reflection;
    this.events += 1;
    this.isCopyBroken = true;
    if (event.type === 'DELETED') sink.remove(event.object);
    else if (event.type !== 'BOOKMARK') sink.put(event.object);
    this.isCopyBroken = false;
    this.version = event.type === 'BOOKMARK' ? event.resourceVersion : event.object.metadata.resourceVersion;
  }
}

function seconds(settings: ReflectorSettings | undefined): number {
  const { least, most } = settings?.watchSeconds ?? { least: 240, most: 480 };
  return Math.round(least + Math.random() * (most - least));
}
