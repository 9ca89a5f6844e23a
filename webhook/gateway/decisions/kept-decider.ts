/**
 * A decider that lets one reading serve more than one request, where the application says so. What it does not know
 * for sure to be looking, and what the reading does not allow, is decided by a new one.
 */
import type { DecidedAnew, DecisionRequest, GatewayDecider } from './decision.ts';
import { type KeptWorld, type KeptWorlds, onlyLooks } from './kept-worlds.ts';
import type { ToldSince } from './told-changes.ts';
import { worldAfter } from './world-after.ts';

export interface KeptDeciderOptions {
  readonly decider: GatewayDecider;
  readonly kept: KeptWorlds;
  /** Begins to note what watches tell. */
  readonly told: () => ToldSince;
  /** Told of each decision that no reading was made for. */
  readonly onDecided: (ms: number) => void;
}

export function withKeptReadings(options: KeptDeciderOptions): GatewayDecider {
  return {
    ...options.decider,
    decide: async (request) => byKept(options, request) ?? (await byReading(options, request)),
  };
}

function byKept(
  { decider, kept, told, onDecided }: KeptDeciderOptions,
  request: DecisionRequest,
): DecidedAnew | undefined {
  const began = performance.now();
  const found = kept.find(request);
  if (found === undefined) return undefined;
  const since = told();
  const judged = decider.decideBy(request, found.world);
  if (!judged.decision.allow || !onlyLooks(judged.route)) return undefined;
  onDecided(performance.now() - began);
  return {
    ...judged,
    readingAgeMs: Math.round(found.ageMs),
    refusedSince: () => refusedBy(decider, request, { ...found, since }),
  };
}

/** Each change is judged by itself: what was taken back and given again in between counts too. */
function refusedBy(
  decider: GatewayDecider,
  request: DecisionRequest,
  { world, since }: KeptWorld & { readonly since: ToldSince },
): ReturnType<DecidedAnew['refusedSince']> {
  const now = decider.decideBy(request, world);
  // The window of the grant may have ended in between.
  if (!now.decision.allow) return now;
  for (const change of since()) {
    const changed = worldAfter(world, change);
    const judged = changed && decider.decideBy(request, changed);
    if (judged !== undefined && !judged.decision.allow) return judged;
  }
  return undefined;
}

async function byReading(
  { decider, kept, told }: KeptDeciderOptions,
  request: DecisionRequest,
): Promise<DecidedAnew> {
  const begun = kept.begin();
  const since = told();
  const judged = await decider.decide(request);
  // What was told is known for longer than a reading takes; where it is not, nothing is kept.
  if (judged.decision.allow && judged.refusedSince() === undefined)
    kept.keep(request, judged.world, { ...begun, told: since });
  return judged;
}
