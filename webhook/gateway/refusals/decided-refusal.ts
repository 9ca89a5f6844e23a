/** Refusals of requests that are recorded as requests: what was decided, or what was wrong before any decision. */
import type { Area } from '../../../crds/audit/events.ts';
import { isSupportAccessError } from '../../../crds/errors.ts';
import type { Objection } from '../../../crds/rules/ask.ts';
import type { Reason } from '../../../crds/rules/reasons.ts';
import type { Decided } from '../decisions/decision.ts';
import type { Exchange } from '../listener/request-gate.ts';
import type { Origin, Source } from '../listener/source-address.ts';
import { refusalRecord } from '../records/request-records.ts';
import { ourCookiePrefix, type SessionProof } from '../sessions/session-cookie.ts';
import type { Costly } from '../sign-in/anonymous-cost.ts';
import type { RequestRefusal } from './refuse.ts';

/** What is recorded of every refusal: which part of the product refused, and what was known. */
export interface RefusedIn {
  readonly area: Area;
  readonly decided: Decided;
}

/** What stands against a request beside the decision, or instead of it. */
export interface RequestObjection {
  readonly reason: Reason;
  /** For the customer's records only. */
  readonly detail?: string;
  /** What is wrong with how the request is written, for its person. */
  readonly message?: string;
  readonly status?: number;
}

/** The refusal of a request for this reason, with the session that was judged. */
export function decidedRefusal(
  exchange: Exchange,
  { area, decided }: RefusedIn,
  { reason, detail, message, status: exact }: RequestObjection,
): RequestRefusal {
  return {
    reason,
    status: exact,
    message: message ?? otherFamily(reason, decided),
    session: decided.world.session,
    record: (status) =>
      refusalRecord(
        { exchange, decided, area },
        { reason, status, ...(detail === undefined ? {} : { detail }) },
      ),
  };
}

/** Who has IPv4 and IPv6 changes address without moving, and would look in vain for another network. */
function otherFamily(reason: Reason, { world, source }: Decided): string | undefined {
  const bound = world.session?.spec.boundAddress;
  if (reason !== 'SessionAddressChanged' || bound === undefined || source.ip === undefined) return undefined;
  const [before, now] = [bound, source.ip].map((address) => (address.includes(':') ? 'IPv6' : 'IPv4'));
  if (before === now) return undefined;
  return `Your browser comes by ${now} now, and the session was started by ${before}: a network that has both changes between the two by itself. Where it does so often, ask the customer to set spec.session.boundAddress of the policy to Disabled.`;
}

/**
 * Why the records did not take what would have let a person in: they take nothing, or know a later world than the one that was
 * decided by, from a moment ago or from before a backup was put back.
 */
export function whyNotRecorded(error: unknown): Objection {
  if (isSupportAccessError(error, 'records_rolled_back'))
    return { reason: 'RolledBack', detail: error.message };
  if (isSupportAccessError(error, 'records_older')) return { reason: 'ChangesUnseen', detail: error.message };
  return { reason: 'RecordsUnavailable' };
}

/** Records that take nothing take no refusal either. */
export function notRecorded(
  exchange: Exchange,
  { area, decided, proof }: RefusedIn & { readonly proof: SessionProof },
  error: unknown,
): RequestRefusal {
  const objection = whyNotRecorded(error);
  if (objection.reason === 'RecordsUnavailable') return { reason: objection.reason, proof };
  return { ...decidedRefusal(exchange, { area, decided }, objection), proof };
}

/** What is known of a request before anything was read for it. */
export interface BeforeDecision {
  /** The address under the policy's exposure. */
  readonly sourceOf: (origin: Origin) => Source;
  readonly now: () => number;
}

/** Whether what this request makes us ask the API server may be asked; each yes counts. */
export type MayAsk = (exchange: Exchange, costly: Costly) => boolean;
/** Whether the session of a genuine cookie may be read: those that the watch holds always, others as anonymous clients may. */
export type MayJudge = (exchange: Exchange, proof: SessionProof) => boolean;

/** Stands for the decision where a request is refused before one was asked for. Without a session in it, it ends none. */
export function undecided({ sourceOf, now }: BeforeDecision, { origin }: Exchange, reason: Reason): Decided {
  return {
    decision: { allow: false, reason, check: 'sessionIsAlive' },
    world: { locks: new Map() },
    source: sourceOf(origin),
    now: now(),
  };
}

/**
 * The refusal of a request without a session of ours. A browser without any cookie is not recorded: nothing was claimed,
 * and each sign-in begins so.
 */
export function withoutSession(
  deps: BeforeDecision,
  exchange: Exchange,
  { area, signIn }: { readonly area: RefusedIn['area']; readonly signIn?: string },
): RequestRefusal {
  const reason = 'NoSession';
  if (!claimsIdentity(exchange)) return { reason, signIn };
  const decided = undecided(deps, exchange, reason);
  return { ...decidedRefusal(exchange, { area, decided }, { reason }), signIn };
}

/** A session's cookie that proves nothing was altered, or made for another host or by another gateway. */
function claimsIdentity({ request: { headers } }: Exchange): boolean {
  const forged = headers.cookie?.toLowerCase().includes(`${ourCookiePrefix}=`) === true;
  return forged || headers.authorization !== undefined;
}

/** The refusal of a request for which the API server is not asked: its client has caused as much as one may. */
export function tooManyAsked(deps: BeforeDecision, exchange: Exchange, area: Area): RequestRefusal {
  const reason = 'TooManyRequests';
  const decided = undecided(deps, exchange, reason);
  return { ...decidedRefusal(exchange, { area, decided }, { reason }), headers: { 'Retry-After': '60' } };
}
