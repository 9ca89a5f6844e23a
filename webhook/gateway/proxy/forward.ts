/**
 * Forwards one permitted request: sent upstream, its response relayed to the client. Every failure becomes an outcome
 * for the records and, while nothing was sent, a refusal. It decides nothing and records nothing.
 */
import type { RecordOutcome } from '../../../crds/audit/record.ts';
import { isReason, type Reason, reasons } from '../../../crds/rules/reasons.ts';
import { tlsFaultSentence } from '../../../crds/rules/request/tls-faults.ts';
import { placeOf, redirectRule } from './own-addresses.ts';
import { type Relayed, relay } from './relay.ts';
import { HeadTimeout, type ProxiedRequest, sendUpstream, type UpstreamHead } from './request.ts';
import {
  AssignmentInBody,
  BodyStalled,
  BodyTooLarge,
  MaskInBody,
  MethodInBody,
  SenderGone,
} from './request-body.ts';
import { bodyPlan } from './response.ts';
import { relayUpgrade, type Upgraded } from './upgrade.ts';
import { TlsFailure } from './upstream-tls.ts';
import { handshakeFault, newKey } from './websocket/handshake.ts';
import { relayWebSocket } from './websocket-relay.ts';

/** What came of it. */
export interface Forwarded {
  readonly outcome: RecordOutcome;
  /** Set while nothing was sent: what to refuse with. */
  readonly refusal?: { readonly status: number; readonly reason: Reason; readonly message?: string };
  /** What the response would have to be; for the records only. */
  readonly rule?: string | undefined;
  /** What is wrong with the way to the application, as a sentence; for the records and the log only. */
  readonly fault?: string | undefined;
  /** The code of what is wrong with TLS, of a closed list. */
  readonly tlsFault?: string;
}

/** Never rejects: every failure is an outcome. Without a refusal the client's response is finished or destroyed. */
export async function forward(permitted: ProxiedRequest): Promise<Forwarded> {
  const proxied = withKey(permitted);
  let head: UpstreamHead;
  try {
    head = await sendUpstream(proxied);
  } catch (error) {
    return notResponded(proxied, error);
  }
  const { response, connection } = head;
  if (connection !== undefined) return upgraded(proxied, { response, connection });

  const astray = redirectRule(response, placeOf(proxied));
  if (astray !== undefined) {
    response.destroy();
    return refusedResponse(
      { status: response.statusCode ?? 0, upstream: 'answered' },
      'RedirectRefused',
      astray,
    );
  }
  const plan = bodyPlan(proxied, response);
  if (plan.kind !== 'refuse') return relayedOf(proxied, head, await relay(proxied, response, plan));
  response.destroy();
  return unmaskable({ status: response.statusCode ?? 0, upstream: 'answered' }, plan.rule);
}

/** Only the listener's own handshakes come with such a line; where the policy lets none pass, it is dropped as others are. */
function withKey(proxied: ProxiedRequest): ProxiedRequest {
  const { policy, exchange } = proxied;
  const isHandshake = policy.webSockets && exchange.request.headers.upgrade !== undefined;
  return isHandshake ? { ...proxied, webSocketKey: newKey() } : proxied;
}

async function upgraded(proxied: ProxiedRequest, to: Upgraded): Promise<Forwarded> {
  const { webSocketKey: key, exchange } = proxied;
  if (key === undefined) return forwardedOf(proxied, await relayUpgrade(proxied, to));
  const fault = handshakeFault(to.response, { key, request: exchange.request });
  if (fault === undefined) return forwardedOf(proxied, await relayWebSocket(proxied, to));
  to.connection.destroy();
  return { ...failed('answered', 'ServiceUnreachable'), rule: fault };
}

/** A response that broke because the body had: whose fault that was is known from the body. */
function relayedOf(proxied: ProxiedRequest, { bodyFailure }: UpstreamHead, relayed: Relayed): Forwarded {
  const said = relayed.end === 'broken' ? bodyNotSent(proxied, bodyFailure()) : undefined;
  if (said === undefined) return forwardedOf(proxied, relayed);
  if (!proxied.exchange.response.headersSent) return said;
  return { outcome: { ...said.outcome, ...relayed.sent } };
}

function notResponded({ signal, exchange, policy, upstream }: ProxiedRequest, error: unknown): Forwarded {
  if (signal.aborted) return cutBeforeHead(signal, { upstream: 'cut', reason: String(signal.reason) });
  const ofBody = bodyNotSent({ exchange, policy }, error);
  if (ofBody !== undefined) return ofBody;
  if (exchange.response.destroyed) return clientGone(exchange);
  if (error instanceof TlsFailure) return tlsFailed(upstream, error);
  if (error instanceof HeadTimeout) return failed('timeout', 'ServiceUnreachable', 504);
  const refused = error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED';
  return failed(refused ? 'refused' : 'unknown', 'ServiceUnreachable');
}

/** What came of a body that was not sent to its end; undefined where the error is not about it. */
function bodyNotSent(
  { exchange, policy }: Pick<ProxiedRequest, 'exchange' | 'policy'>,
  error: unknown,
): Forwarded | undefined {
  if (error instanceof SenderGone) return clientGone(exchange);
  if (error instanceof BodyStalled) return stalled(error, policy);
  if (error instanceof BodyTooLarge) return failed('unknown', 'BodyTooLarge');
  if (error instanceof AssignmentInBody) return failed('unknown', 'SupportAssigned');
  if (error instanceof MethodInBody) return withMessage(failed('unknown', 'BadRequest'), methodInBody);
  if (error instanceof MaskInBody) return withMessage(failed('unknown', 'MaskedValue'), maskInBody);
  return undefined;
}

function tlsFailed(upstream: ProxiedRequest['upstream'], { code }: TlsFailure): Forwarded {
  const fault = tlsFaultSentence(upstream, code);
  return { ...failed('refused', 'ServiceUnreachable'), tlsFault: code, fault };
}

/** The client left before there was anything to send it: that is no fault of the application. */
function clientGone({ response }: ProxiedRequest['exchange']): Forwarded {
  response.destroy();
  return { outcome: { upstream: 'cut', reason: 'ClientGone' } };
}

function stalled({ keptWaitingBy }: BodyStalled, { bodyIdleMs }: ProxiedRequest['policy']): Forwarded {
  if (keptWaitingBy === 'upstream') return failed('timeout', 'ServiceUnreachable', 504);
  const message = `The body must keep coming, and none of it came for ${bodyIdleMs / 1000} seconds. Send it again.`;
  return withMessage(failed('cut', 'BadRequest', 408), message);
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

const maskInBody =
  'The body must not hold what masking wrote in place of a value, such as "e-mail-hidden" in brackets: it would be stored over the value. Enter the value itself, or leave its field out.';

function withMessage(forwarded: Forwarded, message: string): Forwarded {
  return forwarded.refusal === undefined
    ? forwarded
    : { ...forwarded, refusal: { ...forwarded.refusal, message } };
}

function forwardedOf(
  { signal, leaving, exchange }: ProxiedRequest,
  { end, sent, rule = '', refused }: Relayed,
): Forwarded {
  const { headersSent } = exchange.response;
  if (end === 'whole') return { outcome: { ...sent, upstream: 'answered' } };
  if (end === 'left') return { outcome: { ...sent, upstream: 'cut', reason: String(leaving.reason) } };
  if (end === 'client-gone')
    return { outcome: { ...sent, upstream: 'answered', reason: refused ?? 'ClientGone' } };
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
  if (headersSent) return { outcome: { ...outcome, reason: 'NotMaskable' }, rule };
  return refusedResponse(outcome, 'NotMaskable', rule);
}

/** The application answered, and nothing of it is passed on. */
function refusedResponse(outcome: RecordOutcome, reason: Reason, rule: string): Forwarded {
  return { outcome: { ...outcome, reason }, rule, refusal: { status: reasons[reason].status, reason } };
}
