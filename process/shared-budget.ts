/**
 * What all clients together may cause, with a reserve that no single one can use up. Without the reserve the bound itself
 * would be a weapon: one client takes everything, and what others do is refused, or recorded as a number only.
 */
import { createBuckets } from './buckets.ts';

export interface SharedBudgetOptions {
  /** Tokens that are there at most. */
  readonly size: number;
  /** A token comes back after so many milliseconds. */
  readonly everyMs: number;
  /** How many of them are kept for keys that took few lately. */
  readonly reserve: number;
  /** What few is: so many within the time in which an empty budget fills. */
  readonly few: number;
  /** Monotonic milliseconds. */
  readonly clock: () => number;
}

export interface SharedBudget {
  /** Takes `cost` tokens (one) in the name of this key; false when there are none for it. */
  take(key: string, cost?: number): boolean;
}

/** A full budget. */
export function createSharedBudget({
  size,
  everyMs,
  reserve,
  few,
  clock,
}: SharedBudgetOptions): SharedBudget {
  const newcomers = createBuckets({ size: few, everyMs: (size * everyMs) / few, clock });
  let left = size;
  let at = clock();
  return {
    take(key, cost = 1) {
      const now = clock();
      left = Math.min(size, left + (now - at) / everyMs);
      at = now;
      // Counted also where the common part suffices: who has used that up is no newcomer any more.
      const isNew = newcomers.take(key, cost);
      if (left - cost < (isNew ? 0 : reserve)) return false;
      left -= cost;
      return true;
    },
  };
}
