/** How does one look at a grant go? Finds it, or what is left of it, gathers its world and reconciles. */
import type { SupportAccessGrant } from '../../crds/generated/support-access-grant.ts';
import { kinds } from '../../crds/kinds.ts';
import { grantAnnotation } from '../outputs/marks.ts';
import { rememberedClusterRoleState } from '../rbac/cluster-role.ts';
import { rememberedHash } from '../watching/caches.ts';
import type { Controller, ControllerContext } from '../watching/controller.ts';
import { type Found, Tombstones } from '../watching/tombstones.ts';
import { createPlanWriter } from '../writes/apply-plan.ts';
import type { Calls } from '../writes/calls.ts';
import type { RecordWriter } from '../writes/write-records.ts';
import { reportStatus } from '../writes/write-status.ts';
import { observeGrant } from './observe.ts';
import { PlanMemo } from './plan-memo.ts';
import { type GrantWriters, reconcileGrant } from './reconcile.ts';
import type { GrantWorld } from './world.ts';

export function createGrantController(around: ControllerContext): Controller {
  const { client, caches, trail, now } = around;
  const tombstones = new Tombstones<SupportAccessGrant>(caches.grants);
  const views = {
    ...caches,
    identitiesNamespace: around.identitiesNamespace,
    hashOf: rememberedHash(),
    clusterRoleState: rememberedClusterRoleState(),
  };
  const memo = new PlanMemo();
  return {
    name: 'grant',
    async handle(uid, signal) {
      const found = tombstones.find(uid) ?? leftOvers(uid, around);
      if (found === undefined) return 'gone';
      const world = observeGrant({ grant: found.object, gone: found.gone }, views);
      const calm = memo.find(world, now());
      if (calm !== undefined) return calm.lookAgainAt;
      const writers = handsFor({ client, now, signal }, trail, world);
      const from = now();
      const lookAgainAt = await reconcileGrant(world, writers);
      if (!found.gone) {
        if (!writers.acted()) memo.keep(world, from, lookAgainAt);
        return lookAgainAt;
      }
      memo.forget(uid);
      if (lookAgainAt !== undefined) return lookAgainAt;
      tombstones.forget(uid);
      return 'gone';
    },
  };
}

/** Hands that also know whether they did anything. */
function handsFor(
  calls: Calls,
  trail: RecordWriter,
  { grant: seen }: GrantWorld,
): GrantWriters & { acted(): boolean } {
  const cluster = createPlanWriter(calls);
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
      record: async (drafts) => {
        acted ||= drafts.drafts.length > 0;
        return trail.record(drafts, calls.signal);
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
function leftOvers(uid: string, { caches }: ControllerContext): Found<SupportAccessGrant> | undefined {
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
