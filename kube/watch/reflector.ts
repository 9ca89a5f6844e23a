/**
 * Keeps a copy of a collection true: lists once, then follows every change, through broken connections and restarts of
 * the server. It holds no objects itself.
 */

import type { KubeClient } from '../api/client.ts';
import type { WatchEvent } from '../api/watch-stream.ts';
import { type Clock, pause } from '../clock.ts';
import { ServerWentBack } from '../errors.ts';
import { openDeadline } from '../http/deadline.ts';
import { isEarlierVersion, type KubeObject } from '../objects.ts';
import type { Resource } from '../resources.ts';
import { type Backoff, reflectorBackoff, WatchCourse } from './watch-course.ts';
import type { ListedAt } from './went-back.ts';

export interface Selection {
  readonly namespace?: string | undefined;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  readonly metadataOnly?: boolean | undefined;
}

/** The holder of the copy. Called in order, never after the signal has aborted. */
export interface Sink<T extends KubeObject> {
  replace(objects: readonly T[], at: ListedAt): void;
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
export type WatchingClient = Pick<KubeClient, 'list' | 'watch' | 'versionOf'>;

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
  let round: Round = { course, relist: true, reached: undefined };
  while (!signal.aborted) {
    const { waitMs, ...next } = await oneRound(reflection, round);
    round = { course, ...next };
    await pause(clock, waitMs, signal).catch(() => undefined);
  }
}

interface Standing {
  readonly relist: boolean;
  /** Up to which version the copy is true; undefined where there is none, or none that is true. */
  readonly reached: string | undefined;
}

interface Round extends Standing {
  readonly course: WatchCourse;
}

interface RoundResult extends Standing {
  readonly waitMs: number;
}

async function oneRound<T extends KubeObject>(reflection: Reflection<T>, round: Round): Promise<RoundResult> {
  const goesOn = round.relist ? undefined : round.reached;
  const from = goesOn ?? (await listInto(reflection, round.reached));
  if (typeof from !== 'string')
    return { ...round.course.afterFailedList(from.failure), reached: round.reached };
  const watch = new Watch(reflection, { from, isGoingOn: goesOn !== undefined });
  const startedAt = reflection.clock.monotonic();
  const error = await watch.follow();
  if (watch.isCopyBroken) return { ...round.course.afterFailedList(error), reached: undefined };
  const lastedMs = reflection.clock.monotonic() - startedAt;
  const { events, wasSilent } = watch;
  const course = round.course.afterWatch({ error, events, lastedMs, wasSilent });
  return { ...course, reached: watch.version };
}

async function listInto<T extends KubeObject>(
  reflection: Reflection<T>,
  reached: string | undefined,
): Promise<string | { failure: unknown }> {
  const { client, resource, selection, sink, signal, onProblem } = reflection;
  try {
    const { items, resourceVersion } = await client.list<T>(resource, { ...selection, signal });
    if (!signal.aborted) sink.replace(items, { listed: resourceVersion, reached });
    return resourceVersion;
  } catch (failure) {
    if (!signal.aborted) onProblem(failure);
    return { failure };
  }
}

interface WatchFrom {
  readonly from: string;
  /** From where another connection ended, not from a list. */
  readonly isGoingOn: boolean;
}

/** One watch connection and how far it got. */
class Watch<T extends KubeObject> {
  readonly #reflection: Reflection<T>;
  readonly #isGoingOn: boolean;
  version: string;
  events = 0;
  wasSilent = false;
  #isOpen = false;
  /** The sink threw while it took an event in, so the copy is no longer true and needs a list. */
  isCopyBroken = false;

  constructor(reflection: Reflection<T>, { from, isGoingOn }: WatchFrom) {
    this.#reflection = reflection;
    this.#isGoingOn = isGoingOn;
    this.version = from;
  }

  /** Reads to the end. Returns the error that broke it, or undefined. */
  async follow(): Promise<unknown> {
    const { client, resource, selection, signal, clock, settings, onProblem } = this.#reflection;
    const silenceMs = settings?.silenceMs ?? 150_000;
    if (signal.aborted) return signal.reason;
    const unproved = new AbortController();
    const ended = unproved.signal;
    const watchdog = openDeadline(clock, { what: `WATCH ${resource.plural}`, ms: silenceMs, signal, ended });
    try {
      const options = { ...selection, resourceVersion: this.version, timeoutSeconds: seconds(settings) };
      const stream = await client.watch<T>(resource, { ...options, signal: watchdog.signal });
      this.#isOpen = true;
      if (this.#isGoingOn) void this.#prove(watchdog.signal).catch((error) => unproved.abort(error));
      for await (const event of stream) {
        if (signal.aborted) return signal.reason;
        watchdog.extend();
        this.#take(event);
      }
      return undefined;
    } catch (error) {
      if (!signal.aborted) onProblem(error);
      this.wasSilent = this.#isOpen && watchdog.remainingMs() <= 0;
      return error;
    } finally {
      watchdog.release();
    }
  }

  /**
   * A server whose data went back opens a watch from a version that it does not have yet, and is silent until it does. So it is asked
   * which version it has.
   */
  async #prove(signal: AbortSignal): Promise<void> {
    const { client, resource, selection } = this.#reflection;
    const reached = this.version;
    const now = await client.versionOf(resource, { ...selection, signal });
    if (isEarlierVersion(now, reached)) throw new ServerWentBack(resource.plural, { reached, now });
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
