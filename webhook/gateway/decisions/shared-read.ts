/**
 * Who may share one read? Only callers that came before it began: a response that was already on its
 * way when a request arrived may be older than a revocation that the request came after. It knows nothing of what
 * is read.
 */

/** The read that runs for one key, and the round of those who came while it ran. */
interface Lane<T> {
  waiting: PromiseWithResolvers<T> | undefined;
  read: () => Promise<T>;
}

/** Reads by key; at most one read and one round of waiters per key at any time. */
export class SharedReads<T> {
  readonly #lanes = new Map<string, Lane<T>>();

  /**
   * A value whose read begins after this call. Every `read` of one key has to read the same object. Rejects as the
   * read does; a failed read fails its own round only.
   */
  fresh(key: string, read: () => Promise<T>): Promise<T> {
    const lane = this.#lanes.get(key);
    const round = lane?.waiting ?? Promise.withResolvers<T>();
    if (lane === undefined) {
      const first: Lane<T> = { waiting: undefined, read };
      this.#lanes.set(key, first);
      this.#begin(key, first, round);
    } else {
      lane.waiting = round;
    }
    return round.promise;
  }

  /** How many keys are being read. */
  get size(): number {
    return this.#lanes.size;
  }

  // The read starts in this very tick: a caller of fresh() from now on finds the lane and waits for the next.
  #begin(key: string, lane: Lane<T>, round: PromiseWithResolvers<T>): void {
    lane.read().then(
      (value) => {
        round.resolve(value);
        this.#next(key, lane);
      },
      (error: unknown) => {
        round.reject(error);
        this.#next(key, lane);
      },
    );
  }

  #next(key: string, lane: Lane<T>): void {
    const round = lane.waiting;
    if (round === undefined) {
      this.#lanes.delete(key);
      return;
    }
    lane.waiting = undefined;
    this.#begin(key, lane, round);
  }
}
