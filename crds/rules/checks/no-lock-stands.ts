/** Is everything that could be locked unlocked? A lock that was not read counts as unreadable, never as absent. */
import { type Ask, type Check, type CheckResult, type Objection, untilChanged } from '../ask.ts';
import { type LockReading, lockNamesFor } from '../locks.ts';

export const noLockStands = {
  name: 'noLockStands',
  entryPoints: [
    'opening',
    'person',
    'anonymous',
    'sign-in',
    'session',
    'application',
    'kube-api',
    'kubernetes',
  ],
  check,
} as const satisfies Check;

function check({ grant, user, session, locks }: Ask): CheckResult {
  if (grant?.metadata.namespace === undefined) return { reason: 'NoGrant' };
  const { namespace, uid: grantUid } = grant.metadata;
  // the session's UID first: the user of that name may be another one by now, and the lock is on the person
  const userUid = session?.object?.spec.userRef.uid ?? user?.metadata.uid;
  return standing(locks, lockNamesFor({ namespace, grantUid, userUid })) ?? untilChanged;
}

/** A lock that stands, or else one that could not be read. */
function standing(locks: LockReading, names: readonly string[]): Objection | undefined {
  let unread: string | undefined;
  for (const name of names) {
    const reading = locks.get(name);
    if (reading === 'present') return { reason: 'Locked', detail: standingLock(name) };
    if (reading !== 'absent') unread ??= name;
  }
  if (unread === undefined) return undefined;
  return {
    reason: 'LockUnreadable',
    detail: `It could not be read whether there is a SupportAccessLock ${unread}, so access stays closed; it is read again by itself. If that lasts, see that the API server can be reached.`,
  };
}

function standingLock(name: string): string {
  return `SupportAccessLock ${name} exists; access stays closed until it is lifted.`;
}
