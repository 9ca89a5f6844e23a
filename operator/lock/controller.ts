/**
 * Looks at one SupportAccessLock: records that it was made or lifted, and reports what it stops. Each grant closes for a lock
 * by itself.
 */
import { isSupportAccessError } from '../../crds/errors.ts';
import type { SupportAccessGrant } from '../../crds/generated/support-access-grant.ts';
import type { SupportAccessLock } from '../../crds/generated/support-access-lock.ts';
import type { SupportSession } from '../../crds/generated/support-session.ts';
import { kinds } from '../../crds/kinds.ts';
import { lockNamesFor, lockOnUser } from '../../crds/rules/locks.ts';
import { changesSpecOrLife } from '../../kube/watch/metadata-change.ts';
import type { RecordDraft } from '../reporting/record-drafts.ts';
import type { Caches } from '../watching/collections.ts';
import type { Controller, ControllerContext, Handle } from '../watching/controller.ts';
import { type LastKnown, Tombstones } from '../watching/tombstones.ts';
import { byUid, type Key, keysOf } from '../watching/watch.ts';
import { reportStatus } from '../writes/calls.ts';
import { liftedUnseen, planLock } from './plan.ts';
import { lockStatus } from './report.ts';
import { stoppedBy } from './stopped.ts';

const all = ({ locks }: Caches): Key[] => keysOf(locks.list());

export const lockController: Controller = {
  name: 'lock',
  watches: [
    { collection: 'locks', indexes: { uid: byUid }, keysAfter: ({ object }) => keysOf([object]) },
    {
      collection: 'grants',
      // Its status too: that is how the end of a grant's time is told.
      keysAfter: ({ object, old = object }, { caches }) =>
        keysOf(
          locksNamed(
            [object, old].flatMap((one) => locksOnGrant(one, caches)),
            caches,
          ),
        ),
    },
    {
      collection: 'sessions',
      // When it was last active stands in its status, which each of a thousand sessions writes every minute.
      keysAfter: (change, { caches }) =>
        changesSpecOrLife(change) ? keysOf(locksNamed(locksOnSession(change.object), caches)) : [],
    },
    {
      collection: 'users',
      keysAfter: ({ object, old = object }, { caches }) =>
        keysOf(
          locksNamed(
            [object, old].map(({ metadata }) => lockOnUser(metadata.uid)),
            caches,
          ),
        ),
    },
  ],
  firstKeys: all,
  start: startLocks,
};

/** The names that locks on a grant and on its people would have: a write of one grant must not keep every lock busy. */
function locksOnGrant({ metadata, spec }: SupportAccessGrant, { users }: Caches): string[] {
  const { namespace = '', uid: grantUid } = metadata;
  const people = spec.userRefs.map(({ name }) => users.get(undefined, name)?.metadata.uid);
  return [undefined, ...people].flatMap((userUid) => lockNamesFor({ namespace, grantUid, userUid }));
}

const locksOnSession = ({ metadata: { namespace = '' }, spec }: SupportSession): string[] =>
  lockNamesFor({ namespace, grantUid: spec.grantRef.uid, userUid: spec.userRef.uid });

function locksNamed(names: readonly string[], { locks }: Caches): SupportAccessLock[] {
  return [...new Set(names)].flatMap((name) => locks.get(undefined, name) ?? []);
}

function startLocks(context: ControllerContext): Handle {
  const { caches, records, now } = context;
  const tombstones = new Tombstones<SupportAccessLock>(caches.locks);
  // Its status must not say what was recorded, since it waits for no record; after a restart the records know the key.
  const recorded = new Set<string>();
  const record = async (
    { object, gone }: LastKnown<SupportAccessLock>,
    signal: AbortSignal,
  ): Promise<void> => {
    const { uid } = object.metadata;
    if (!gone && recorded.has(uid)) return;
    const write = (drafts: RecordDraft[]) => records.write({ drafts, mustBeDurable: true }, signal);
    await write(planLock({ lock: object, gone }, now())).catch((error: unknown) => {
      if (!gone || !isSupportAccessError(error, 'records_older')) throw error;
      return write(liftedUnseen(object, now()));
    });
    if (!gone) recorded.add(uid);
  };
  return async (uid, signal) => {
    const found = tombstones.find(uid);
    if (found === undefined) return 'gone';
    const told = found.gone ? Promise.resolve() : report(found.object, context, signal);
    // neither waits for the other: records that are full and a status that is refused are two misfortunes
    for (const done of await Promise.allSettled([told, record(found, signal)]))
      if (done.status === 'rejected') throw done.reason;
    if (!found.gone) return undefined;
    recorded.delete(uid);
    tombstones.forget(uid);
    return 'gone';
  };
}

async function report(
  seen: SupportAccessLock,
  { client, caches, now }: Pick<ControllerContext, 'client' | 'caches' | 'now'>,
  signal: AbortSignal,
): Promise<void> {
  const [grants, sessions] = [caches.grants.list(), caches.sessions.list()];
  const user = (name: string) => caches.users.get(undefined, name);
  const stopped = stoppedBy(seen.metadata.name, { grants, sessions, user }, now());
  const next = lockStatus(seen, stopped, now());
  await reportStatus({ client, signal }, kinds.SupportAccessLock, { seen, next });
}
