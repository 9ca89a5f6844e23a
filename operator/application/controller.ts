/** How does one look at a SupportApplication go? Records what became of it and reports; it makes nothing. */

import type { SupportApplication } from '../../crds/generated/support-application.ts';
import { kinds } from '../../crds/kinds.ts';
import { policyName } from '../../crds/names.ts';
import type { Controller, ControllerContext } from '../watching/controller.ts';
import { Tombstones } from '../watching/tombstones.ts';
import { reportStatus } from '../writes/write-status.ts';
import { planApplication } from './plan.ts';

export function createApplicationController({ client, caches, trail, now }: ControllerContext): Controller {
  const tombstones = new Tombstones<SupportApplication>(caches.applications);
  return {
    name: 'application',
    async handle(uid, signal) {
      const found = tombstones.find(uid);
      if (found === undefined) return 'gone';
      const { metadata, spec } = found.object;
      const world = {
        ...found,
        policy: caches.policies.get(undefined, policyName),
        sameHost: caches.applications.byIndex('host', spec.host),
        service: caches.services.get(metadata.namespace, spec.serviceRef.name),
      };
      const plan = planApplication(world, now());
      await trail.record(plan.record, signal);
      if (found.gone) {
        tombstones.forget(uid);
        return 'gone';
      }
      const calls = { client, now, signal };
      await reportStatus(calls, kinds.SupportApplication, { seen: found.object, next: plan.status });
      return undefined;
    },
  };
}
