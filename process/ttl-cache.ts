/** Keeps answers for a bounded time and number, so that the same question is not asked again and again. */
import { LRUCache } from 'lru-cache';

export interface TtlCache<T> {
  /** The kept answer, or the one that `ask` gives now; callers that ask at the same time share one. A failure is not kept. */
  get(key: string, ask: () => Promise<T>): Promise<T>;
  /** The kept answer, if there is one. */
  kept(key: string): Promise<T> | undefined;
  /** Keeps an answer that was got elsewhere; `until` by the cache's own clock. */
  keep(key: string, answer: T, until: number): void;
}

export interface TtlCacheOptions {
  readonly keepForMs: number;
  /** Monotonic milliseconds: a wall clock that is set back must not keep an answer alive. */
  readonly clock: () => number;
  /** Callers may choose the keys (any token is one), so their number is bounded; the one used longest ago goes first. */
  readonly maxEntries?: number;
}

interface Entry<T> {
  readonly answer: Promise<T>;
  readonly until: number;
}

/** An empty cache. It is for what may be some seconds old: never for decisions. */
export function createTtlCache<T>({ keepForMs, clock, maxEntries = 1000 }: TtlCacheOptions): TtlCache<T> {
  // The library's own time to live would still give an answer out at the very end of its time; ours ends before it.
  const entries = new LRUCache<string, Entry<T>>({ max: maxEntries });
  const kept = (key: string): Promise<T> | undefined => {
    const entry = entries.get(key);
    return entry !== undefined && clock() < entry.until ? entry.answer : undefined;
  };
  return {
    kept,
    keep: (key, answer, until) => {
      entries.set(key, { answer: Promise.resolve(answer), until });
    },
    get(key, ask) {
      const known = kept(key);
      if (known !== undefined) return known;
      // Counted from before the question: what is kept is never older than it says.
      const until = clock() + keepForMs;
      const entry = { until, answer: ask() };
      entries.set(key, entry);
      entry.answer.catch(() => {
        if (entries.peek(key) === entry) entries.delete(key);
      });
      return entry.answer;
    },
  };
}
