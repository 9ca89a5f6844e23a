/** Two queues of keys without duplicates: what takes access back goes before everything else. */

export type Lane = 'revocation' | 'normal';

interface Waiting {
  readonly key: string;
  readonly lane: Lane;
  /** Since when, on the caller's monotonic clock. */
  readonly since: number;
}

export class Lanes {
  readonly #revocation = new Map<string, number>();
  readonly #normal = new Map<string, number>();

  get size(): number {
    return this.#revocation.size + this.#normal.size;
  }

  /**
   * A key is in one lane at a time: it may move up, never down, and keeps the time since when it waits. True when it did
   * not wait yet.
   */
  add(key: string, lane: Lane, since: number): boolean {
    if (this.#revocation.has(key)) return false;
    const before = this.#normal.get(key);
    if (lane === 'normal') {
      if (before === undefined) this.#normal.set(key, since);
      return before === undefined;
    }
    this.#normal.delete(key);
    this.#revocation.set(key, before ?? since);
    return before === undefined;
  }

  /** Each key with its lane. */
  list(): { readonly key: string; readonly lane: Lane }[] {
    const all = [['revocation', this.#revocation] as const, ['normal', this.#normal] as const];
    return all.flatMap(([lane, keys]) => [...keys.keys()].map((key) => ({ key, lane })));
  }

  /** Takes out the first key, or the first of the revocations. */
  take(from: 'any' | 'revocation'): Waiting | undefined {
    for (const [key, since] of this.#revocation) {
      this.#revocation.delete(key);
      return { key, lane: 'revocation', since };
    }
    if (from === 'revocation') return undefined;
    for (const [key, since] of this.#normal) {
      this.#normal.delete(key);
      return { key, lane: 'normal', since };
    }
    return undefined;
  }

  /** Takes out one key, if it is there. */
  remove(key: string): Waiting | undefined {
    const lane = this.#revocation.has(key) ? 'revocation' : 'normal';
    const since = this.#revocation.get(key) ?? this.#normal.get(key);
    this.#revocation.delete(key);
    this.#normal.delete(key);
    return since === undefined ? undefined : { key, lane, since };
  }

  clear(): void {
    this.#revocation.clear();
    this.#normal.clear();
  }
}
