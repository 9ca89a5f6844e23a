/** An opening as the operator reports it, with ids that follow from UIDs so that a session can be made that fits. */
import { createHash } from 'node:crypto';
import type { SupportSession } from '../../../crds/generated/support-session.ts';
import type { SupportUser } from '../../../crds/generated/support-user.ts';
import { type Opening, type SwitchedObjects, versionsOf } from '../../../crds/rules/opening.ts';

/** The id that the opening of an object with this UID has. */
export function openingIdOf(uid: string): string {
  return createHash('sha256').update(uid).digest('hex').slice(0, 32);
}

/** The opening of this grant to these people, judged from these objects. */
export function anOpening(judged: SwitchedObjects, users: readonly SupportUser[]): Opening {
  const { spec, metadata } = judged.grant;
  return {
    id: openingIdOf(metadata.uid),
    ...(spec.startTime === undefined ? {} : { startTime: spec.startTime }),
    expirationTime: spec.expirationTime,
    ...versionsOf(judged, []),
    people: users.map(({ metadata: { name, uid, generation = 0 } }) => ({
      name,
      uid,
      id: openingIdOf(uid),
      generation,
    })),
  };
}

/** The opening that a session of this person under this grant belongs to. */
export function openingFor(
  grantUid: string,
  userUid: string,
): NonNullable<SupportSession['spec']['opening']> {
  return { id: openingIdOf(grantUid), personId: openingIdOf(userUid) };
}
