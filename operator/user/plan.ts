/** What is there to say about one SupportUser? Pure. Whether the person gets in anywhere is each grant's matter. */
import type { SupportUser } from '../../crds/generated/support-user.ts';
import { sentenceFor } from '../../crds/rules/reasons.ts';
import type { Facts } from '../facts.ts';
import { lifecycleFacts } from '../lifecycle.ts';
import { type PlainStatus, type Statement, statusOf } from '../statements.ts';

const events = {
  created: 'user.provisioned',
  changed: 'user.changed',
  deleted: 'user.deprovisioned',
} as const;

export interface UserPlan {
  readonly facts: Facts;
  readonly status: PlainStatus;
}

export function planUser(
  seen: { readonly object: SupportUser; readonly gone: boolean },
  now: number,
): UserPlan {
  const facts = lifecycleFacts(seen, events, now);
  const disabled = seen.object.spec.access === 'Disabled';
  const active: Statement = disabled
    ? { type: 'Active', holds: false, reason: 'UserDisabled', message: sentenceFor('UserDisabled') }
    : { type: 'Active', holds: true, reason: 'Enforced', message: 'Grants may let this person in' };
  const ready: Statement = {
    type: 'Ready',
    holds: true,
    reason: 'Enforced',
    message: sentenceFor('Enforced'),
  };
  // Nothing is opened by this record; without it the person's status stays as it was.
  return { facts: { facts, mustBeDurable: true }, status: statusOf(seen.object, [ready, active], now) };
}
