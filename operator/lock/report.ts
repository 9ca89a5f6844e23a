/** The status of one SupportAccessLock; pure. It tells what the lock stops, and that a lock on a mistyped name stops nothing. */
import type { SupportAccessLock } from '../../crds/generated/support-access-lock.ts';
import { isOnPerson } from '../../crds/rules/locks.ts';
import { statusOf } from '../reporting/conditions.ts';
import type { Stopped } from './stopped.ts';

export type LockStatus = NonNullable<SupportAccessLock['status']>;

/** Ready from the first look: a request that comes after the lock was made is refused by reading the lock itself. */
export function lockStatus(lock: SupportAccessLock, stopped: Stopped, now: number): LockStatus {
  const message = messageOf(lock.metadata.name, stopped);
  const ready = { type: 'Ready', holds: true, reason: 'Enforced', message } as const;
  return { ...statusOf(lock, [ready], now), ...stopped };
}

function messageOf(name: string, { grants, sessions }: Stopped): string {
  if (grants === 0 && sessions === 0)
    return `It stops nothing now: no grant that is Enabled and no session is what ${name} names. If it was meant to stop one, see whether the name is right, and make another lock, for example "all"`;
  const ended = sessions === 0 ? 'every session has ended' : `${count(sessions, 'session')} not ended yet`;
  return `${isOnPerson(name) ? personKeptOut(grants) : `It keeps ${count(grants, 'grant')} closed`}; ${ended}`;
}

/** A lock on a person closes no grant to the others whom it names. */
const personKeptOut = (grants: number): string =>
  `It keeps one person out of ${count(grants, 'grant')}, which it does not close to others`;

const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`;
