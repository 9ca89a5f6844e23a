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
  seen: { readonly object: SupportUser; readonly gone: boolean; readonly isNearMiss?: boolean },
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
  const status = withoutNearMiss(statusOf(seen.object, [ready, active], now));
  if (seen.isNearMiss !== true) return { record: { drafts, mustBeDurable: true }, status };
  return {
    record: { drafts, mustBeDurable: true },
    status: statusOf(seen.object, [ready, active, nearMiss], now),
  };
}

/** There only while a gateway remembers such a sign-in, for a day at most. */
const nearMiss: PlainCondition = {
  type: 'SignInMatches',
  holds: false,
  reason: 'DiffersInForm',
  message:
    'The identity provider sent a NameID or an attribute that differs from this person’s in letter case or blanks alone, so that the sign-in failed; compare the two sides in the records (kubectl support-access records print), and create the person with what is sent, letter by letter',
};

function withoutNearMiss(status: PlainStatus): PlainStatus {
  return { ...status, conditions: status.conditions.filter(({ type }) => type !== nearMiss.type) };
}
