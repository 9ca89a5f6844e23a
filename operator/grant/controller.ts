/** How does one look at a grant go? Finds it, or what is left of it, gathers its world and reconciles. */
import type { SupportAccessGrant } from '../../crds/generated/support-access-grant.ts';
import { kinds } from '../../crds/kinds.ts';
import { rememberedHash } from '../caches.ts';
import { createClusterHands } from '../cluster-hands.ts';
import type { Controller, Surroundings } from '../controller.ts';
import { Departed, type Found } from '../departed.ts';
import { reportStatus } from '../status-hands.ts';
import { grantAnnotation } from '../surfaces/marks.ts';
import { observeGrant } from './observe.ts';
import { reconcileGrant } from './reconcile.ts';
import type { GrantStatus, GrantWorld } from './world.ts';

export function createGrantController(around: Surroundings): Controller {
  const { client, caches, trail, now } = around;
  const departed = new Departed<SupportAccessGrant>(caches.grants);
  const views = { ...caches, identitiesNamespace: around.identitiesNamespace, hashOf: rememberedHash() };
  return {
    name: 'grant',
    async handle(uid, signal) {
      const found = departed.find(uid) ?? leftOvers(uid, around);
      if (found === undefined) return 'gone';
      const calls = { client, now, signal };
      const status = {
        report: async ({ gone }: GrantWorld, next: GrantStatus) => {
          if (!gone) await reportStatus(calls, kinds.SupportAccessGrant, { seen: found.object, next });
        },
      };
      const hands = { clock: { now }, cluster: createClusterHands(calls), trail, status };
      const world = observeGrant({ grant: found.object, gone: found.gone }, views);
      const lookAgainAt = await reconcileGrant(world, hands);
      if (!found.gone || lookAgainAt !== undefined) return lookAgainAt;
      departed.forget(uid);
      return 'gone';
    },
  };
}

/** A grant of which only objects are left: it ended while no operator ran. What they say of its name is for people. */
function leftOvers(uid: string, { caches }: Surroundings): Found<SupportAccessGrant> | undefined {
  const [left] = [...caches.accounts.byIndex('grant', uid), ...caches.bindings.byIndex('grant', uid)];
  if (left === undefined) return undefined;
  const [namespace = 'unknown', name = 'unknown'] = (
    left.metadata.annotations?.[grantAnnotation] ?? ''
  ).split('/');
  const { kind, group, version } = kinds.SupportAccessGrant;
  const object: SupportAccessGrant = {
    apiVersion: `${group}/${version}`,
    kind,
    metadata: {
      uid,
      namespace: namespace || 'unknown',
      name: name || 'unknown',
      resourceVersion: '',
      creationTimestamp: left.metadata.creationTimestamp ?? '',
    },
    spec: { access: 'Disabled', userRefs: [], matrixRef: { name: 'unknown' }, expirationTime: '' },
  };
  return { object, gone: true };
}
