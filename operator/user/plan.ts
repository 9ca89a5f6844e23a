/** Records and status of one SupportUser; pure. Whether the person gets in anywhere is decided by each grant. */
import type { SupportUser } from '../../crds/generated/support-user.ts';
import { sentenceFor } from '../../crds/rules/reasons.ts';
import { type PlainCondition, type PlainStatus, statusOf } from '../reporting/conditions.ts';
import { lifecycleDrafts } from '../reporting/lifecycle.ts';
import type { RecordDrafts } from '../reporting/record-drafts.ts';

const events = {
  created: 'user.provisioned',
  changed: 'user.changed',
  deleted: 'user.deprovisioned',
} as const;

export interface UserPlan {
  readonly record: RecordDrafts;
  readonly status: PlainStatus;
}

export function planUser(
  seen: { readonly object: SupportUser; readonly gone: boolean },
  now: number,
): UserPlan {
  const drafts = lifecycleDrafts(seen, events, now);
  const disabled = seen.object.spec.access !== 'Enabled';
  const active: PlainCondition = disabled
    ? { type: 'Active', holds: false, reason: 'UserDisabled', message: sentenceFor('UserDisabled') }
    : { type: 'Active', holds: true, reason: 'Enforced', message: 'Grants may let this person in' };
  const ready: PlainCondition = {
    type: 'Ready',
    holds: true,
    reason: 'Enforced',
    message: sentenceFor('Enforced'),
  };
  // Nothing is opened by this record; without it the person's status stays as it was.
  return { record: { drafts, mustBeDurable: true }, status: statusOf(seen.object, [ready, active], now) };
}
