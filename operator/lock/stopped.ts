/** What does a lock stop? Asked of the rule by which every request looks for locks, so that both say the same. */
import type { SupportAccessGrant } from '../../crds/generated/support-access-grant.ts';
import type { SupportSession } from '../../crds/generated/support-session.ts';
import type { SupportUser } from '../../crds/generated/support-user.ts';
import { lockNamesFor } from '../../crds/rules/locks.ts';
import { windowState } from '../../crds/rules/time/schedule.ts';

/** How much a lock stops now. */
export interface Stopped {
  /** Grants that are Enabled and not over, which it keeps closed: to all of their people, or to the one whom it names. */
  readonly grants: number;
  /** Sessions that have not ended yet; each of their requests is refused. */
  readonly sessions: number;
}

export interface Stoppable {
  readonly grants: readonly SupportAccessGrant[];
  readonly sessions: readonly SupportSession[];
  /** The person of that name, as far as there is one. */
  readonly user: (name: string) => SupportUser | undefined;
}

/** Counts what the lock of that name concerns. */
export function stoppedBy(lock: string, { grants, sessions, user }: Stoppable, now: number): Stopped {
  const concerns = (namespace: string, grantUid: string, userUid: string | undefined): boolean =>
    lockNamesFor({ namespace, grantUid, userUid }).includes(lock);
  const closed = grants.filter(({ metadata, spec }) => {
    const { namespace = '', uid } = metadata;
    if (spec.access !== 'Enabled' || windowState(spec, now) === 'Expired') return false;
    return spec.userRefs.some(({ name }) => concerns(namespace, uid, user(name)?.metadata.uid));
  });
  const refused = sessions.filter(({ metadata: { namespace = '' }, spec }) =>
    concerns(namespace, spec.grantRef.uid, spec.userRef.uid),
  );
  return { grants: closed.length, sessions: refused.length };
}
