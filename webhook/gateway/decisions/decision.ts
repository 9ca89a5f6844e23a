/** What the decider is given and what it decides. Types only. */
import type { SupportAccessPolicy } from '../../../crds/generated/support-access-policy.ts';
import type { SupportPermissionMatrix } from '../../../crds/generated/support-permission-matrix.ts';
import type { SupportSession } from '../../../crds/generated/support-session.ts';
import type { SupportUser } from '../../../crds/generated/support-user.ts';
import type { Decision, EntryPoint, Objection, World } from '../../../crds/rules/ask.ts';
import type { MatrixInForce, Target } from '../../../crds/rules/matrix/matrix.ts';
import type { KubeRequest } from '../../../crds/rules/request/kube-request.ts';
import type { PathForm } from '../../../crds/rules/request/path-forms.ts';
import type { Route } from '../../../crds/rules/request/route-search.ts';
import type { RouteTable } from '../../../crds/rules/request/routes.ts';
import type { NamespacedName } from '../../../kube/objects.ts';
import type { Origin, Source } from '../listener/source-address.ts';
import type { SessionProof } from '../sessions/session-cookie.ts';

/** The matrix that a decision used, compiled, and what it says beside the rights. */
export interface ReadMatrix extends MatrixInForce {
  readonly spec: SupportPermissionMatrix['spec'];
  readonly kind: SupportPermissionMatrix['kind'];
  readonly metadata: SupportPermissionMatrix['metadata'];
}

/** What the API server said after the request arrived: the world of the rules, with what the gateway needs beside it. */
export interface ReadWorld extends World {
  readonly session?: SupportSession | undefined;
  readonly matrix?: ReadMatrix | undefined;
  /** The compiled routes of the application. */
  readonly routes?: RouteTable | undefined;
}

/** A request to an application. */
export interface RequestToApplication {
  readonly method: string;
  /** Canonical, without the query. */
  readonly path: string;
  /** How else the application could read the path; what each means must be permitted too. */
  readonly readings?: readonly string[];
  /** What of the path is served only where the application allows it. */
  readonly forms?: readonly PathForm[];
  /** What follows the first `?`, as it came. */
  readonly query?: string | undefined;
  /** The Content-Type line, as it came. */
  readonly contentType?: string | undefined;
  /** The host of the request, and the application that it belongs to. */
  readonly host: string;
  readonly application: NamespacedName;
  /** What it begins may go on for long: a WebSocket, a stream of events. */
  readonly lasts?: boolean;
}

/** A session as an application names it, which has its handle and never its secret. */
export interface SessionByHandle {
  readonly session: NamespacedName;
  /** The grant's name; its namespace is the session's. */
  readonly grant: string;
  readonly handle: string;
}

/** What an application asks about one of its sessions, in the words of the matrix. */
export interface Review {
  /** The application that asks. */
  readonly application: NamespacedName;
  readonly target: Target;
}

export interface DecisionRequest {
  readonly entryPoint: EntryPoint;
  readonly grant: NamespacedName;
  readonly origin: Origin;
  /** Of a signed-in person; by its handle only where the application itself asks. */
  readonly session?: SessionProof | SessionByHandle;
  readonly request?: RequestToApplication;
  /** Of a request to the Kubernetes API; left out where it is not in the form in which it is judged. */
  readonly kubeRequest?: KubeRequest;
  /** In place of a request. */
  readonly review?: Review;
}

/** Reviews of one session, all by one reading. */
export interface ReviewRequest extends Omit<DecisionRequest, 'request' | 'review'> {
  readonly session: SessionByHandle;
  readonly reviews: readonly Review[];
}

export interface Reviewed {
  /** One for each review, in order. */
  readonly decided: readonly Decided[];
  /** The same by what watches told since; to be asked right before the responses are given. */
  decidedSince(): readonly Decided[];
}

export interface Decided {
  readonly decision: Decision;
  readonly world: ReadWorld;
  readonly source: Source;
  /** What the application says that the request means. */
  readonly route?: Route;
  /** What was asked of the Kubernetes API. */
  readonly kubeRequest?: KubeRequest;
  /** The moment that was judged, epoch milliseconds. */
  readonly now: number;
  /** How old the reading is, where one before this request was allowed to serve it. */
  readonly readingAgeMs?: number;
}

/** A decision about a request that has just come. */
export interface DecidedAnew extends Decided {
  /**
   * The refusal that follows from what watches told since the request came; undefined where it may go on. Who waits
   * between the decision and its effect asks right before the effect: a lock of that time is seen by nothing else.
   */
  refusedSince(): Decided | undefined;
}

/** The one way to a decision. Never throws: what cannot be read is a no. */
export interface Decider {
  decide(request: DecisionRequest): Promise<DecidedAnew>;
}

/** Decides what an application asks. Never rejects: what cannot be read is a no. */
export interface Reviewer {
  review(request: ReviewRequest): Promise<Reviewed>;
}

/** A decider that also judges again what is under way. */
export interface LastingDecider extends Decider {
  /**
   * For what is under way already and is judged again. All that are asked in one turn of the process are judged by one
   * reading that begins with the first of them: a thousand streams of one grant cost what one costs.
   */
  decideAgain(request: DecisionRequest): Promise<Decided>;
  /** The same by a world that was read before, for taking access away only. What that allows is nothing. */
  decideBy(request: DecisionRequest, world: ReadWorld): Decided;
}

/** Judges sessions without a request of their people. */
export interface SessionJudge {
  /** Why the session of a world is over; undefined where it lives, or where that is not known. */
  endIn(world: ReadWorld): Objection | undefined;
  /** The world of a session now; shared with all that is judged again in this turn. Rejects when it cannot be read. */
  readAgain(session: SupportSession): Promise<ReadWorld>;
}

/** The decider of a gateway, which judges sign-ins too. */
export interface GatewayDecider extends LastingDecider, Reviewer, SessionJudge {
  /** The world of one sign-in. Call it after the SAML response arrived: nothing in it is older than this call. */
  readSignInWorld(grant: NamespacedName): SignInWorld;
}

/** What one sign-in knows of the cluster. Each object is read once, so the person who was found is the person judged. */
export interface SignInWorld {
  /** Rejects when it could not be read. */
  policy(): Promise<SupportAccessPolicy | undefined>;
  /** The users whom the grant names and who exist. Rejects when one of them could not be read. */
  people(): Promise<readonly SupportUser[]>;
  /** Whether this person may sign in now. */
  decide(person: { readonly user: SupportUser; readonly origin: Origin }): Promise<Decided>;
}
