/** What is asked of the decider, and what it says. Types only. */
import type { SupportAccessGrant } from '../../../crds/generated/support-access-grant.ts';
import type { SupportAccessPolicy } from '../../../crds/generated/support-access-policy.ts';
import type { SupportApplication } from '../../../crds/generated/support-application.ts';
import type { SupportPermissionMatrix } from '../../../crds/generated/support-permission-matrix.ts';
import type { SupportSession } from '../../../crds/generated/support-session.ts';
import type { SupportUser } from '../../../crds/generated/support-user.ts';
import type { Decision, EntryPoint } from '../../../crds/rules/ask.ts';
import type { LockReading } from '../../../crds/rules/locks.ts';
import type { MatrixInForce } from '../../../crds/rules/matrix/matrix.ts';
import type { Route } from '../../../crds/rules/request/routes.ts';
import type { NamespacedName } from '../../../kube/objects.ts';
import type { SessionProof } from '../sessions/session-cookie.ts';
import type { Origin, Source } from './source-address.ts';

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
export interface RequestToApplication {
  readonly method: string;
  /** Canonical, without the query. */
  readonly path: string;
  /** The host that was asked, and the application that it belongs to. */
  readonly host: string;
  readonly application: NamespacedName;
}

export interface DecisionRequest {
  readonly entryPoint: EntryPoint;
  readonly grant: NamespacedName;
  readonly origin: Origin;
  /** Whoever is signed in has one. */
  readonly session?: SessionProof;
  /** Of a sign-in: the NameID that the identity provider vouches for. */
  readonly nameID?: string;
  readonly request?: RequestToApplication;
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
