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

const remembered = 4096;

/**
 * Names of locks on one sort of target. Built names are kept: making the names of three locks anew took a third of the
 * time of a whole decision. Only a memory: it is emptied when it is full.
 */
class LockNames {
  readonly #prefix: string;
  readonly #names = new Map<string, string>();

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  of(target: string): string {
    const known = this.#names.get(target);
    if (known !== undefined) return known;
    if (this.#names.size >= remembered) this.#names.clear();
    const name = `${this.#prefix}.${target}`;
    this.#names.set(target, name);
    return name;
  }
}

const onNamespaces = new LockNames('ns');
const onGrants = new LockNames('grant');
const onUsers = new LockNames('user');

export const lockOnNamespace = (namespace: string): string => onNamespaces.of(namespace);
export const lockOnGrant = (uid: string): string => onGrants.of(uid);
export const lockOnUser = (uid: string): string => onUsers.of(uid);

/** Whether a lock of that name stops one person only, and a grant of several stays open to the others. */
export const isOnPerson = (name: string): boolean => name.startsWith('user.');

/**
 * The annotation in which a lock that the plugin makes says whom or what it stops, by name: its own name has only a UID, and
 * its target may be gone when it is lifted. For people; nothing is decided by it.
 */
export const lockedName = 'supportaccess.dev/locked';

/** The names of all locks that could stop an ask: each must be read, one by one, before anything is allowed. */
export function lockNamesFor({ namespace, grantUid, userUid }: LockTargets): string[] {
  const names = [lockOnAll, lockOnNamespace(namespace), lockOnGrant(grantUid)];
  if (userUid !== undefined) names.push(lockOnUser(userUid));
  return names;
}
