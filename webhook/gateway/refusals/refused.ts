/**
 * How does a handler of ours say no? With a record for the customer and a code for the requester; and a session that the
 * decision found to be over is ended on the spot.
 */
import { type Reason, reasons } from '../../../crds/rules/reasons.ts';
import type { Decided } from '../decisions/decision.ts';
import type { GatewayDeps } from '../deps.ts';
import type { Exchange } from '../listener/exchange.ts';
import type { RefusalView } from '../listener/responses.ts';
import { refusalRecord } from '../records/request-records.ts';

export interface Refused {
  /** Which door of ours refused. */
  readonly area: 'session' | 'enter' | 'sign-out';
  readonly reason: Reason;
  readonly decided: Decided;
  readonly view: Omit<RefusalView, 'reason'>;
}

/** Records and refuses. Nobody waits for the record: a refusal gives nothing away. */
export async function refuseRecorded(
  deps: GatewayDeps,
  exchange: Exchange,
  { area, reason, decided, view }: Refused,
): Promise<void> {
  const { decision, world } = decided;
  const refusal = { ...(decision.allow ? {} : decision), reason, status: view.status };
  const record = refusalRecord({ exchange, decided, area }, refusal);
  if (!deps.trail.appendInBackground([record])) deps.onFailure('a refusal was not recorded', record.id);
  deps.refuse(exchange, { ...view, reason });
  if (decision.allow || reasons[reason].session !== 'ends' || world.session === undefined) return;
  await deps.sessions
    .end(world.session, { reason })
    .catch((error: unknown) => deps.onFailure('an ended session was not deleted', error));
}

/** Stands for the decision where a request was refused before anybody asked for one. */
export function undecided(deps: GatewayDeps, { origin }: Exchange, reason: Reason): Decided {
  return {
    // Without a session in it, this ends none.
    decision: { allow: false, reason, check: 'sessionIsAlive' },
    world: { locks: new Map() },
    source: deps.sourceOf(origin),
    now: deps.now(),
  };
}
