/**
 * Who may share one read? Only callers that came before it began: a response that was already on its
 * way when a request arrived may be older than a revocation that the request came after. It knows nothing of what
 * is read.
 */
import type { Clock } from '../../../kube/clock.ts';

/** Those who wait for one value. */
interface Round<T> extends PromiseWithResolvers<T> {
  /** The number of the first read that began after all of them had come. Any later one serves them as well. */
  readonly first: number;
}

/** What is under way for one key. */
interface Lane<T> {
  readonly read: () => Promise<T>;
  /** The number of the read that began last. */
  latest: number;
  readonly running: Set<number>;
  rounds: readonly Round<T>[];
  disarm: () => void;
}

/** When a read that does not answer is not waited for alone. */
export interface Repetition {
  readonly clock: Pick<Clock, 'after'>;
  /** Another read is begun beside one that has taken so long, milliseconds; whichever answers first counts. */
  readonly afterMs: number;
  /** So many are begun for one caller at most. */
  readonly most: number;
  /**
   * So many are under way at most, for all callers together: each is a request to the API server that no budget counted,
   * and one that is slow must not get several times as many. Who finds no room tries again after `afterMs`.
   */
  readonly together: number;
}

/** What is told of a read that begins. */
interface Beginning {
  /** Whether others of its key are under way. */
  readonly beside: boolean;
}

/** Reads by key. Without repetition there is at most one read and one round of waiters per key at any time. */
export class SharedReads<T> {
  readonly #lanes = new Map<string, Lane<T>>();
  readonly #repetition: Repetition | undefined;
  /** How many are under way that were begun beside others. */
  #beside = 0;

  constructor(repetition?: Repetition) {
    this.#repetition = repetition;
  }

  /**
   * A value whose read begins after this call. Every `read` of one key has to read the same object. Rejects as the
   * read does; a failed read fails its own round only, and that when no other read is under way for it.
   */
  fresh(key: string, read: () => Promise<T>): Promise<T> {
    const lane = this.#lanes.get(key) ?? this.#newLane(key, read);
    const first = lane.latest + 1;
    const known = lane.rounds.find((round) => round.first === first);
    if (known !== undefined) return known.promise;
    const round = { ...Promise.withResolvers<T>(), first };
    lane.rounds = [...lane.rounds, round];
    if (lane.running.size === 0) this.#begin(key, lane, { beside: false });
    return round.promise;
  }

  /** How many keys are being read. */
  get size(): number {
    return this.#lanes.size;
  }

  #newLane(key: string, read: () => Promise<T>): Lane<T> {
    const lane: Lane<T> = { read, latest: 0, running: new Set(), rounds: [], disarm: () => undefined };
    this.#lanes.set(key, lane);
    return lane;
  }

  // The read starts in this very tick: a caller of fresh() from now on finds the lane and waits for the next.
  #begin(key: string, lane: Lane<T>, { beside }: Beginning): void {
    lane.latest += 1;
    const number = lane.latest;
    lane.running.add(number);
    if (beside) this.#beside += 1;
    const end = (): void => {
      lane.running.delete(number);
      if (beside) this.#beside -= 1;
    };
    this.#arm(key, lane);
    lane.read().then(
      (value) => {
        end();
        this.#settle(
          lane,
          (round) => round.first <= number,
          (round) => round.resolve(value),
        );
        this.#next(key, lane);
      },
      (error: unknown) => {
        end();
        const isLost = ({ first }: Round<T>) =>
          first <= number && ![...lane.running].some((other) => other >= first);
        this.#settle(lane, isLost, (round) => round.reject(error));
        this.#next(key, lane);
      },
    );
  }

  #arm(key: string, lane: Lane<T>): void {
    lane.disarm();
    const { clock, afterMs } = this.#repetition ?? {};
    if (clock !== undefined && afterMs !== undefined)
      lane.disarm = clock.after(afterMs, () => this.#repeat(key, lane));
  }

  // Those who came while the read was under way are served by this one too, and need not wait for its end.
  #repeat(key: string, lane: Lane<T>): void {
    const { most = 0, afterMs = 0, together = 0 } = this.#repetition ?? {};
    const isOver = ({ first }: Round<T>) => lane.latest - first + 1 >= most;
    this.#settle(lane, isOver, (round) =>
      round.reject(new Error(`none of ${most} reads answered, begun ${afterMs} ms after each other`)),
    );
    if (lane.rounds.length === 0) this.#end(key, lane);
    else if (this.#beside < together) this.#begin(key, lane, { beside: true });
    else this.#arm(key, lane);
  }

  #settle(lane: Lane<T>, which: (round: Round<T>) => boolean, settle: (round: Round<T>) => void): void {
    const settled = lane.rounds.filter(which);
    lane.rounds = lane.rounds.filter((round) => !which(round));
    for (const round of settled) settle(round);
  }

  #next(key: string, lane: Lane<T>): void {
    if (lane.rounds.length === 0) this.#end(key, lane);
    else if (lane.running.size === 0) this.#begin(key, lane, { beside: false });
  }

  // What is still under way ends by its own deadline, and with it the connection; its answer is for none.
  #end(key: string, lane: Lane<T>): void {
    lane.disarm();
    if (this.#lanes.get(key) === lane) this.#lanes.delete(key);
  }
}
