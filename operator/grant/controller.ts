/** Looks at one grant: finds it, or what is left of it, gathers its world and reconciles. */
import { isDeepStrictEqual } from 'node:util';
import { isSupportAccessError } from '../../crds/errors.ts';
import type { SupportAccessGrant } from '../../crds/generated/support-access-grant.ts';
import type { SupportAccessPolicy } from '../../crds/generated/support-access-policy.ts';
import { grantAnnotation } from '../../crds/identities.ts';
import { kinds } from '../../crds/kinds.ts';
import { policyName } from '../../crds/names.ts';
import { conditionOf } from '../../crds/rules/conditions.ts';
import type { KubeObject } from '../../kube/objects.ts';
import { isAccountOf } from '../outputs/account.ts';
import { isOrphanedBinding } from '../outputs/binding.ts';

import { rememberedClusterRoleState } from '../rbac/cluster-role.ts';
import type { RoleBinding } from '../rbac/rbac-objects.ts';
import { recordsUnavailable, withRecordsUnavailable } from '../reporting/records-unavailable.ts';
import { requesterStatus } from '../reporting/requester.ts';
import type { Controller, ControllerContext, Handle } from '../watching/controller.ts';
import { type LastKnown, Tombstones } from '../watching/tombstones.ts';
import { followChanges } from '../watching/triggers.ts';
import { keysOf } from '../watching/watch.ts';
import { createPlanWriter } from '../writes/apply-plan.ts';
import { type Calls, reportStatus } from '../writes/calls.ts';
import type { RecordWriter } from '../writes/write-records.ts';
import { Closings } from './closings.ts';
import { type GrantViews, observeGrant } from './observe.ts';
import { planGrant } from './plan.ts';
import { PlanMemo, rememberedHash } from './plan-memo.ts';
import { type GrantWriters, reconcileGrant } from './reconcile.ts';
import { RestoredWorlds, unknownAgainAfterMs } from './restored.ts';
import { watches } from './watches.ts';
import type { GrantStatus, GrantWorld } from './world.ts';

export const grantController: Controller = {
  name: 'grant',
  watches,
  firstKeys: ({ grants }) => keysOf(grants.list()),
  start: startGrants,
};

function startGrants(context: ControllerContext): Handle {
  const { client, caches, records, now } = context;
  const tombstones = new Tombstones<SupportAccessGrant>(caches.grants);
  const views = {
    ...caches,
    identitiesNamespace: context.identitiesNamespace,
    releaseNamespace: context.releaseNamespace,
    hashOf: rememberedHash(),
    clusterRoleState: rememberedClusterRoleState(),
  };
  const memo = new PlanMemo();
  context.reach.onChange(() => {
    if (context.reach.problem() !== undefined) return;
    for (const { metadata, status } of caches.grants.list()) {
      const waits = conditionOf(status?.conditions, recordsUnavailable) !== undefined;
      if (waits) context.enqueue('grant', metadata.uid, 'normal');
    }
  });
  const closings = followedClosings(context, views);
  const restoredWorlds = new RestoredWorlds({
    restoredIn: (world, signal) => records.restoredIn(world, signal),
    now,
    ...(context.isAfterRestore === true ? { isAfterRestore: true } : {}),
  });
  return async (uid, signal) => {
    const found = tombstones.find(uid) ?? grantOfOrphans(uid, context);
    if (found === undefined) return 'gone';
    const seen = observeGrant({ grant: found.object, gone: found.gone }, views);
    const known = { ...seen, closings: closings.of(found.object), restored: restoredWorlds.last(uid) };
    const unchanged = memo.find(known, now());
    if (unchanged !== undefined) return unchanged.lookAgainAt;
    const from = now();
    const calls = { client, now, signal };
    const closeFirst = () => createPlanWriter(calls).remove(planGrant(known, from).remove);
    const { restored, unanswered } = await restoredWorlds.look(known, { closeFirst, signal });
    const world = { ...known, restored };
    const writing = { records, closings, restoredWorlds, unanswered };
    const { lookAgainAt, acted } = await reconcileGrant(world, writersFor(calls, world, writing));
    if (!found.gone) {
      if (unanswered !== undefined)
        return Math.min(lookAgainAt ?? Number.POSITIVE_INFINITY, from + unknownAgainAfterMs);
      if (!acted) memo.keep(world, from, lookAgainAt);
      return lookAgainAt;
    }
    memo.forget(uid);
    restoredWorlds.forget(uid);
    closings.forget(uid);
    if (lookAgainAt !== undefined) return lookAgainAt;
    tombstones.forget(uid);
    return 'gone';
  };
}

/** Follows every change itself, before the queue does: there those of one grant are merged. */
function followedClosings(context: ControllerContext, views: GrantViews): Closings {
  const { grants } = context.caches;
  const closings = new Closings({
    now: context.now,
    worldOf(uid) {
      const [grant] = grants.byIndex('uid', uid);
      return grant && observeGrant({ grant, gone: false }, views);
    },
  });
  for (const { metadata } of grants.list()) closings.notice(metadata.uid);
  followChanges([{ name: 'grant', watches }], context, (_, uid) => closings.notice(uid));
  return closings;
}

interface Writing {
  readonly records: RecordWriter;
  readonly closings: Closings;
  readonly restoredWorlds: RestoredWorlds;
  /** Why it is unknown whether the world is from a backup; nothing is opened by such a one. */
  readonly unanswered: Error | undefined;
}

/** Of a grant that waits for the records nothing else is reported: its last report is where the records go on. */
async function reportWaiting(seen: SupportAccessGrant, calls: Calls, cause: unknown): Promise<void> {
  const conditions = withRecordsUnavailable(seen, { cause, now: calls.now() });
  const next = { ...seen.status, conditions } as NonNullable<SupportAccessGrant['status']>;
  await reportStatus(calls, kinds.SupportAccessGrant, { seen, next });
}

/** The writers of one reconcile. Of a grant that is gone there is no status to write. */
function writersFor(calls: Calls, world: GrantWorld, writing: Writing): GrantWriters {
  const { records, closings, restoredWorlds, unanswered } = writing;
  const send: GrantWriters['records']['write'] = async (drafts, isOpening) => {
    if (isOpening && unanswered !== undefined) throw unanswered;
    return records.write(drafts, calls.signal);
  };
  return {
    clock: { now: calls.now },
    cluster: createPlanWriter(calls),
    records: {
      write: (drafts, isOpening) =>
        send(drafts, isOpening).catch(async (error: unknown) => {
          if (isOlderWorld(error)) restoredWorlds.forget(world.grant.metadata.uid);
          if (!world.gone && isSupportAccessError(error)) await reportWaiting(world.grant, calls, error);
          throw error;
        }),
    },
    status: {
      report: async ({ grant: seen, gone, policy }, planned) => {
        if (gone) return false;
        if (endsForLength(seen, planned)) await confirmPolicy(calls, policy);
        const next = { ...planned, ...requesterStatus(seen, records.requesterOf) };
        return closings.writing(seen, (how) =>
          reportStatus(calls, kinds.SupportAccessGrant, { seen, next, ...how }),
        );
      },
    },
  };
}

/** The records know more by now than when they were asked. */
function isOlderWorld(error: unknown): boolean {
  return isSupportAccessError(error, 'records_older') || isSupportAccessError(error, 'records_rolled_back');
}

function endsForLength({ status }: SupportAccessGrant, { consentEnded }: GrantStatus): boolean {
  return (
    consentEnded?.reason === 'DurationOutOfBounds' && !isDeepStrictEqual(consentEnded, status?.consentEnded)
  );
}

/**
 * What ends a consent for good must be so. The copies of grants and of policies lag on their own: who raises the longest
 * duration and then makes a longer grant would find it ended by the policy of before. Of the grant, the write is the proof.
 */
async function confirmPolicy(
  { client, signal }: Calls,
  policy: SupportAccessPolicy | undefined,
): Promise<void> {
  const { metadata } = await client.get(kinds.SupportAccessPolicy, { name: policyName }, { signal });
  if (metadata.resourceVersion !== policy?.metadata.resourceVersion)
    throw new Error('the copy of the policy is not the newest; the grant is judged again');
}

function orphanedBindings(
  bindings: readonly RoleBinding[],
  grantUid: string,
  identities: KubeObject | undefined,
): readonly RoleBinding[] {
  const owner = identities?.metadata.uid;
  return bindings.filter(({ metadata }) => isOrphanedBinding(metadata, { grantUid, owner }));
}

/**
 * A grant of which only orphans are left: it was deleted while no operator ran. A binding lies in its grant's namespace;
 * what an annotation says of the grant is for people alone, and nothing is decided by it.
 */
function grantOfOrphans(
  uid: string,
  { caches, identitiesNamespace }: ControllerContext,
): LastKnown<SupportAccessGrant> | undefined {
  const identities = caches.identities.get(undefined, identitiesNamespace);
  const [left] = orphanedBindings(caches.bindings.byIndex('grant', uid), uid, identities);
  const accounts = caches.accounts.byIndex('grant', uid).filter(({ metadata }) => isAccountOf(metadata, uid));
  const [orphan] = left === undefined ? accounts : [left];
  if (orphan === undefined) return undefined;
  const told = (orphan.metadata.annotations?.[grantAnnotation] ?? '').split('/');
  const [namespace, name] = [left?.metadata.namespace ?? told[0], told[1]];
  const { kind, group, version } = kinds.SupportAccessGrant;
  const object: SupportAccessGrant = {
    apiVersion: `${group}/${version}`,
    kind,
    metadata: {
      uid,
      namespace: namespace || 'unknown',
      name: name || 'unknown',
      resourceVersion: '',
      creationTimestamp: orphan.metadata.creationTimestamp ?? '',
    },
    spec: { access: 'Disabled', userRefs: [], matrixRef: { name: 'unknown' }, expirationTime: '' },
  };
  return { object, gone: true };
}
