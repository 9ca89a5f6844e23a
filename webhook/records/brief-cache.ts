/** What was answered a moment ago? Keeps answers for a bounded time and number; failures are never kept. */

export interface BriefCache<T> {
  /** The kept answer, or the one that `ask` gives now; callers that ask at the same time share one. */
  get(key: string, ask: () => Promise<T>): Promise<T>;
}

export interface BriefCacheOptions {
  readonly keepForMs: number;
  /** Monotonic milliseconds: a wall clock that is set back must not keep an answer alive. */
  readonly clock: () => number;
}

/** Callers choose the keys (any token is one), so their number is bounded and the oldest goes first. */
const maxEntries = 1000;

export function createBriefCache<T>({ keepForMs, clock }: BriefCacheOptions): BriefCache<T> {
  const entries = new Map<string, { readonly answer: Promise<T>; readonly until: number }>();
  return {
    get(key, ask) {
      const known = entries.get(key);
      if (known !== undefined && clock() < known.until) return known.answer;
      // Counted from before the question: what is kept is never older than it says.
      const entry = { until: clock() + keepForMs, answer: ask() };
      entries.delete(key);
      entries.set(key, entry);
      entry.answer.catch(() => {
        if (entries.get(key) === entry) entries.delete(key);
      });
      const [oldest] = entries.size > maxEntries ? entries.keys() : [];
      if (oldest !== undefined) entries.delete(oldest);
      return entry.answer;
    },
  };
}
