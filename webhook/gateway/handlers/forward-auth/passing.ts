/** A request that may pass is recorded before its ingress hears so, and what was told meanwhile still stops it. */
import type { RecordOutcome } from '../../../../crds/audit/record.ts';
import { type Reason, reasons } from '../../../../crds/rules/reasons.ts';
import { supportHeaders } from '../../../../crds/support-marks.ts';
import type { Trail } from '../../../../trail/trail.ts';
import type { Decided, DecidedAnew } from '../../decisions/decision.ts';
import type { Exchange } from '../../listener/request-gate.ts';
import { send } from '../../pages/responses.ts';
import { intentRecord, outcomeRecord } from '../../records/request-records.ts';
import { decidedRefusal, whyNotRecorded } from '../../refusals/decided-refusal.ts';
import type { RequestRefusal } from '../../refusals/refuse.ts';
import type { SessionProof } from '../../sessions/session-cookie.ts';
import type { SessionStore } from '../../sessions/session-store.ts';

export interface PassingDeps {
  readonly sessions: Pick<SessionStore, 'touch'>;
  readonly trail: Pick<Trail, 'append' | 'appendInBackground'>;
  readonly now: () => number;
  readonly onFailure: (what: string, error: unknown) => void;
}

/** What the records say a request of an ingress is about. */
export const area = 'forward-auth';

/** Refuses as the ingress that asks can pass it on. */
export type RefuseHere = (refusal: RequestRefusal) => Promise<void>;

interface Passing {
  readonly decided: DecidedAnew;
  readonly proof: SessionProof;
  readonly refuse: RefuseHere;
}

/** Resolves when the ingress has its answer, and the outcome is on its way to the records. */
export async function passRecorded(deps: PassingDeps, exchange: Exchange, passing: Passing): Promise<void> {
  const { decided, proof, refuse } = passing;
  const intent = intentRecord({ exchange, decided, area });
  try {
    await deps.trail.append([intent]);
  } catch (error) {
    deps.onFailure('an intent was not recorded', error);
    return refuse(notRecorded(exchange, passing, error));
  }
  // No await from here to the answer.
  const since = decided.refusedSince();
  const refused = since?.decision.allow === false ? since.decision : undefined;
  if (refused === undefined) pass(exchange, decided);
  const record = outcomeRecord(intent, { outcome: outcomeOf(refused?.reason) }, deps.now());
  const isTaken = deps.trail.appendInBackground([record]);
  if (!isTaken) deps.onFailure('an outcome was not recorded', record.id);
  const { session } = decided.world;
  const outcomeId = isTaken ? record.id : undefined;
  if (refused !== undefined) return refuse({ reason: refused.reason, proof, session, outcomeId });
  if (session !== undefined) deps.sessions.touch(session, decided);
}

/** Records that take nothing take no refusal either. */
function notRecorded(exchange: Exchange, { decided, proof }: Passing, error: unknown): RequestRefusal {
  const objection = whyNotRecorded(error);
  if (objection.reason === 'RecordsUnavailable') return { reason: objection.reason, proof };
  return { ...decidedRefusal(exchange, { area, decided }, objection), proof };
}

/** The ingress takes these headers over, in place of what the client sent under their names. */
function pass({ response }: Exchange, { world }: Decided): void {
  send(response, { status: 200, headers: supportHeaders(world.session?.spec.handle ?? '') });
}

/** What the application answered is not known here: it goes back through the ingress. */
function outcomeOf(refused: Reason | undefined): RecordOutcome {
  return refused === undefined
    ? { status: 200, upstream: 'unknown', reason: 'PassedByIngress' }
    : { status: reasons[refused].status, upstream: 'cut', reason: refused };
}
