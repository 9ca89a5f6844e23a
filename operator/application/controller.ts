/** How does one look at a SupportApplication go? Records what became of it and reports; it makes nothing. */
import type { SupportApplication } from '../../crds/generated/support-application.ts';
import { kinds } from '../../crds/kinds.ts';
import type { Controller, Surroundings } from '../controller.ts';
import { Departed } from '../departed.ts';
import { reportStatus } from '../status-hands.ts';
import { planApplication } from './plan.ts';

export function createApplicationController({ client, caches, trail, now }: Surroundings): Controller {
  const departed = new Departed<SupportApplication>(caches.applications);
  return {
    name: 'application',
    async handle(uid, signal) {
      const found = departed.find(uid);
      if (found === undefined) return 'gone';
      const { metadata, spec } = found.object;
      const world = {
        ...found,
        policy: caches.policies.get(undefined, 'default'),
        sameHost: caches.applications.byIndex('host', spec.host),
        service: caches.services.get(metadata.namespace, spec.serviceRef.name),
      };
      const plan = planApplication(world, now());
      await trail.record(plan.facts, signal);
      if (found.gone) {
        departed.forget(uid);
        return 'gone';
      }
      const calls = { client, now, signal };
      await reportStatus(calls, kinds.SupportApplication, { seen: found.object, next: plan.status });
      return undefined;
    },
  };
}
