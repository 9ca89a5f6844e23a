/**
 * Orders the work on keys: each key at most once at a time, closing before opening, failures repeated with growing
 * waits. It does not know what a key means.
 */
import { type Clock, systemClock } from '../clock.ts';
import { DelayedKeys } from './delayed-keys.ts';
import { type Lane, Lanes } from './lanes.ts';

export type { Lane } from './lanes.ts';

export interface Handled {
  /** Handle the key again after so many milliseconds; longer waits are cut to ten minutes. */
  readonly again?: number | undefined;
}

/** One handling of a key that has ended. */
export interface FinishedRun {
  readonly key: string;
  readonly lane: Lane;
  /** `preempted`: given up because the same key has to be closed. */
  readonly result: 'done' | 'failed' | 'preempted';
  readonly error?: unknown;
  /** How long it waited for a worker, and how long it took. */
  readonly waitedMs: number;
  readonly tookMs: number;
}

/** The keys that there are. */
export interface QueueStats {
  /** Those that wait for a worker. */
  readonly ready: readonly { readonly key: string; readonly lane: Lane }[];
  /** Those that are worked on, and for how long. */
  readonly active: readonly { readonly key: string; readonly lane: Lane; readonly ms: number }[];
  /** How many wait for their time. */
  readonly delayed: number;
}

export interface WorkQueueSettings {
  /** Keys worked on at once. One more worker serves only revocations, so slow openings cannot hold them up. */
  readonly workers: number;
  /** Rejects: tried again with back-off. The signal aborts on stop and on pre-emption. */
  readonly handle: (key: string, signal: AbortSignal) => Promise<Handled | void>;
  readonly backoff?: { readonly firstMs: number; readonly mostMs: number } | undefined;
  readonly clock?: Clock | undefined;
  readonly onFinished?: ((run: FinishedRun) => void) | undefined;
  /** Told of each key that begins to wait for a worker. */
  readonly onAdded?: ((key: string, lane: Lane) => void) | undefined;
}

/**
 * Every wait ends after ten minutes at the latest, and the handler reads everything anew. So a wall clock that was set, a
 * machine that slept, or a timer that cannot count that far (2^31-1 ms) delays closing by minutes, not for ever.
 */
export const longestWaitMs = 10 * 60_000;

/** What was away for a minute is back within one: client-go's 1,000 s would leave an installation standing for a quarter of an hour. */
const defaultBackoff = { firstMs: 5, mostMs: 30_000 };

/** What has to be closed is tried again soon after an outage, however long the outage was. */
const longestRevocationBackoffMs = 5_000;

interface Run {
  readonly lane: Lane;
  readonly controller: AbortController;
  readonly startedAt: number;
}

class Preempted extends Error {
  override readonly name = 'Preempted';
}

export class WorkQueue {
  readonly #settings: WorkQueueSettings;
  readonly #clock: Clock;
  readonly #ready = new Lanes();
  readonly #active = new Map<string, Run>();
  /** Keys that were added while they were worked on: they run once more afterwards. */
  readonly #again = new Lanes();
  readonly #failures = new Map<string, number>();
  readonly #delayed = new DelayedKeys<Lane>();
  #idle: PromiseWithResolvers<void> | undefined;
  #cancelTimer: (() => void) | undefined;
  #armedFor = Number.POSITIVE_INFINITY;
  #closed = false;

  constructor(settings: WorkQueueSettings) {
    this.#settings = settings;
    this.#clock = settings.clock ?? systemClock;
  }

  /** Handles the key as soon as a worker is free. A key that waits already is not added twice; it may move up to the other lane. */
  add(key: string, lane: Lane = 'normal'): void {
    if (this.#closed) return;
    const run = this.#active.get(key);
    const queue = run ? this.#again : this.#ready;
    if (queue.add(key, lane, this.#clock.monotonic())) this.#tell(() => this.#settings.onAdded?.(key, lane));
    if (!run) {
      this.#startWorkers();
      return;
    }
    // Closing does not wait for the time limits of an opening of the same key.
    if (lane === 'revocation' && run.lane === 'normal') run.controller.abort(new Preempted(key));
  }

  /** The same after `ms` (cut to ten minutes). The earliest moment for a key counts. Throws when `ms` is no number. */
  addAfter(key: string, ms: number, lane: Lane = 'normal'): void {
    if (Number.isNaN(ms)) throw new RangeError(`"${key}" cannot wait for a time that is no number`);
    if (ms <= 0) this.add(key, lane);
    else this.#delay(key, Math.min(ms, longestWaitMs), lane);
  }

  /** Takes nothing more, finishes what is ready, and gives up after `withinMs`. True: everything was finished. */
  async drain(withinMs: number): Promise<boolean> {
    this.#close();
    let late = false;
    const cancel = this.#clock.after(withinMs, () => {
      late = true;
      this.#giveUp();
    });
    await this.whenIdle();
    cancel();
    return !late;
  }

  /** Takes nothing more, drops what is ready, aborts what runs, and resolves when that has ended. */
  async stop(): Promise<void> {
    this.#close();
    this.#giveUp();
    await this.whenIdle();
  }

  /** Resolves when no key is ready or being worked on. Delayed keys do not count. */
  async whenIdle(): Promise<void> {
    if (this.#active.size === 0 && this.#ready.size === 0) return;
    this.#idle ??= Promise.withResolvers();
    await this.#idle.promise;
  }

  /** What is in the queue at this moment. */
  stats(): QueueStats {
    const now = this.#clock.monotonic();
    const active = [...this.#active].map(([key, { lane, startedAt }]) => ({
      key,
      lane,
      ms: now - startedAt,
    }));
    return { ready: this.#ready.list(), active, delayed: this.#delayed.size };
  }

  #startWorkers(): void {
    const { workers } = this.#settings;
    while (this.#active.size <= workers) {
      const next = this.#ready.take(this.#active.size < workers ? 'any' : 'revocation');
      if (!next) return;
      const run = { lane: next.lane, controller: new AbortController(), startedAt: this.#clock.monotonic() };
      this.#active.set(next.key, run);
      void this.#work(next.key, run, run.startedAt - next.since);
    }
  }

  async #work(key: string, run: Run, waitedMs: number): Promise<void> {
    // Not inside the caller's add(): a watch listener must not run a reconcile before it has returned.
    await Promise.resolve();
    let ended: RunResult;
    try {
      const again = (await this.#settings.handle(key, run.controller.signal))?.again;
      // NaN must become neither "never" nor "at once".
      if (again !== undefined && Number.isNaN(again))
        throw new RangeError(`"${key}" asked for NaN milliseconds`);
      ended = { result: 'done', again };
    } catch (error) {
      ended = resultOf(error, run.controller.signal);
    }
    this.#finish(key, run, ended);
    const tookMs = this.#clock.monotonic() - run.startedAt;
    const { result, error } = ended;
    this.#tell(() => this.#settings.onFinished?.({ key, lane: run.lane, result, error, waitedMs, tookMs }));
  }

  #finish(key: string, run: Run, ended: RunResult): void {
    this.#active.delete(key);
    this.#planNext(key, run.lane, ended);
    const waiting = this.#again.remove(key);
    if (waiting) this.#ready.add(key, waiting.lane, waiting.since);
    this.#startWorkers();
    if (this.#active.size > 0 || this.#ready.size > 0) return;
    this.#idle?.resolve();
    this.#idle = undefined;
  }

  #planNext(key: string, lane: Lane, { result, again }: RunResult): void {
    if (result === 'failed') this.#retry(key, lane);
    if (result === 'done') this.#failures.delete(key);
    if (again !== undefined && !this.#closed) this.addAfter(key, Math.max(1, again));
  }

  #retry(key: string, lane: Lane): void {
    const { firstMs, mostMs: configuredMs } = this.#settings.backoff ?? defaultBackoff;
    const mostMs = lane === 'revocation' ? Math.min(configuredMs, longestRevocationBackoffMs) : configuredMs;
    const failures = this.#failures.get(key) ?? 0;
    this.#failures.set(key, failures + 1);
    this.#delay(key, Math.min(mostMs, firstMs * 2 ** Math.min(failures, 40)), lane);
  }

  #delay(key: string, ms: number, lane: Lane): void {
    if (this.#closed) return;
    this.#delayed.add(key, this.#clock.monotonic() + ms, lane);
    this.#arm();
  }

  #arm(): void {
    const next = this.#delayed.nextAt() ?? Number.POSITIVE_INFINITY;
    if (next >= this.#armedFor) return;
    this.#cancelTimer?.();
    this.#armedFor = next;
    const wait = Math.min(longestWaitMs, Math.max(0, next - this.#clock.monotonic()));
    this.#cancelTimer = this.#clock.after(wait, () => {
      this.#armedFor = Number.POSITIVE_INFINITY;
      for (const { key, value } of this.#delayed.takeDue(this.#clock.monotonic())) this.add(key, value);
      this.#arm();
    });
  }

  #close(): void {
    this.#closed = true;
    this.#cancelTimer?.();
    this.#delayed.clear();
  }

  #giveUp(): void {
    this.#ready.clear();
    this.#again.clear();
    for (const run of this.#active.values()) run.controller.abort(new Error('the work queue was stopped'));
  }

  #tell(tell: () => void): void {
    try {
      tell();
    } catch {
      // Telemetry must not stop the work.
    }
  }
}

interface RunResult {
  readonly result: FinishedRun['result'];
  readonly again?: number | undefined;
  readonly error?: unknown;
}

function resultOf(error: unknown, signal: AbortSignal): RunResult {
  if (signal.aborted && signal.reason instanceof Preempted) return { result: 'preempted' };
  return { result: 'failed', error };
}
