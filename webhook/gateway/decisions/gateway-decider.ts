/** Puts the decider of this process together, and counts: decisions, and the GETs that they took. */

import type { SupportSession } from '../../../crds/generated/support-session.ts';
import type { KubeClient } from '../../../kube/api/client.ts';
import type { LatestClock } from '../../../kube/latest-clock.ts';
import type { Log } from '../../../process/logging.ts';
import type { Metric } from '../../../process/metrics.ts';
import type { GatewayKeys } from '../sessions/keys.ts';
import type { SessionProof } from '../sessions/session-cookie.ts';
import { sealIsValid, secretMatches } from '../sessions/session-seal.ts';
import { createDecider, type DeciderOptions } from './decider.ts';
import type { GatewayDecider } from './decision.ts';
import { FreshReader } from './fresh-reader.ts';
import { type WatchedParts, WorldReader } from './world-reader.ts';

/** How often was decided, and what that cost. */
export type DecisionMetrics = () => readonly Metric[];

/** How long reading the world may take before the decision is no, milliseconds. */
const readWithinMs = 1000;

export function createGatewayDecider(parts: {
  readonly client: Pick<KubeClient, 'get' | 'list'>;
  readonly keys: GatewayKeys;
  readonly now: LatestClock;
  readonly log: Log;
  readonly watched: WatchedParts;
}): { readonly decider: GatewayDecider; readonly decisionMetrics: DecisionMetrics } {
  const { client, keys, now, log, watched } = parts;
  const counted = { gets: 0, allowed: 0, denied: 0, unread: 0 };
  const reader = new FreshReader({
    client,
    timeoutMs: readWithinMs,
    onGet: () => {
      counted.gets += 1;
    },
  });
  const decider = createDecider({
    world: new WorldReader(reader, watched),
    now,
    timeoutMs: readWithinMs,
    ...rememberedProofs(keys),
    onDecided: ({ decision }, error) => {
      if (error !== undefined) {
        counted.unread += 1;
        log.warn({ error }, 'the state could not be read');
      }
      counted[decision.allow ? 'allowed' : 'denied'] += 1;
    },
  });
  return {
    decider,
    decisionMetrics: () => [
      counter('decisions_allowed_total', 'Decisions that allowed.', counted.allowed),
      counter('decisions_denied_total', 'Decisions that refused.', counted.denied),
      counter(
        'decisions_unread_total',
        'Decisions that refused because the state could not be read.',
        counted.unread,
      ),
      counter('decision_gets_total', 'Requests to the API server that decisions took.', counted.gets),
    ],
  };
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

function counter(name: string, help: string, value: number): Metric {
  return { name, help, type: 'counter', value };
}
