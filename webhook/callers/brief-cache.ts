/** What was answered a moment ago? Keeps answers for a bounded time and number; failures are never kept. */

export interface BriefCache<T> {
  /** The kept answer, or the one that `ask` gives now; callers that ask at the same time share one. */
  get(key: string, ask: () => Promise<T>): Promise<T>;
  /** The kept answer, if there is one. */
  kept(key: string): Promise<T> | undefined;
  /** Keeps an answer that somebody else got; `until` by the cache's own clock. */
  keep(key: string, answer: T, until: number): void;
}

export interface BriefCacheOptions {
  readonly keepForMs: number;
  /** Monotonic milliseconds: a wall clock that is set back must not keep an answer alive. */
  readonly clock: () => number;
}

/** Callers choose the keys (any token is one), so their number is bounded and the oldest goes first. */
const maxEntries = 1000;

interface Entry<T> {
  readonly answer: Promise<T>;
  readonly until: number;
}

export function createBriefCache<T>({ keepForMs, clock }: BriefCacheOptions): BriefCache<T> {
  const entries = new Map<string, Entry<T>>();
  const put = (key: string, entry: Entry<T>): void => {
    entries.delete(key);
    entries.set(key, entry);
    const [oldest] = entries.size > maxEntries ? entries.keys() : [];
    if (oldest !== undefined) entries.delete(oldest);
  };
  const kept = (key: string): Promise<T> | undefined => {
    const known = entries.get(key);
    return known !== undefined && clock() < known.until ? known.answer : undefined;
  };
  return {
    kept,
    keep: (key, answer, until) => put(key, { answer: Promise.resolve(answer), until }),
    get(key, ask) {
      const known = kept(key);
      if (known !== undefined) return known;
      // Counted from before the question: what is kept is never older than it says.
      const entry = { until: clock() + keepForMs, answer: ask() };
      put(key, entry);
      entry.answer.catch(() => {
        if (entries.get(key) === entry) entries.delete(key);
      });
      return entry.answer;
    },
  };
}
