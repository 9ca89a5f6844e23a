/** Looks at one SupportAccessLock: records that it was made or lifted. Each grant closes for a lock by itself. */
import type { SupportAccessLock } from '../../crds/generated/support-access-lock.ts';
import type { Controller, ControllerContext, Handle } from '../watching/controller.ts';
import { Tombstones } from '../watching/tombstones.ts';
import { byUid, keysOf } from '../watching/watch.ts';
import { planLock } from './plan.ts';

export const lockController: Controller = {
  name: 'lock',
  watches: [{ collection: 'locks', indexes: { uid: byUid }, keysAfter: ({ object }) => keysOf([object]) }],
  firstKeys: ({ locks }) => keysOf(locks.list()),
  start: startLocks,
};

function startLocks({ caches, records, now }: ControllerContext): Handle {
  const tombstones = new Tombstones<SupportAccessLock>(caches.locks);
  // A lock has no status to remember by; after a restart it is recorded again and the records know its key.
  const recorded = new Set<string>();
  return async (uid, signal) => {
    const found = tombstones.find(uid);
    if (found === undefined) return 'gone';
    if (!found.gone && recorded.has(uid)) return undefined;
    const drafts = planLock({ lock: found.object, gone: found.gone }, now());
    await records.write({ drafts, mustBeDurable: true }, signal);
    if (!found.gone) {
      recorded.add(uid);
      return undefined;
    }
    recorded.delete(uid);
    tombstones.forget(uid);
    return 'gone';
  };
}
