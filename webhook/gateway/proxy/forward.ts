/**
 * Forwards one permitted request: sent upstream, its response relayed to the client. Every failure becomes an outcome
 * for the records and, while nothing was sent, a refusal. It decides nothing and records nothing.
 */
import type { RecordOutcome } from '../../../crds/audit/record.ts';
import { isReason, type Reason, reasons } from '../../../crds/rules/reasons.ts';
import { type Relayed, relay } from './relay.ts';
import {
  BodyTooLarge,
  HeadTimeout,
  MethodInBody,
  type ProxiedRequest,
  sendUpstream,
  type UpstreamHead,
} from './request.ts';
import { bodyPlan } from './response.ts';
import { relayUpgrade } from './upgrade.ts';

/** What came of it. */
export interface Forwarded {
  readonly outcome: RecordOutcome;
  /** Set while nothing was sent: what to refuse with. */
  readonly refusal?: { readonly status: number; readonly reason: Reason; readonly message?: string };
  /** What the response would have to be; for the records only. */
  readonly rule?: string;
}

/** Never rejects: every failure is an outcome. Without a refusal the client's response is finished or destroyed. */
export async function forward(proxied: ProxiedRequest): Promise<Forwarded> {
  let head: UpstreamHead;
  try {
    head = await sendUpstream(proxied);
  } catch (error) {
    return notResponded(proxied.signal, error);
  }
  const { response, connection } = head;
  if (connection !== undefined)
    return forwardedOf(proxied, await relayUpgrade(proxied, { response, connection }));

  const plan = bodyPlan(proxied, response);
  if (plan.kind !== 'refuse') return forwardedOf(proxied, await relay(proxied, response, plan));
  response.destroy();
  return unmaskable({ status: response.statusCode ?? 0, upstream: 'answered' }, plan.rule);
}

function notResponded(signal: AbortSignal, error: unknown): Forwarded {
  if (signal.aborted) return cutBeforeHead(signal, { upstream: 'cut', reason: String(signal.reason) });
  if (error instanceof BodyTooLarge) return failed('unknown', 'BodyTooLarge');
  if (error instanceof MethodInBody) return withMessage(failed('unknown', 'BadRequest'), methodInBody);
  if (error instanceof HeadTimeout) return failed('timeout', 'ServiceUnreachable', 504);
  const refused = error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED';
  return failed(refused ? 'refused' : 'unknown', 'ServiceUnreachable');
}

function failed(
  upstream: NonNullable<RecordOutcome['upstream']>,
  reason: Reason,
  status: number = reasons[reason].status,
): Forwarded {
  const refusal = { status, reason };
  return { outcome: { upstream, ...refusal }, refusal };
}

const methodInBody =
  'The body must not name another method, as in "_method=DELETE". Send the request with that method itself.';

function withMessage(forwarded: Forwarded, message: string): Forwarded {
  return forwarded.refusal === undefined
    ? forwarded
    : { ...forwarded, refusal: { ...forwarded.refusal, message } };
}

function forwardedOf(
  { signal, leaving, exchange }: ProxiedRequest,
  { end, sent, rule = '' }: Relayed,
): Forwarded {
  const { headersSent } = exchange.response;
  if (end === 'whole') return { outcome: { ...sent, upstream: 'answered' } };
  if (end === 'left') return { outcome: { ...sent, upstream: 'cut', reason: String(leaving.reason) } };
  if (end === 'client-gone') return { outcome: { ...sent, upstream: 'answered', reason: 'ClientGone' } };
  if (end === 'not-maskable') return unmaskable({ ...sent, upstream: 'answered' }, rule, headersSent);
  if (end === 'broken')
    return broken({ ...sent, upstream: 'unknown', reason: 'ResponseBroken' }, headersSent);
  const outcome: RecordOutcome = { ...sent, upstream: 'cut', reason: String(signal.reason) };
  return headersSent ? { outcome } : cutBeforeHead(signal, outcome);
}

/**
 * Cut before anything was sent: the person reads the reason instead of a broken connection. Where the gateway stops, nothing
 * was wrong with the state; the application had not answered in all the time that the stop left to it.
 */
function cutBeforeHead(signal: AbortSignal, outcome: RecordOutcome): Forwarded {
  const cutFor = String(signal.reason);
  const reason = isReason(cutFor) ? cutFor : 'ServiceUnreachable';
  return { outcome, refusal: { status: reasons[reason].status, reason } };
}

function broken(outcome: RecordOutcome, headersSent: boolean): Forwarded {
  if (headersSent) return { outcome };
  return { outcome, refusal: { status: reasons.ServiceUnreachable.status, reason: 'ServiceUnreachable' } };
}

function unmaskable(outcome: RecordOutcome, rule: string, headersSent = false): Forwarded {
  const told = { outcome: { ...outcome, reason: 'NotMaskable' }, rule } as const;
  if (headersSent) return told;
  return { ...told, refusal: { status: reasons.NotMaskable.status, reason: 'NotMaskable' } };
}
