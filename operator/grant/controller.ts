/** How does one look at a grant go? Finds it, or what is left of it, gathers its world and reconciles. */
import type { SupportAccessGrant } from '../../crds/generated/support-access-grant.ts';
import { kinds } from '../../crds/kinds.ts';
import { rememberedHash } from '../caches.ts';
import type { Calls } from '../calls.ts';
import { createClusterHands } from '../cluster-hands.ts';
import type { Controller, Surroundings } from '../controller.ts';
import { Departed, type Found } from '../departed.ts';
import { reportStatus } from '../status-hands.ts';
import { grantAnnotation } from '../surfaces/marks.ts';
import type { TrailHands } from '../trail-hands.ts';
import { rememberedClusterRoleState } from './cluster-role.ts';
import { observeGrant } from './observe.ts';
import { type Hands, reconcileGrant } from './reconcile.ts';
import { Settled } from './settled.ts';
import type { GrantWorld } from './world.ts';

export function createGrantController(around: Surroundings): Controller {
  const { client, caches, trail, now } = around;
  const departed = new Departed<SupportAccessGrant>(caches.grants);
  const views = {
    ...caches,
    identitiesNamespace: around.identitiesNamespace,
    hashOf: rememberedHash(),
    clusterRoleState: rememberedClusterRoleState(),
  };
  const settled = new Settled();
  return {
    name: 'grant',
    async handle(uid, signal) {
      const found = departed.find(uid) ?? leftOvers(uid, around);
      if (found === undefined) return 'gone';
      const world = observeGrant({ grant: found.object, gone: found.gone }, views);
      const calm = settled.find(world, now());
      if (calm !== undefined) return calm.lookAgainAt;
      const hands = handsFor({ client, now, signal }, trail, world);
      const from = now();
      const lookAgainAt = await reconcileGrant(world, hands);
      if (!found.gone) {
        if (!hands.acted()) settled.keep(world, from, lookAgainAt);
        return lookAgainAt;
      }
      settled.forget(uid);
      if (lookAgainAt !== undefined) return lookAgainAt;
      departed.forget(uid);
      return 'gone';
    },
  };
}

/** Hands that also know whether they did anything. */
function handsFor(
  calls: Calls,
  trail: TrailHands,
  { grant: seen }: GrantWorld,
): Hands & { acted(): boolean } {
  const cluster = createClusterHands(calls);
  let acted = false;
  return {
    acted: () => acted,
    clock: { now: calls.now },
    cluster: {
      remove: async (objects) => {
        acted ||= objects.length > 0;
        await cluster.remove(objects);
      },
      apply: async (writes) => {
        acted ||= writes.length > 0;
        return cluster.apply(writes);
      },
    },
    trail: {
      record: async (facts) => {
        acted ||= facts.facts.length > 0;
        return trail.record(facts, calls.signal);
      },
    },
    status: {
      report: async ({ gone }, next) => {
        if (gone) return;
        const wrote = await reportStatus(calls, kinds.SupportAccessGrant, { seen, next });
        acted ||= wrote;
      },
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
