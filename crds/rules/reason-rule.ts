/** The columns of the table of reasons: what follows from a reason, and what each value means. Types only. */
import type { EventType } from '../audit/events.ts';

/** What a refusal means for the session that asked. */
export type SessionAfter =
  /** It is over: its object is deleted, its end recorded, and the browser forgets it. */
  | 'ends'
  /** The cookie leads to no session: nothing is there to be ended, and the browser forgets the cookie. */
  | 'absent'
  /** It lives on, and the browser keeps it: only this request is refused, or it is not known whether it may pass. */
  | 'stays';

/** What a refused person is told beside the sentence; the texts of each stand in `refusal-texts.ts`. */
export type RefusedAs =
  /** It refuses nothing. */
  | 'nothing'
  // The access, the session, the sign-in.
  | 'closed'
  | 'not-open'
  | 'not-to-you'
  | 'session-over'
  | 'not-signed-in'
  | 'not-signed-in-now'
  // Of a sign-in that failed: whose it is to put right.
  | 'provider-refused'
  | 'set-up-wrong'
  | 'took-too-long'
  | 'start-again'
  | 'not-named'
  | 'not-entered'
  // This request: from where, to what, from which page.
  | 'other-address'
  | 'not-from-here'
  | 'not-this-application'
  | 'not-allowed'
  | 'unassignable'
  | 'other-site'
  | 'not-served'
  // How it is written.
  | 'malformed'
  | 'nothing-here'
  | 'too-large'
  | 'too-many'
  // Not the person's fault.
  | 'not-now'
  | 'not-reached'
  | 'not-answered'
  | 'not-maskable';

/** The label of counted refusals: one value for each question, so that a metric has few series. */
export type MetricLabel =
  | 'address'
  | 'application'
  | 'grant'
  | 'lock'
  | 'matrix'
  | 'none'
  | 'operator'
  | 'person'
  | 'policy'
  | 'request'
  | 'service'
  | 'session'
  | 'sign-in'
  | 'unavailable';

export interface ReasonRule {
  /** What is so, in one sentence for people; what to do about it follows from `refusedAs`. */
  readonly sentence: string;
  /**
   * The status of a refused request. 401 says "sign in again", and a browser does so by itself: it stands only where
   * there is no session any more. A refusal that leaves the session alive is 403, or what HTTP has for that very case.
   */
  readonly status: 200 | 400 | 401 | 403 | 413 | 421 | 429 | 502 | 503;
  readonly session: SessionAfter;
  /** Heading, meaning and way out of the refusal, and whether signing in is one. */
  readonly refusedAs: RefusedAs;
  /** How the customer's cluster is set up is not told to the vendor's people: they read `NotOpened` instead. */
  readonly customerOnly: boolean;
  /**
   * `decide` judges it by values read after the request arrived, so that an older status that names it closes nothing.
   * Any other reason, when a grant's status names it, keeps the grant closed.
   */
  readonly judgedFresh: boolean;
  /** What is recorded of a grant that closes for it. */
  readonly closesAs: Extract<
    EventType,
    'grant.closed' | 'grant.expired' | 'grant.revoked' | 'grant.suspended'
  >;
  /** What is recorded of a sign-in that fails for it. */
  readonly failsSignInAs: Extract<EventType, 'signin.failed' | 'signin.ip_rejected'>;
  readonly metric: MetricLabel;
}
