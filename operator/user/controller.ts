/** How does one look at a SupportUser go? Records what became of the person and reports; it makes nothing. */
import type { SupportUser } from '../../crds/generated/support-user.ts';
import { kinds } from '../../crds/kinds.ts';
import type { Controller, Surroundings } from '../controller.ts';
import { Departed } from '../departed.ts';
import { reportStatus } from '../status-hands.ts';
import { planUser } from './plan.ts';

export function createUserController({ client, caches, trail, now }: Surroundings): Controller {
  const departed = new Departed<SupportUser>(caches.users);
  return {
    name: 'user',
    async handle(uid, signal) {
      const found = departed.find(uid);
      if (found === undefined) return 'gone';
      const plan = planUser(found, now());
      await trail.record(plan.facts, signal);
      if (found.gone) {
        departed.forget(uid);
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
