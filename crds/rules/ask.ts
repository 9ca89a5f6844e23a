/** What is asked of `decide`, and what it answers. Types only: the world at one moment, without a way to read more of it. */
import type { SupportAccessGrant } from '../generated/support-access-grant.ts';
import type { SupportAccessPolicy } from '../generated/support-access-policy.ts';
import type { SupportApplication } from '../generated/support-application.ts';
import type { SupportSession } from '../generated/support-session.ts';
import type { SupportUser } from '../generated/support-user.ts';
import type { Address } from './address/address.ts';
import type { InstallationId } from './installation.ts';
import type { LockReading } from './locks.ts';
import type { PolicyRule } from './matrix/kubernetes-rights.ts';
import type { KubernetesWrite } from './matrix/kubernetes-writes.ts';
import type { MatrixHead, MatrixInForce, Target } from './matrix/matrix.ts';
import type { Reason } from './reasons.ts';
import type { ServedHostName } from './request/hosts.ts';
import type { KubeRequest } from './request/kube-request.ts';
import type { ServiceReading } from './request/service.ts';

/**
 * Who asks.
 * - `opening`: the operator, about a grant as a whole. The grant is as it is about to be reported, so with the next pins.
 * - `person`: the operator, about one of the grant's people: everything that `opening` asks, and what is theirs.
 * - `anonymous`: a client that is not identified yet wants to begin a sign-in.
 * - `sign-in`: the identity provider has said who it is; a session is about to be, or has just been, written.
 * - `session`: a signed-in person without a request to an application: home page, entering, streams.
 * - `application`: a signed-in person's request to an application.
 * - `kube-api`: a signed-in person's request to the Kubernetes API, through the gateway.
 * - `kubernetes`: a support identity writes at the API server. No address is told there, nor a session.
 */
export type EntryPoint =
  | 'opening'
  | 'person'
  | 'anonymous'
  | 'sign-in'
  | 'session'
  | 'application'
  | 'kube-api'
  | 'kubernetes';

/** What was consented to, as the grant's status has it. */
export type Pins = NonNullable<NonNullable<SupportAccessGrant['status']>['pins']>;

/** A session as its cookie led to it. */
export interface SessionReading {
  /** The object that was read; undefined when there is none any more. */
  readonly object?: SupportSession | undefined;
  /** Whether the seal over its spec is this gateway's. */
  readonly sealValid: boolean;
  /** Whether the caller holds the session's secret, compared in constant time. */
  readonly secretMatches: boolean;
}

/** The objects at one moment. What could not be read is left out, and what is left out is a no. */
export interface World {
  readonly locks: LockReading;
  /** Undefined where the product was taken away, or is being. */
  readonly installation?: InstallationId | undefined;
  readonly policy?: SupportAccessPolicy | undefined;
  readonly grant?: SupportAccessGrant | undefined;
  readonly user?: SupportUser | undefined;
  readonly application?: SupportApplication | undefined;
  /** The Service that the application names. */
  readonly backend?: ServiceReading | undefined;
  /** Compiled only where a request is asked about; with its rules only where one to the Kubernetes API is. */
  readonly matrix?:
    | (MatrixHead & Partial<MatrixInForce> & { readonly rules?: readonly PolicyRule[] })
    | undefined;
}

/** What a request means; `isStatic` where it is a file of a Static route, about which no matrix is asked. */
export type Meaning = Target & { readonly isStatic?: true };

/** What is asked: who asks, when, and the world as it is then. */
export interface Ask extends World {
  readonly entryPoint: EntryPoint;
  /** Epoch milliseconds; the caller gives the latest of the clocks that it trusts. */
  readonly now: number;
  readonly session?: SessionReading | undefined;
  /** Of an opening: those of the named people who exist. */
  readonly people?: readonly SupportUser[] | undefined;
  /** The client's address, as far as the gateway can trust it. */
  readonly address?: Address | undefined;
  /** Where the request was sent. */
  readonly host?: ServedHostName | undefined;
  /** What the application's routes say that the request means, and what the application may take it for besides. */
  readonly target?: (Meaning & { readonly also?: readonly Meaning[] }) | undefined;
  /** What a support identity asks of the API server. */
  readonly write?: KubernetesWrite | undefined;
  /** What is asked of the Kubernetes API through the gateway; undefined where it is not in the form in which it is judged. */
  readonly kubeRequest?: KubeRequest | undefined;
  /** Why the routes give it no meaning, where there is something to say. */
  readonly unrouted?: string | undefined;
}

/** What one check has against an ask. */
export interface Objection {
  readonly reason: Reason;
  /** Sentences for the customer's records and the grant's status, never for the caller. */
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
