/** Puts the decider of this process together, and tells of what it decides. */

import type { SupportSession } from '../../../crds/generated/support-session.ts';
import type { Reason } from '../../../crds/rules/reasons.ts';
import type { KubeClient } from '../../../kube/api/client.ts';
import { systemClock } from '../../../kube/clock.ts';
import type { LatestClock } from '../../../kube/latest-clock.ts';
import type { Log } from '../../../process/logging.ts';
import type { GatewayKeys } from '../sessions/keys.ts';
import type { SessionProof } from '../sessions/session-cookie.ts';
import { sealIsValid, secretMatches } from '../sessions/session-seal.ts';
import { createDecider, type DeciderOptions } from './decider.ts';
import type { GatewayDecider } from './decision.ts';
import { FreshReader } from './fresh-reader.ts';
import type { HopPods } from './hop-pods.ts';
import type { ToldChanges } from './told-changes.ts';
import { type WatchedParts, WorldReader } from './world-reader.ts';

/** What is told of decisions, for metrics. */
export interface DecisionObserver {
  /** `reason` is undefined where it was allowed. */
  readonly decided: (reason: Reason | undefined, ms: number) => void;
  /** A request to the API server that a decision takes. */
  readonly get: () => void;
}

/**
 * How long reading the world may take before the decision about a request is no, milliseconds. On a busy node single reads
 * take seconds, and its client rather waits than loses it.
 */
export const readWithinMs = 5000;
/** How long for what is under way: an open response ends within a second, whether it could be judged or not. */
const readAgainWithinMs = 1000;
/**
 * A GET that is not answered for so long has another beside it; of a connection that died silently nothing else comes. It
 * goes on itself: where every answer takes two seconds, one that is given up after one never has any.
 */
const anotherAfterMs = 1000;
/** A decision about a request takes so many reads, side by side. */
const readsOfDecision = 11;
/**
 * So many others at once, for all requests together: what a slow API server gets beside what was counted. Fewer than one
 * request may need would refuse it after connections died silently: each read passes by up to four of them.
 */
const othersTogether = readsOfDecision * (readWithinMs / anotherAfterMs - 1);
/** What took longer to read is read once more before it allows a request, milliseconds: a lock acts within a second. */
const recentWithinMs = 1000;
/** One that is not answered for so long gives its connection up, early enough for one on a new connection. */
const getWithinMs = 3500;

/** The decider of one gateway. */
export function createGatewayDecider(parts: {
  readonly client: Pick<KubeClient, 'get' | 'list'>;
  readonly keys: GatewayKeys;
  readonly now: LatestClock;
  readonly log: Log;
  readonly watched: WatchedParts;
  readonly told: Pick<ToldChanges, 'fromNow'>;
  readonly observer: DecisionObserver;
  readonly hopPods?: Pick<HopPods, 'inForce'>;
}): GatewayDecider {
  const { client, keys, now, log, watched, told, observer, hopPods } = parts;
  const reader = new FreshReader({
    client,
    timeoutMs: getWithinMs,
    apartTimeoutMs: readAgainWithinMs,
    repetition: {
      clock: systemClock,
      afterMs: anotherAfterMs,
      most: readWithinMs / anotherAfterMs,
      together: othersTogether,
    },
    onGet: observer.get,
  });
  return createDecider({
    world: new WorldReader(reader, watched),
    now,
    ...(hopPods === undefined ? {} : { networkInForce: hopPods.inForce }),
    timeoutMs: readWithinMs,
    recentMs: recentWithinMs,
    againTimeoutMs: readAgainWithinMs,
    told: () => told.fromNow(),
    ...rememberedProofs(keys),
    onDecided: ({ decision }, { ms, error }) => {
      if (error !== undefined) log.warn({ error }, 'the state could not be read');
      observer.decided(decision.allow ? undefined : decision.reason, ms);
    },
  });
}

/**
 * What was proved of a session's object stays so, as an object that was read never changes; hundreds of open responses
 * that a change may end are judged in one turn, and HMACs would be nearly all of the time that this takes.
 */
function rememberedProofs(keys: GatewayKeys): Pick<DeciderOptions, 'sealIsValid' | 'secretMatches'> {
  const seals = new WeakMap<SupportSession, boolean>();
  const secrets = new WeakMap<SupportSession, { readonly proof: SessionProof; readonly matches: boolean }>();
  return {
    sealIsValid: (session) => {
      const valid = seals.get(session) ?? sealIsValid(keys, session);
      seals.set(session, valid);
      return valid;
    },
    secretMatches: (proof, session) => {
      const known = secrets.get(session);
      if (known?.proof === proof) return known.matches;
      const matches = secretMatches(keys, proof, session);
      secrets.set(session, { proof, matches });
      return matches;
    },
  };
}
