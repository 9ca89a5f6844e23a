/** Records, status and end of one SupportUser; pure. Whether the person gets in anywhere is decided by each grant. */
import type { SupportAccessGrant } from '../../crds/generated/support-access-grant.ts';
import type { SupportAccessPolicy } from '../../crds/generated/support-access-policy.ts';
import type { SupportUser } from '../../crds/generated/support-user.ts';
import {
  type Deactivation,
  deactivatedBy,
  finallyDeactivated,
  lastEnd,
  removalTime,
  wasNamed,
} from '../../crds/rules/deactivation.ts';
import { sentenceFor } from '../../crds/rules/reasons.ts';
import { formatTime } from '../../crds/rules/time/time.ts';
import { type PlainCondition, type PlainStatus, statusOf } from '../reporting/conditions.ts';
import { lifecycleDrafts } from '../reporting/lifecycle.ts';
import type { RecordDrafts } from '../reporting/record-drafts.ts';
import { personTransitionDrafts, removalDraft } from './transitions.ts';

const events = {
  created: 'user.provisioned',
  changed: 'user.changed',
  deleted: 'user.deprovisioned',
} as const;

/** A person, and what their life depends on. */
export interface UserWorld {
  readonly object: SupportUser;
  readonly gone: boolean;
  readonly isNearMiss?: boolean;
  readonly policy: SupportAccessPolicy | undefined;
  /** Those that name the person. */
  readonly grants: readonly SupportAccessGrant[];
}

export type UserStatus = PlainStatus &
  Pick<NonNullable<SupportUser['status']>, 'deactivation' | 'firstNamedTime' | 'policyUID'>;

/** Epoch milliseconds. */
export interface LookedAt {
  /** The latest moment. */
  readonly now: number;
  /** The earliest: what is final is not done by a clock that is ahead, nor by one that is not known. */
  readonly surely: number;
}

/** How soon what a clock in doubt puts off is looked at again. */
export const againAfterMs = 60_000;

export interface UserPlan {
  readonly record: RecordDrafts;
  readonly status: UserStatus;
  /** Whether the retention time has passed. */
  readonly remove: boolean;
  /** When something changes by itself: the last grant ends, or the retention time has passed. */
  readonly lookAgainAt: number | undefined;
}

export function planUser(world: UserWorld, { now, surely }: LookedAt): UserPlan {
  const { object, gone, policy } = world;
  const certain = Math.min(now, surely);
  const deactivation = deactivationOf(world, { now, certain });
  const active = activeFor({ deactivation, policy });
  const ready: PlainCondition = {
    type: 'Ready',
    holds: true,
    reason: 'Enforced',
    message: sentenceFor('Enforced'),
  };
  const removeAt = gone ? undefined : removalTime(deactivation, policy);
  const remove = removeAt !== undefined && removeAt <= certain;
  const drafts = [
    ...lifecycleDrafts(world, events, now),
    ...(gone ? [] : personTransitionDrafts({ object, deactivation, active, policy }, now)),
    ...(remove ? [removalDraft(object, now)] : []),
  ];
  return {
    // Nothing is opened by these records; without them the person's status stays as it was, and no one is removed.
    record: { drafts, mustBeDurable: true },
    status: {
      ...conditionsOf(world, [ready, active], now),
      ...(deactivation === undefined ? {} : { deactivation }),
      ...memoryOf(world, now),
    },
    remove,
    lookAgainAt: notBefore(
      now,
      deactivation === undefined ? lastEnd(world.grants, Math.max(0, certain)) : removeAt,
    ),
  };
}

/** What is due by the latest clock and not by the earliest is looked at again in a while. */
function notBefore(now: number, at: number | undefined): number | undefined {
  return at === undefined || at > now ? at : now + againAfterMs;
}

/** What is final stays as it is; what is new begins now, or when the person was deactivated for another reason. */
function deactivationOf(
  world: UserWorld,
  { now, certain }: { readonly now: number; readonly certain: number },
): Deactivation | undefined {
  const { object, policy, grants } = world;
  const final = finallyDeactivated(object);
  if (final !== undefined) return final;
  const reason = deactivatedBy({ user: object, policy, grants }, certain);
  return reason && { startTime: object.status?.deactivation?.startTime ?? formatTime(now), reason };
}

/** What cannot be seen any more at the next look: that a grant named the person, and under which policy. */
function memoryOf({ object, policy, grants }: UserWorld, now: number) {
  const { firstNamedTime = wasNamed({ user: object, grants }) ? formatTime(now) : undefined, policyUID } =
    object.status ?? {};
  const uid = policy?.metadata.uid ?? policyUID;
  return {
    ...(firstNamedTime === undefined ? {} : { firstNamedTime }),
    ...(uid === undefined ? {} : { policyUID: uid }),
  };
}

interface Activity {
  readonly deactivation: Deactivation | undefined;
  readonly policy: SupportAccessPolicy | undefined;
}

/** The condition `Active`. */
function activeFor({ deactivation, policy }: Activity): PlainCondition {
  const not = (reason: PlainCondition['reason'], message = sentenceFor(reason)): PlainCondition => ({
    type: 'Active',
    holds: false,
    reason,
    message,
  });
  if (deactivation?.reason === 'UserDisabled') return not('UserDisabled');
  if (deactivation !== undefined) return not('UserDeactivated', finalWords[deactivation.reason]);
  if (policy === undefined) return not('NoPolicy');
  if (policy.spec.access !== 'Enabled') return not('PolicyDisabled');
  return { type: 'Active', holds: true, reason: 'Enforced', message: 'Grants may let this person in' };
}

const finalWords: Readonly<Record<Exclude<Deactivation['reason'], 'UserDisabled'>, string>> = {
  SwitchedOff:
    'Deactivated for good, since support access was switched off and the policy says Deactivate in spec.users.whenDisabled; to have the person back, delete this object, create it again, and raise spec.consent of the grants',
  LastGrantEnded:
    'Deactivated for good, since the last grant that names the person has ended and the policy says Deactivate in spec.users.afterLastGrant; to have the person back, delete this object, create it again, and raise spec.consent of the grants',
};

/** There only while a gateway remembers such a sign-in, for a day at most. */
const nearMiss: PlainCondition = {
  type: 'SignInMatches',
  holds: false,
  reason: 'DiffersInForm',
  message:
    'The identity provider sent a NameID or an attribute that differs from this person’s in letter case or blanks alone, so that the sign-in failed; compare the two sides in the records (kubectl support-access records print), and create the person with what is sent, letter by letter',
};

function conditionsOf(
  { object, isNearMiss }: UserWorld,
  plain: readonly PlainCondition[],
  now: number,
): PlainStatus {
  if (isNearMiss === true) return statusOf(object, [...plain, nearMiss], now);
  const status = statusOf(object, plain, now);
  return { ...status, conditions: status.conditions.filter(({ type }) => type !== nearMiss.type) };
}
