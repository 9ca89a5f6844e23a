/** What is recorded of a review: whose session, what was asked in the words of the matrix, by which account, and the result. */
import type { NewRecord } from '../../../crds/audit/record.ts';
import type { Target } from '../../../crds/rules/matrix/matrix.ts';
import type { NamespacedName } from '../../../kube/objects.ts';
import { newRecordId } from '../../../trail/trail.ts';
import type { Decided } from '../decisions/decision.ts';
import { recordedSource } from '../listener/source-address.ts';
import { actorOf, citedIn, recordedGrant } from './request-records.ts';

export interface KnownReview {
  readonly decided: Decided;
  readonly target: Target;
  /** The ServiceAccount that asked. */
  readonly caller: NamespacedName;
}

/** One record for one review. A yes cites the objects by which it was decided, so that a restored backup revives none. */
export function reviewRecord({ decided, target, caller }: KnownReview): NewRecord {
  const { decision, world, source, now } = decided;
  const { grant, session, application } = world;
  const id = newRecordId(now);
  const { module, subModule, action } = target;
  const asked = `asked by ServiceAccount ${caller.namespace}/${caller.name}`;
  const detail = decision.allow ? undefined : decision.detail;
  return {
    id,
    key: `app.review/${id}`,
    type: 'app.review',
    phase: 'point',
    time: new Date(now).toISOString(),
    actor: actorOf(decided),
    source: recordedSource(source),
    ...(session === undefined ? {} : { session: session.spec.handle }),
    ...(grant === undefined ? {} : { grant: recordedGrant(grant) }),
    ...(decision.allow ? { cites: citedIn(decided) } : {}),
    target: {
      area: 'review',
      module,
      ...(subModule === undefined ? {} : { subModule }),
      action,
      ...(application === undefined ? {} : applicationOf(application.metadata)),
    },
    decision: recordedDecision(decided),
    message: detail === undefined ? asked : `${asked}: ${detail}`,
  };
}

function recordedDecision({ decision, world: { matrix } }: Decided): NonNullable<NewRecord['decision']> {
  return {
    effect: decision.allow ? 'allow' : 'deny',
    ...(decision.allow ? {} : { reason: decision.reason }),
    ...(matrix === undefined ? {} : { matrix: matrix.name }),
  };
}

function applicationOf({ namespace = '', name, uid }: { namespace?: string; name: string; uid: string }) {
  return { kind: 'SupportApplication', namespace, name, uid };
}
