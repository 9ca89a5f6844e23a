/** How does one look at a SupportAccessLock go? Records that it was made or lifted. Closing is the grants' own work. */
import type { SupportAccessLock } from '../../crds/generated/support-access-lock.ts';
import type { Controller, ControllerContext } from '../watching/controller.ts';
import { Tombstones } from '../watching/tombstones.ts';
import { planLock } from './plan.ts';

export function createLockController({ caches, trail, now }: ControllerContext): Controller {
  const tombstones = new Tombstones<SupportAccessLock>(caches.locks);
  // A lock has no status to remember by; after a restart it is told again and the records know its key.
  const told = new Set<string>();
  return {
    name: 'lock',
    async handle(uid, signal) {
      const found = tombstones.find(uid);
      if (found === undefined) return 'gone';
      if (!found.gone && told.has(uid)) return undefined;
      const drafts = planLock({ lock: found.object, gone: found.gone }, now());
      await trail.record({ drafts, mustBeDurable: true }, signal);
      if (!found.gone) {
        told.add(uid);
        return undefined;
      }
      told.delete(uid);
      tombstones.forget(uid);
      return 'gone';
    },
  };
}
