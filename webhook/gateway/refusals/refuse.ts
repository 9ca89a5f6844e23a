/**
 * THE way in which a handler refuses: recorded for the customer, answered with a code, and a session that the reason
 * ends is ended on the spot. What follows from a reason stands in the table of reasons; nothing of it is decided here.
 */
import type { OutgoingHttpHeaders } from 'node:http';
import type { NewRecord } from '../../../crds/audit/record.ts';
import { referenceOf } from '../../../crds/audit/reference.ts';
import type { SupportSession } from '../../../crds/generated/support-session.ts';
import type { RefusedAs } from '../../../crds/rules/reason-rule.ts';
import { type Reason, reasons } from '../../../crds/rules/reasons.ts';
import {
  type RefusalTexts,
  refusalTexts,
  type Told,
  textsFor,
  toldToSupport,
} from '../../../crds/rules/refusal-texts.ts';
import type { NamespacedName } from '../../../kube/objects.ts';
import type { Trail } from '../../../trail/trail.ts';
import type { Exchange } from '../listener/request-gate.ts';
import { type PolicySeen, signInLink } from '../pages/links.ts';
import { isNavigation } from '../pages/responses.ts';
import { grantOf, type SessionProof } from '../sessions/session-cookie.ts';
import type { SessionStore } from '../sessions/session-store.ts';
import type { SignInRefusal } from '../sign-in/sign-in-reason.ts';
import { type RefusalResponse, sendRefusal } from './refusal-response.ts';

/** One request that is not let through. */
export interface RequestRefusal {
  readonly reason: Reason;
  /** Where HTTP has a more exact status than the reason's: 405 for a method, 504 for a time-out. */
  readonly status?: number | undefined;
  /** What is wrong with how this very request is written, for its person; without it, the reason's sentence. */
  readonly message?: string | undefined;
  /** Other words than those of the reason, where one reason has many causes. */
  readonly refusedAs?: RefusedAs | undefined;
  /** What the customer's records keep of it. Left out where nothing was claimed, or where an outcome says it already. */
  readonly record?: ((status: number) => NewRecord) | undefined;
  /** The outcome of the request that says it in the records, by its id; it was taken. */
  readonly outcomeId?: string | undefined;
  /** Nothing of the response may tell it from another's of its kind; only a person who reads the page gets its number. */
  readonly alike?: true;
  /** The genuine cookie of this host that the request came with. */
  readonly proof?: SessionProof | undefined;
  /** The session that was judged. */
  readonly session?: SupportSession | undefined;
  /** Whose sign-in page is meant; where there is a cookie, its grant. */
  readonly grant?: NamespacedName | undefined;
  /** Where a browser goes instead of the grant's sign-in page. */
  readonly signIn?: string | undefined;
  /**
   * The request is on its way to a session: 403 where the reason says 401, as a browser that followed it would go in a
   * circle. If the grant is known, the page has a button to try again.
   */
  readonly entering?: true;
  /** A browser is sent here instead of to a page: to what it wanted, which it has already. */
  readonly goTo?: string | undefined;
  readonly headers?: OutgoingHttpHeaders | undefined;
  /** Who asked passes a status on and nothing else: neither a page nor the way to a sign-in would reach a person. */
  readonly plain?: true;
  /** Who asked is a client of the Kubernetes API, and is refused as the API server would. */
  readonly asStatus?: true;
  /** Why the sign-in failed that this refusal ends, where there is one: for metrics. */
  readonly failedSignIn?: SignInRefusal | undefined;
}

export type Refuse = (exchange: Exchange, refusal: RequestRefusal) => Promise<void>;

export interface RefuseDeps {
  readonly trail: Pick<Trail, 'appendInBackground' | 'health'>;
  readonly sessions: Pick<SessionStore, 'end'>;
  readonly policy: PolicySeen;
  readonly onRefused: (refusal: Pick<RequestRefusal, 'reason' | 'failedSignIn'>) => void;
  readonly onFailure: (what: string, error: unknown) => void;
}

/** The refusals of one process. */
export function createRefuse(deps: RefuseDeps): Refuse {
  const { sessions, policy, onRefused, onFailure } = deps;
  return async (exchange, refusal) => {
    const { reason, session, proof } = refusal;
    onRefused(refusal);
    const { told, ...response } = responseOf(refusal, signInLinkOf(refusal, policy));
    const reference = recordOf(refusal, response.status, deps);
    const isNumbered = refusal.alike !== true || isNavigation(exchange.request);
    sendRefusal(exchange, {
      ...response,
      told: { ...told, ...(isNumbered && reference !== undefined ? { reference } : {}) },
      isRecorded: reference !== undefined,
      forget: proof !== undefined && reasons[reason].session !== 'stays',
      plain: refusal.plain,
      asStatus: refusal.asStatus,
    });
    if (session === undefined || reasons[reason].session !== 'ends') return;
    await sessions
      .end(session, { reason })
      .catch((error: unknown) => onFailure('an ended session was not deleted', error));
  };
}

/** Records it; by which number the customer finds it, if at all. Not waited for: a refusal gives nothing away. */
function recordOf(
  { record, outcomeId }: RequestRefusal,
  status: number,
  { trail, onFailure }: RefuseDeps,
): string | undefined {
  const recorded = record?.(status);
  const isTaken = recorded !== undefined && trail.appendInBackground([recorded]);
  if (recorded !== undefined && !isTaken) onFailure('a refusal was not recorded', recorded.id);

  const id = isTaken ? recorded.id : outcomeId;
  return id !== undefined && trail.health().reachable ? referenceOf(id) : undefined;
}

function signInLinkOf({ proof, grant = proof && grantOf(proof) }: RequestRefusal, policy: PolicySeen) {
  return grant === undefined ? undefined : signInLink(policy(), grant);
}

function responseOf(
  refusal: RequestRefusal,
  link: string | undefined,
): Omit<RefusalResponse, 'forget' | 'isRecorded' | 'plain' | 'asStatus'> {
  const { reason, entering, headers } = refusal;
  const usual = reasons[reason].status;
  const status = refusal.status ?? (entering && usual === 401 ? 403 : usual);
  const { told, texts } = wordsOf(refusal);
  const { signIn } = texts;
  return {
    status,
    told,
    texts,
    headers,
    signIn: refusal.goTo ?? (goesByItself(status, signIn) ? (refusal.signIn ?? link) : undefined),
    offered: signIn === 'to enter' && !entering ? undefined : link,
  };
}

function wordsOf({ reason, refusedAs, message }: RequestRefusal): { told: Told; texts: RefusalTexts } {
  const usual = toldToSupport(reason);
  const texts = refusedAs === undefined ? textsFor(usual.reason) : refusalTexts[refusedAs];
  return { told: { ...usual, next: texts.next, message: message ?? usual.message }, texts };
}

/** Where access is closed, the sign-in would be refused as well, and say less of why than this refusal does. */
function goesByItself(status: number, signIn: RefusalTexts['signIn']): boolean {
  return status === 401 && signIn === 'at once';
}
