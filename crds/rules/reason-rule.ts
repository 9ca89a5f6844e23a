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
  /** One sentence for people. */
  readonly sentence: string;
  /**
   * The status of a refused request. 401 says "sign in again", and a browser does so by itself: it stands only where
   * there is no session any more. A refusal that leaves the session alive is 403, or what HTTP has for that very case.
   */
  readonly status: 200 | 400 | 401 | 403 | 413 | 421 | 429 | 502 | 503;
  readonly session: SessionAfter;
  /** Whether the page of the refusal has a button to sign in: where the session stays and a second one may do. */
  readonly offersSignIn: boolean;
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
