/**
 * How many requests to the API server may clients cause who have proved nothing? So often for each address, and so many
 * for all together, with a reserve that no address can use up. A browser on its way back from the identity provider passes
 * by the cookie that we sealed, whatever its neighbours do; a few times, since the cookie is easy to get.
 */
import { LRUCache } from 'lru-cache';
import { createBuckets } from '../../../process/buckets.ts';
import { createSharedBudget } from '../../../process/shared-budget.ts';
import { neighbourAt } from '../listener/neighbour.ts';
import type { Source } from '../listener/source-address.ts';

/** Requests to the API server, at most, of each way to cause some. */
export const costs = {
  /** Policy, grant, application, matrix, locks; and the keys to sign with. */
  'begin-sign-in': 12,
  /** The world, then for people on file two uses, a session and the world again. */
  'complete-sign-in': 30,
  /** Kept for some seconds, and shared by all. */
  metadata: 1,
  /** A use of the code, and the world. */
  enter: 12,
  /** A genuine cookie whose session is not among those that the watch holds. */
  session: 12,
} as const;

export type Costly = keyof typeof costs;

/** What one address may ask: 600 at once, then 20 a second; an office shares one address. */
const ofOne = { size: 600, everyMs: 50 };
/** What all may cause: 9,000 requests to the API server at once, then 300 a second; half is kept for who asks little. */
const ofAll = { size: 9000, everyMs: 1000 / 300, reserve: 4500, few: 120 };
/** How often one AuthnRequest's cookie passes: once, and again where a browser repeats itself. */
const passesOfCookie = 3;
const maxCookies = 10_000;

export interface AnonymousCost {
  /** Whether a client without a session may cause this. Each yes counts. */
  mayAsk(source: Source, costly: Costly, requestId?: string): boolean;
}

/** A full budget. `requestId` is that of a genuine cookie, and counts for `complete-sign-in` only. */
export function createAnonymousCost(clock: () => number): AnonymousCost {
  const each = createBuckets({ ...ofOne, clock });
  const all = createSharedBudget({ ...ofAll, clock });
  const passed = new LRUCache<string, number>({ max: maxCookies });
  const passes = (requestId: string | undefined): boolean => {
    if (requestId === undefined) return false;
    const times = (passed.get(requestId) ?? 0) + 1;
    passed.set(requestId, times);
    return times <= passesOfCookie;
  };
  return {
    mayAsk(source, costly, requestId) {
      // What the cookie lets through was paid for when the sign-in began: each of these costs one of those.
      if (costly === 'complete-sign-in' && passes(requestId)) return true;
      // Without a genuine cookie nothing is read, so that such a flood takes nothing from the others.
      const cost = costly === 'complete-sign-in' && requestId === undefined ? 0 : costs[costly];
      const neighbour = neighbourAt(source);
      return each.take(neighbour) && all.take(neighbour, cost);
    },
  };
}
