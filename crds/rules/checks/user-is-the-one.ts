/** Is this person in the grant, and the same as when consent was given? A namesake with another UID is somebody else. */
import type { SupportUser } from '../../generated/support-user.ts';
import { present } from '../../object-meta.ts';
import { type Ask, type Check, type CheckResult, untilChanged } from '../ask.ts';

export const userIsTheOne = {
  name: 'userIsTheOne',
  entryPoints: ['sign-in', 'session', 'application'],
  check,
} as const satisfies Check;

function check(ask: Ask): CheckResult {
  const user = present(ask.user);
  if (user === undefined) return { reason: 'NoUser' };
  if (user.spec.access !== 'Enabled') return { reason: 'UserDisabled' };
  const { name, uid } = user.metadata;
  if (!ask.grant?.spec.userRefs.some((ref) => ref.name === name)) return { reason: 'UserNotNamed' };
  const pinned = ask.grant.status?.pins?.users.some((pin) => pin.name === name && pin.uid === uid);
  if (pinned !== true)
    return { reason: 'UserChanged', detail: `consent was not given to the user with UID ${uid}` };
  return signedInAs(user, ask)
    ? untilChanged
    : { reason: 'UserChanged', detail: "the session is somebody else's" };
}

/** Where there is a session, it must be this person's. */
function signedInAs(user: SupportUser, { session }: Ask): boolean {
  const spec = session?.object?.spec;
  if (spec === undefined) return true;
  return spec.userRef.uid === user.metadata.uid && spec.nameID === user.spec.nameID;
}
