/**
 * How does a handler of ours say no? With a record for the customer and a code for the requester; and a session that the
 * decision found to be over is ended on the spot.
 */
import type { Reason } from '../../crds/rules/reasons.ts';
import { refusalRecord } from '../application-proxy/request-records.ts';
import type { Decided, Exchange, RefusalView } from '../ports.ts';
import { endsSession } from '../sessions/ending-reasons.ts';
import type { GatewayHands } from './hands.ts';

export interface Refused {
  /** Which door of ours refused. */
  readonly surface: 'session' | 'enter' | 'sign-out';
  readonly reason: Reason;
  readonly decided: Decided;
  readonly view: Omit<RefusalView, 'reason'>;
}

/** Records and refuses. Nobody waits for the record: a refusal gives nothing away. */
export async function refuseRecorded(
  hands: GatewayHands,
  exchange: Exchange,
  { surface, reason, decided, view }: Refused,
): Promise<void> {
  const { decision, world } = decided;
  const refusal = { ...(decision.allow ? {} : decision), reason, status: view.status };
  const record = refusalRecord({ exchange, decided, surface }, refusal);
  if (!hands.trail.recordLater([record])) hands.onFailure('a refusal was not recorded', record.id);
  hands.refuse(exchange, { ...view, reason });
  if (!endsSession(decision) || world.session === undefined) return;
  await hands.sessions
    .end(world.session, { reason })
    .catch((error: unknown) => hands.onFailure('an ended session was not deleted', error));
}

/** Stands for the decision where a request was refused before anybody asked for one. */
export function undecided(hands: GatewayHands, { origin }: Exchange, reason: Reason): Decided {
  return {
    // Without a session in it, this ends none.
    decision: { allow: false, reason, check: 'sessionIsAlive' },
    world: { locks: new Map() },
    source: hands.sourceOf(origin),
    now: hands.now(),
  };
}
