/**
 * What the doors hand to each other, as types only: siblings inside webhook/ never import one another, and
 * server.ts introduces them. No code lives here.
 */
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { SupportAccessGrant } from '../../crds/generated/support-access-grant.ts';
import type { SupportAccessPolicy } from '../../crds/generated/support-access-policy.ts';
import type { SupportApplication } from '../../crds/generated/support-application.ts';
import type { SupportPermissionMatrix } from '../../crds/generated/support-permission-matrix.ts';
import type { SupportSession } from '../../crds/generated/support-session.ts';
import type { SupportUser } from '../../crds/generated/support-user.ts';
import type { Address } from '../../crds/rules/address/address.ts';
import type { Decision, EntryPoint } from '../../crds/rules/ask.ts';
import type { LockReading } from '../../crds/rules/locks.ts';
import type { MatrixInForce } from '../../crds/rules/matrix/matrix.ts';
import type { Route } from '../../crds/rules/request/routes.ts';

export interface ObjectName {
  readonly namespace: string;
  readonly name: string;
}

/** Where a request came from, before anybody judged it. */
export interface Origin {
  /** The TCP peer. */
  readonly peer: string;
  /** The values of X-Forwarded-For in their order on the wire; worth something only behind a trusted hop. */
  readonly forwardedFor: readonly string[];
}

/** Where a request came from, after the policy's exposure was applied. */
export interface Source {
  /** Undefined when no trustworthy address is known: whoever needs one refuses. */
  readonly address: Address | undefined;
  readonly ip: string;
  readonly peer?: string;
  readonly claimed?: string;
}

/** What a genuine cookie says, before anything is read. It opens nothing by itself. */
export interface SessionProof {
  readonly session: ObjectName;
  /** The grant's name; its namespace is the session's. */
  readonly grant: string;
  readonly nonce: string;
}

/** The matrix that a decision used, compiled, and what it says beside the rights. */
export interface ReadMatrix extends MatrixInForce {
  readonly spec: SupportPermissionMatrix['spec'];
}

/** What the API server said after the question arrived. A kind that is missing here is missing there. */
export interface World {
  readonly policy?: SupportAccessPolicy;
  readonly locks: LockReading;
  readonly session?: SupportSession;
  readonly grant?: SupportAccessGrant;
  readonly user?: SupportUser;
  readonly application?: SupportApplication;
  readonly matrix?: ReadMatrix;
}

/** A request to an application. */
export interface AskedRequest {
  readonly method: string;
  /** Canonical, without the query. */
  readonly path: string;
  /** The host that was asked, and the application that it belongs to. */
  readonly host: string;
  readonly application: ObjectName;
}

export interface DecisionRequest {
  readonly entryPoint: EntryPoint;
  readonly grant: ObjectName;
  readonly origin: Origin;
  /** Whoever is signed in has one. */
  readonly session?: SessionProof;
  /** Of a sign-in: the NameID that the identity provider vouches for. */
  readonly nameID?: string;
  readonly request?: AskedRequest;
}

export interface Decided {
  readonly decision: Decision;
  readonly world: World;
  readonly source: Source;
  /** What the application says that the request means. */
  readonly route?: Route;
  /** The moment that was judged, epoch milliseconds. */
  readonly now: number;
}

/** The one way to a decision. Never throws: what cannot be read is a no. */
export interface Decider {
  decide(request: DecisionRequest): Promise<Decided>;
}

/** Who signed in, found on file and verified; what a session is made of. */
export interface SignedInPerson {
  readonly grant: SupportAccessGrant;
  readonly user: SupportUser;
  readonly boundAddress: string;
  /** The identity provider's own end of the session, epoch milliseconds. */
  readonly notOnOrAfter?: number;
}

/** How a session ended, as it stands in the records: `SignedOut`, or the reason of the decision that ended it. */
export interface SessionEnd {
  readonly reason: string;
  /** Only where the person did it. */
  readonly source?: Source;
}

export interface SessionStore {
  /** Writes the session; nothing is open before the cookie is set. */
  create(person: SignedInPerson, policy: SupportAccessPolicy): Promise<SupportSession>;
  /** The Set-Cookie value that carries the session on one host. */
  cookieFor(session: SupportSession, host: string): string;
  /** What the request's cookie proves on this host; undefined when there is none, or none that we made for it. */
  proofFrom(request: IncomingMessage, host: string): SessionProof | undefined;
  /** Notes the activity, at most once a minute and without anybody waiting for it. */
  touch(session: SupportSession, now: number): void;
  /** Ends the session: deletes it and records the end once. Ending an ended session changes nothing. */
  end(session: SupportSession, ended: SessionEnd): Promise<void>;
  /** Records the end of a session that somebody else deleted. */
  noteDeleted(session: SupportSession): void;
}

/** What a person or a program is told when something is refused: a code, never the detail. */
export interface RefusalView {
  readonly status: number;
  readonly reason: string;
  /** A browser is sent here instead, where a new sign-in may help. */
  readonly signIn?: string;
  /** Shown to a browser as a way to try again, where going there by itself would go round in circles. */
  readonly again?: string;
  /** Whether the session is over on this host: its cookies and everything stored are cleared. */
  readonly over?: boolean;
  readonly headers?: OutgoingHttpHeaders;
}

/** One request at a door, after the strict gate. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Host without port, lower case; one that this installation serves. */
  readonly host: string;
  readonly origin: Origin;
}

export type Refuse = (exchange: Exchange, view: RefusalView) => void;
