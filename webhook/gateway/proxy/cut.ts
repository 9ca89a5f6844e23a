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
  /** Responses of one set, a namespace, are judged in one turn, so that one reading serves them all. */
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

const unknown = { allow: false, reason: 'StateUnavailable', check: 'stateWasRead' } as const;

interface Entry {
  readonly response: OpenResponse;
  disarm: () => void;
  /** The number of the last check that allowed it, in the order in which checks began. */
  allowedBy: number;
  /** Checks under way. */
  checking: number;
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
  /** The sets of which something changed since they were judged. */
  readonly #changedSets = new Set<string>();
  #checks = 0;
  #ticking = false;

  constructor(options: OpenResponsesOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** The returned function takes the response off the list when it is finished. */
  register(response: OpenResponse): () => void {
    const entry: Entry = { response, disarm: () => undefined, allowedBy: 0, checking: 0 };
    this.#entries.add(entry);
    this.#arm(entry, response.until);
    if (!this.#ticking) this.#tick();
    return () => this.#remove(entry);
  }

  /** Cuts what this change ends, before anything is read, and notes whom it concerns beside. */
  changed(change: CacheChange<KubeObject>): void {
    for (const entry of this.#entries) {
      const { response, checking } = entry;
      const isConcerned = this.#cutIfOver(entry, change);
      // A reading that is under way may name other objects than the last one, and be older than this change.
      if (isConcerned || checking > 0) this.#changedSets.add(response.set);
    }
  }

  /** Something changed that the readings of a set do not show. */
  changedIn(set: string): void {
    this.#changedSets.add(set);
  }

  /** Something changed that is no object of a namespace, and that the readings of no set show before they are made again. */
  changedEverywhere(): void {
    for (const { response } of this.#entries) this.#changedSets.add(response.set);
  }

  /**
   * Judges the sets of which something changed. No others: who may write objects of one namespace must not have those of
   * all others read again and again.
   */
  poke(): void {
    const changed = [...this.#entries].filter(({ response }) => this.#changedSets.has(response.set));
    this.#changedSets.clear();
    this.#judgeInTurn(changed);
  }

  #judgeInTurn(chosen: Iterable<Entry>): void {
    const sets = Map.groupBy(chosen, ({ response }) => response.set);
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
      this.#changedSets.clear();
      this.#judgeInTurn(this.#entries);
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
  #cutIfOver(entry: Entry, change?: CacheChange<KubeObject>): boolean {
    const decision = entry.response.byLastReading(change);
    if (decision !== undefined && !decision.allow) this.#cut(entry, decision.reason);
    return decision !== undefined;
  }

  #judge(entry: Entry): void {
    this.#checks += 1;
    const number = this.#checks;
    entry.checking += 1;
    entry.response.check().then(
      (decision) => this.#obey(entry, decision, number),
      // Without a decision nothing is allowed.
      () => this.#obey(entry, unknown, number),
    );
  }

  #obey(entry: Entry, decision: Decision, number: number): void {
    entry.checking -= 1;
    if (!this.#entries.has(entry)) return;
    // What was not read in time says less than what was read of a later moment.
    const isOvertaken = number < entry.allowedBy;
    if (!decision.allow) {
      if (!isOvertaken || decision.reason !== unknown.reason) this.#cut(entry, decision.reason);
    } else if (!isOvertaken) {
      entry.allowedBy = number;
      this.#arm(entry, decision.until);
    }
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
