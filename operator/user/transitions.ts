/** Record drafts about what became of a person: suspended, back again, deactivated, removed. Each transition has one key. */
import type { SupportAccessPolicy } from '../../crds/generated/support-access-policy.ts';
import type { SupportUser } from '../../crds/generated/support-user.ts';
import { conditionOf } from '../../crds/rules/conditions.ts';
import type { Deactivation } from '../../crds/rules/deactivation.ts';
import type { PlainCondition } from '../reporting/conditions.ts';
import { aboutObject } from '../reporting/lifecycle.ts';
import { draftOf, type RecordDraft } from '../reporting/record-drafts.ts';

interface Transition {
  readonly object: SupportUser;
  /** As it is now; the object's status says how it was. */
  readonly deactivation: Deactivation | undefined;
  readonly active: PlainCondition;
  readonly policy: SupportAccessPolicy | undefined;
}

/** What has changed since the last report. */
export function personTransitionDrafts(transition: Transition, now: number): RecordDraft[] {
  const { object, deactivation, active } = transition;
  const isSame = deactivation?.reason === object.status?.deactivation?.reason;
  const drafts = isSame ? ofTheSwitch(transition, now) : [ofDeactivation(transition, now)];
  return drafts.map((draft) => aboutObject(object, { ...draft, message: active.message }));
}

/** Who is deactivated, or no longer, has another reason than before. */
function ofDeactivation({ object, deactivation }: Transition, now: number): RecordDraft {
  const { uid, generation = 0 } = object.metadata;
  if (deactivation === undefined) return draftOf('user.resumed', [uid, 'UserDisabled', generation], now);
  const { reason } = deactivation;
  const key = reason === 'UserDisabled' ? [uid, reason, generation] : [uid, reason];
  return draftOf('user.deactivated', key, now);
}

/** A person who is new, and one who is deactivated, is neither suspended nor back. */
function ofTheSwitch({ object, deactivation, active, policy }: Transition, now: number): RecordDraft[] {
  const was = conditionOf(object.status?.conditions, 'Active');
  const isSame = was === undefined || (was.status === 'True') === active.holds;
  if (deactivation !== undefined || isSame) return [];
  const type = active.holds ? 'user.resumed' : 'user.suspended';
  const { uid, generation = 0 } = policy?.metadata ?? {
    uid: 'no-policy',
    generation: was.lastTransitionTime,
  };
  return [draftOf(type, [object.metadata.uid, uid, generation], now)];
}

/** Before the object is deleted. What the person did stays in the records. */
export function removalDraft(object: SupportUser, now: number): RecordDraft {
  const message = 'The retention time of the policy has passed since the person was deactivated';
  return aboutObject(object, { ...draftOf('user.removed', [object.metadata.uid], now), message });
}
