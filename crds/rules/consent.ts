/**
 * What ends a consent for good? Some objections could be lifted by a change that only narrows, and narrowing needs no
 * right to open: an editor could shorten a grant that is too long, or take out the person who keeps it closed. So where
 * one of these stands while consent is given, that consent is over, and only a higher `spec.consent` gives it anew.
 */
import { defaults } from '../defaults.ts';
import type { SupportAccessGrant } from '../generated/support-access-grant.ts';
import type { SupportAccessPolicy } from '../generated/support-access-policy.ts';
import type { SupportUser } from '../generated/support-user.ts';
import { present } from '../object-meta.ts';
import type { Objection } from './ask.ts';
import { type InstallationId, otherInstallation } from './installation.ts';
import { lengthObjection, windowState } from './time/schedule.ts';

/** What a consent is judged by: the grant as it is about to be reported, and those of its people who exist. */
export interface ConsentWorld {
  readonly grant: SupportAccessGrant;
  readonly policy?: SupportAccessPolicy | undefined;
  readonly people: readonly SupportUser[];
  readonly installation?: InstallationId | undefined;
  readonly now: number;
}

/** THE list: what ends a consent, asked each time, also while something else keeps the grant closed. */
const ends: readonly ((world: ConsentWorld) => Objection | undefined)[] = [toAnother, tooLong, madeAnew];

/** Why the consent that is given now has to end; undefined where it may stand, or where none is given. */
export function consentEndedBy(world: ConsentWorld): Objection | undefined {
  if (world.grant.spec.access !== 'Enabled') return undefined;
  for (const objectionOf of ends) {
    const objection = objectionOf(world);
    if (objection !== undefined) return objection;
  }
  return undefined;
}

/** The number of the consent that is given now; the API server gives a grant that has none the same. */
export function consentOf({ spec }: SupportAccessGrant): number {
  return spec.consent ?? defaults.consent;
}

/** The objection to a window that is longer than the policy allows. An expired one is no consent any more. */
export function tooLong({ grant, policy, now }: Omit<ConsentWorld, 'people'>): Objection | undefined {
  const { spec, metadata } = grant;
  if (windowState(spec, now) === 'Expired') return undefined;
  const length = lengthObjection(spec, present(policy)?.spec.duration, metadata.creationTimestamp);
  if (length?.kind !== 'TooLong') return undefined;
  const remedy = 'Write an earlier one, and raise spec.consent to consent again.';
  return {
    reason: 'DurationOutOfBounds',
    detail: `spec.expirationTime is too late: ${length.message}. ${remedy}`,
  };
}

/** One namesake of a person who was consented to closes the whole grant: what else was changed with it is not known. */
export function madeAnew({ people, grant }: Pick<ConsentWorld, 'people' | 'grant'>): Objection | undefined {
  const pins = grant.status?.pins?.users ?? [];
  const other = people.find(({ metadata: { name, uid } }) =>
    pins.some((pin) => pin.name === name && pin.uid !== uid),
  );
  return other && changedUser(other);
}

/**
 * Consent to an installation that is gone is over, with the number that is found: one that was raised while no installation
 * was there to ask for the right to `open` counts no more than the one before. Without any, nothing is ended yet.
 */
function toAnother({ grant, installation }: ConsentWorld): Objection | undefined {
  const detail = installation && otherInstallation(grant, installation);
  return detail === undefined ? undefined : { reason: 'InstallationChanged', detail };
}

/** The objection to a person who is not the one that was consented to. */
export function changedUser({ metadata: { name, uid } }: SupportUser): Objection {
  const who = `Consent was not given to SupportUser ${name} with UID ${uid}`;
  return { reason: 'UserChanged', detail: `${who}; raise spec.consent to consent to it.` };
}
