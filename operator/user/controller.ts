/** How does one look at a SupportUser go? Records what became of the person and reports; it makes nothing. */
import type { SupportUser } from '../../crds/generated/support-user.ts';
import { kinds } from '../../crds/kinds.ts';
import type { Controller, ControllerContext } from '../watching/controller.ts';
import { Tombstones } from '../watching/tombstones.ts';
import { reportStatus } from '../writes/write-status.ts';
import { planUser } from './plan.ts';

export function createUserController({ client, caches, trail, now }: ControllerContext): Controller {
  const tombstones = new Tombstones<SupportUser>(caches.users);
  return {
    name: 'user',
    async handle(uid, signal) {
      const found = tombstones.find(uid);
      if (found === undefined) return 'gone';
      const plan = planUser(found, now());
      await trail.record(plan.record, signal);
      if (found.gone) {
        tombstones.forget(uid);
        return 'gone';
      }
      await reportStatus({ client, now, signal }, kinds.SupportUser, {
        seen: found.object,
        next: plan.status,
      });
      return undefined;
    },
  };
}
