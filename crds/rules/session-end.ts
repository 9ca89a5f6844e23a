/**
 * What is recorded of a session's end, by the one who sees it: the gateway, or the operator where no gateway does. The key is
 * the session's UID, and the records take one end of a session, from whom it comes first.
 */
import type { NewRecord } from '../audit/record.ts';
import type { SupportSession } from '../generated/support-session.ts';
import { supportUserType } from '../support-marks.ts';
import { formatTime } from './time/time.ts';

/** The record without its id. `reason`: `SignedOut`, `SignedInAgain`, `TooManySessions`, `Deleted`, or the reason of the decision that ended it. */
export function sessionEnded(
  { spec, metadata }: SupportSession,
  { reason, at }: { readonly reason: string; readonly at: number },
): Omit<NewRecord, 'id'> {
  return {
    key: `session.ended/${metadata.uid}`,
    type: 'session.ended',
    phase: 'point',
    time: formatTime(at),
    actor: {
      kind: 'support',
      name: spec.userRef.name,
      uid: spec.userRef.uid,
      userType: supportUserType,
    },
    session: spec.handle,
    grant: { namespace: metadata.namespace ?? '', name: spec.grantRef.name, uid: spec.grantRef.uid },
    outcome: { reason },
  };
}
