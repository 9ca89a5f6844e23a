/** What is asked of `decide`, and what it answers. Types only: the world as it was read after the request arrived. */
import type { SupportAccessGrant } from '../generated/support-access-grant.ts';
import type { SupportAccessPolicy } from '../generated/support-access-policy.ts';
import type { SupportApplication } from '../generated/support-application.ts';
import type { SupportSession } from '../generated/support-session.ts';
import type { SupportUser } from '../generated/support-user.ts';
import type { Address } from './address/address.ts';
import type { LockReading } from './locks.ts';
import type { MatrixInForce, Target } from './matrix/matrix.ts';
import type { Reason } from './reasons.ts';

/**
 * Who asks.
 * - `anonymous`: somebody whom nobody has identified yet wants to begin a sign-in.
 * - `sign-in`: the identity provider has said who it is; a session is about to be, or has just been, written.
 * - `session`: a signed-in person without a request to an application: home page, entering, streams.
 * - `application`: a signed-in person's request to an application.
 */
export type EntryPoint = 'anonymous' | 'sign-in' | 'session' | 'application';

/** A session as its cookie led to it. */
export interface SessionReading {
  /** The object that was read; undefined when there is none any more. */
  readonly object?: SupportSession | undefined;
  /** Whether the seal over its spec is this gateway's. */
  readonly sealValid: boolean;
  /** Whether the caller holds the session's secret, compared in constant time. */
  readonly secretMatches: boolean;
}

/** The world at one moment. What could not be read is left out, and what is left out is a no. */
export interface Ask {
  readonly entryPoint: EntryPoint;
  /** Epoch milliseconds; the caller gives the latest of the clocks that it trusts. */
  readonly now: number;
  readonly locks: LockReading;
  readonly policy?: SupportAccessPolicy | undefined;
  readonly session?: SessionReading | undefined;
  readonly grant?: SupportAccessGrant | undefined;
  readonly user?: SupportUser | undefined;
  readonly application?: SupportApplication | undefined;
  readonly matrix?: MatrixInForce | undefined;
  /** The client's address, as far as the gateway can trust it. */
  readonly address?: Address | undefined;
  /** What the application's routes say that the request means. */
  readonly target?: Target | undefined;
}

/** What one check has against an ask. */
export interface Objection {
  readonly reason: Reason;
  /** For the customer's records only, never for the caller. */
  readonly detail?: string;
}

/** What one check says: its objection, or until when (epoch milliseconds) it has none if nothing else changes. */
export type CheckResult = Objection | number;

/** The result of a check that has no objection, and for which time does not matter. */
export const untilChanged = Number.POSITIVE_INFINITY;

/** One entry of the list of checks. */
export interface Check {
  readonly name: string;
  readonly entryPoints: readonly EntryPoint[];
  /** May rely on every check before it in the list having had no objection. */
  readonly check: (ask: Ask) => CheckResult;
}

export type Decision =
  /** `until`: epoch milliseconds from which the answer is no longer yes, also if nothing changes. */
  | { readonly allow: true; readonly until: number }
  | { readonly allow: false; readonly reason: Reason; readonly check: string; readonly detail?: string };
