/**
 * Does this refusal mean that the session is over, or only that this one request is not allowed? A refusal that a
 * person's next request could get around by itself, and one that a stranger could provoke, ends nothing.
 */
import type { CheckName } from '../../../crds/rules/access.ts';
import type { Decision } from '../../../crds/rules/ask.ts';
import type { Reason } from '../../../crds/rules/reasons.ts';

/** Objections of these checks are about the access as a whole. */
const ending: readonly CheckName[] = [
  'wasOpened',
  'noLockStands',
  'sessionIsAlive',
  'policyIsEnabled',
  'grantIsEnabled',
  'windowIsOpen',
  'userIsTheOne',
  'supportRoleFits',
  'matrixIsPinned',
];

/** Except these: not known, not this session's doing, or curable. */
const sparing: readonly Reason[] = [
  'LockUnreadable',
  'NoSession',
  'SessionInvalid',
  'SessionAddressChanged',
  'AddressUnknown',
  'ClockSetBack',
];

/** Whether the session that was refused is over and its object may go. */
export function endsSession(decision: Decision): boolean {
  if (decision.allow) return false;
  return ending.some((name) => name === decision.check) && !sparing.includes(decision.reason);
}
