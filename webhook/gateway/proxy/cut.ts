/**
 * Cuts responses that may no longer go on. What a change that a watch told ends, and what its deadline ends, is cut in
 * that very moment: a reading takes long where the machine is busy. Each open response is also judged again by fresh
 * reads when something changed and about once a second: a connection that stays open keeps no right alive.
 */
import type { ServerResponse } from 'node:http';
import type { Decision } from '../../../crds/rules/ask.ts';
import type { Clock } from '../../../kube/clock.ts';
import type { KubeObject } from '../../../kube/objects.ts';
import type { CacheChange } from '../../../kube/watch/object-store.ts';

/** A response that is not finished yet. */
export interface OpenResponse {
  /** Decides again whether this response may go on. */
  check(): Promise<Decision>;
  /** What the last reading says now, with this change in it, if there is one; undefined if the change is not about it. */
  byLastReading(change?: CacheChange<KubeObject>): Decision | undefined;
  /** Cuts the connection. Called at most once. */
  cut(reason: string): void;
  /** When it has to end even if nothing changes, epoch milliseconds. */
  readonly until: number;
  /** Responses of one set are judged in one turn, so that one reading serves them all. */
  readonly set: string;
}

export interface OpenResponsesOptions {
  readonly clock: Pick<Clock, 'after'>;
  /** The clock of decisions, epoch milliseconds. */
  readonly now: () => number;
  /** How often every response is judged again, milliseconds; with the reading it stays under a second. */
  readonly everyMs: number;
}

/** Longest timer: Node fires at once for a delay above 2^31 ms, so a far deadline is reached in several waits. */
const longestWaitMs = 600_000;

/**
 * Sets follow each other so closely, and the last of them so late at most, milliseconds: many sets that were read in one
 * instant would be a storm of requests, and each must still be judged well within a second.
 */
const setApartMs = 5;
const setsWithinMs = 200;

interface Entry {
  readonly response: OpenResponse;
  disarm: () => void;
}

/** What keeps one response open: its decision, asked for again and again. */
export interface KeptOpen extends Pick<OpenResponse, 'check' | 'byLastReading' | 'until' | 'set'> {
  readonly response: ServerResponse;
}

/** Does the work of one response while it may go on; the signal carries the reason when it is cut. */
export async function untilCut(
  open: Pick<OpenResponses, 'register'>,
  { check, byLastReading, until, set, response }: KeptOpen,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const controller = new AbortController();
  const unregister = open.register({
    until,
    set,
    check,
    byLastReading,
    cut: (reason) => {
      // Not one byte more, whatever upstream still sends: before anything else that follows from the cut. Before the head
      // a refusal can still be told.
      if (response.headersSent) response.destroy();
      controller.abort(reason);
    },
  });
  try {
    await work(controller.signal);
  } finally {
    unregister();
  }
}

/** All open responses of this process. */
export class OpenResponses {
  readonly #options: OpenResponsesOptions;
  readonly #entries = new Set<Entry>();
  #ticking = false;

  constructor(options: OpenResponsesOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** The returned function takes the response off the list when it is finished. */
  register(response: OpenResponse): () => void {
    const entry: Entry = { response, disarm: () => undefined };
    this.#entries.add(entry);
    this.#arm(entry, response.until);
    if (!this.#ticking) this.#tick();
    return () => this.#remove(entry);
  }

  /** Cuts what this change ends, before anything is read. */
  changed(change: CacheChange<KubeObject>): void {
    for (const entry of this.#entries) this.#cutIfOver(entry, change);
  }

  /** Judges every response now, because something that decisions read has changed. */
  poke(): void {
    const sets = Map.groupBy(this.#entries, ({ response }) => response.set);
    const apartMs = Math.min(setApartMs, setsWithinMs / sets.size);
    let waitMs = 0;
    for (const entries of sets.values()) {
      const judgeAll = (): void => {
        for (const entry of entries) if (this.#entries.has(entry)) this.#judge(entry);
      };
      if (waitMs === 0) judgeAll();
      else this.#options.clock.after(waitMs, judgeAll);
      waitMs += apartMs;
    }
  }

  /** Cuts everything, when the process ends. */
  cutAll(reason: string): void {
    for (const entry of this.#entries) this.#cut(entry, reason);
  }

  // Stops when no response is left, so that an idle process has no timer.
  #tick(): void {
    this.#ticking = true;
    this.#options.clock.after(this.#options.everyMs, () => {
      this.#ticking = false;
      this.poke();
      if (this.#entries.size > 0) this.#tick();
    });
  }

  #arm(entry: Entry, until: number): void {
    entry.disarm();
    const wait = Math.min(Math.max(0, until - this.#options.now()), longestWaitMs);
    entry.disarm = this.#options.clock.after(wait, () => {
      this.#cutIfOver(entry);
      if (this.#entries.has(entry)) this.#judge(entry);
    });
  }

  // Reads nothing. A session that was used since the last reading, less than a second ago, may lose an open response
  // at its idle deadline; its client opens another.
  #cutIfOver(entry: Entry, change?: CacheChange<KubeObject>): void {
    const decision = entry.response.byLastReading(change);
    if (decision !== undefined && !decision.allow) this.#cut(entry, decision.reason);
  }

  #judge(entry: Entry): void {
    entry.response.check().then(
      (decision) => this.#obey(entry, decision),
      // Without a decision nothing is allowed.
      () => this.#cut(entry, 'StateUnavailable'),
    );
  }

  #obey(entry: Entry, decision: Decision): void {
    if (!this.#entries.has(entry)) return;
    if (decision.allow) this.#arm(entry, decision.until);
    else this.#cut(entry, decision.reason);
  }

  #cut(entry: Entry, reason: string): void {
    if (!this.#entries.has(entry)) return;
    this.#remove(entry);
    entry.response.cut(reason);
  }

  #remove(entry: Entry): void {
    entry.disarm();
    this.#entries.delete(entry);
  }
}
