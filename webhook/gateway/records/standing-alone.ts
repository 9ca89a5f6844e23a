/**
 * Which refusals of anonymous clients stand by themselves in the records? Those that name an existing grant the first
 * twenty times an hour for each address and grant; the rest while its address has caused few. A flood of the one kind
 * takes nothing from the other, and no address takes what another has left.
 */
import { LRUCache } from 'lru-cache';
import type { NewRecord } from '../../../crds/audit/record.ts';
import { createBuckets } from '../../../process/buckets.ts';
import { createSharedBudget } from '../../../process/shared-budget.ts';
import { neighbourAt } from '../listener/neighbour.ts';

const hourMs = 3_600_000;

/** Refusals that name an existing grant: what the customer looks for when a client knocks at a grant of theirs. */
const ofGrants = {
  firsts: 20,
  withinMs: hourMs,
  shared: { size: 10_000, everyMs: hourMs / 2000, reserve: 5000, few: 20 },
} as const;

/** All others: forged cookies, tokens, odd requests, names of grants that do not exist. */
const others = {
  each: { size: 60, everyMs: hourMs / 60 },
  shared: { size: 3000, everyMs: hourMs / 600, reserve: 1500, few: 20 },
} as const;

/** Most records that stand alone within so many milliseconds, of all that anonymous clients do: what is there, and what comes back. */
export function mostAloneWithin(ms: number): number {
  return [ofGrants.shared, others.shared].reduce((sum, { size, everyMs }) => sum + size + ms / everyMs, 0);
}

/** Addresses and grants that are counted at one time; those beyond begin anew, within what all share. */
const maxFirsts = 10_000;

interface Firsts {
  count: number;
  readonly until: number;
}

/** Says of each refusal, in its turn, whether it may stand by itself. `clock` in monotonic milliseconds. */
export function createStandingAlone(clock: () => number): (record: NewRecord) => boolean {
  const firsts = new LRUCache<string, Firsts>({ max: maxFirsts });
  const grantsBudget = createSharedBudget({ ...ofGrants.shared, clock });
  const othersEach = createBuckets({ ...others.each, clock });
  const othersBudget = createSharedBudget({ ...others.shared, clock });

  const isAmongFirsts = (key: string): boolean => {
    const known = firsts.get(key);
    const current =
      known !== undefined && clock() < known.until ? known : { count: 0, until: clock() + ofGrants.withinMs };
    current.count += 1;
    firsts.set(key, current);
    return current.count <= ofGrants.firsts;
  };
  return ({ source, grant }) => {
    const neighbour = neighbourAt(source ?? { ip: '' });
    if (grant === undefined) return othersEach.take(neighbour) && othersBudget.take(neighbour);
    return isAmongFirsts(`${neighbour} ${grant.uid}`) && grantsBudget.take(neighbour);
  };
}
