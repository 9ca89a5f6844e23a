/**
 * When is a person of support deactivated, and when is the object removed? By vendor operations, which they may take back; for good by
 * the policy's switch, where the policy says so, and by the end of the last grant that names the person.
 */
import { defaults } from '../defaults.ts';
import type { SupportAccessGrant } from '../generated/support-access-grant.ts';
import type { SupportAccessPolicy } from '../generated/support-access-policy.ts';
import type { SupportUser } from '../generated/support-user.ts';
import { windowState } from './time/schedule.ts';
import { parseTime } from './time/time.ts';

export type Deactivation = NonNullable<NonNullable<SupportUser['status']>['deactivation']>;

/** What the life of a person is judged by. */
export interface PersonWorld {
  readonly user: SupportUser;
  /** The policy that is there and not being deleted. */
  readonly policy: SupportAccessPolicy | undefined;
  /** The grants that name the person. */
  readonly grants: readonly SupportAccessGrant[];
}

/** The deactivation that nothing takes back; undefined where there is none. */
export function finallyDeactivated({ status }: SupportUser): Deactivation | undefined {
  const deactivation = status?.deactivation;
  return deactivation === undefined || deactivation.reason === 'UserDisabled' ? undefined : deactivation;
}

/** Why the person has to be deactivated now; undefined where nothing says so. What is final already is not asked again. */
export function deactivatedBy(world: PersonWorld, now: number): Deactivation['reason'] | undefined {
  if (wasSwitchedOff(world)) return 'SwitchedOff';
  if (workIsOver(world, now)) return 'LastGrantEnded';
  return world.user.spec.access === 'Enabled' ? undefined : 'UserDisabled';
}

/** A policy of another UID than the one that was seen with this person was made after the switch had been off. */
function wasSwitchedOff({ user, policy }: PersonWorld): boolean {
  if (policy?.spec.users?.whenDisabled !== 'Deactivate') return false;
  const under = user.status?.policyUID;
  return policy.spec.access !== 'Enabled' || (under !== undefined && under !== policy.metadata.uid);
}

function workIsOver(world: PersonWorld, now: number): boolean {
  if (world.policy?.spec.users?.afterLastGrant !== 'Deactivate') return false;
  return wasNamed(world) && world.grants.every((grant) => windowState(grant.spec, now) === 'Expired');
}

/** Whether a grant names the person, or one did. One that was over before there was this person named another. */
export function wasNamed({ user, grants }: Pick<PersonWorld, 'user' | 'grants'>): boolean {
  if (user.status?.firstNamedTime !== undefined) return true;
  const made = parseTime(user.metadata.creationTimestamp) ?? 0;
  return grants.some(({ spec }) => spec.access === 'Enabled' && windowState(spec, made) !== 'Expired');
}

/** When the last of these grants ends; undefined where each has ended. */
export function lastEnd(grants: readonly SupportAccessGrant[], now: number): number | undefined {
  const last = Math.max(0, ...grants.map(({ spec }) => parseTime(spec.expirationTime) ?? 0));
  return last > now ? last : undefined;
}

/** When the object of a deactivated person is to be removed. Without a policy it is not known, and nothing is removed. */
export function removalTime(
  deactivation: Deactivation | undefined,
  policy: SupportAccessPolicy | undefined,
): number | undefined {
  const since = deactivation && parseTime(deactivation.startTime);
  if (since === undefined || policy === undefined) return undefined;
  const seconds = policy.spec.retention?.deactivatedUsersSeconds ?? defaults.deactivatedUsersSeconds;
  return since + seconds * 1000;
}
