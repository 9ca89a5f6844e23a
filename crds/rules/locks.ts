/** Which locks could stop this, by name? Says what must be read; it must not take "not read" for "not there". */

/** What was read of each lock; a name that is missing could not be read. */
export type LockReading = ReadonlyMap<string, 'absent' | 'present'>;

/** What a lock may be aimed at. */
export interface LockTargets {
  readonly namespace: string;
  readonly grantUid: string;
  readonly userUid?: string | undefined;
}

/** The name of the lock that stops everything. */
export const lockOnAll = 'all';

export const lockOnNamespace = (namespace: string): string => `ns.${namespace}`;
export const lockOnGrant = (uid: string): string => `grant.${uid}`;
export const lockOnUser = (uid: string): string => `user.${uid}`;

/** The names of all locks that could stop an ask: each must be read, one by one, before anything is allowed. */
export function lockNamesFor({ namespace, grantUid, userUid }: LockTargets): string[] {
  const names = [lockOnAll, lockOnNamespace(namespace), lockOnGrant(grantUid)];
  return userUid === undefined ? names : [...names, lockOnUser(userUid)];
}
