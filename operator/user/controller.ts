/** Looks at one SupportUser: records what became of the person, reports it, and removes whose retention time has passed. */
import { citationsOf } from '../../crds/audit/citation.ts';
import type { SupportUser } from '../../crds/generated/support-user.ts';
import { kinds } from '../../crds/kinds.ts';
import { policyName } from '../../crds/names.ts';
import { present } from '../../crds/object-meta.ts';
import { isConflict, isNotFound } from '../../kube/errors.ts';
import { changesSpecOrLife } from '../../kube/watch/metadata-change.ts';
import { requesterStatus } from '../reporting/requester.ts';
import type { Caches } from '../watching/collections.ts';
import type { Controller, ControllerContext, Handle } from '../watching/controller.ts';
import { type LastKnown, Tombstones } from '../watching/tombstones.ts';
import { byUid, keysOf } from '../watching/watch.ts';
import { reportStatus } from '../writes/calls.ts';
import { againAfterMs, planUser, type UserWorld } from './plan.ts';

export const userController: Controller = {
  name: 'user',
  watches: [
    { collection: 'users', indexes: { uid: byUid }, keysAfter: ({ object }) => keysOf([object]) },
    {
      collection: 'policies',
      keysAfter: (change, { caches }) => (changesSpecOrLife(change) ? keysOf(caches.users.list()) : []),
    },
    {
      // By the index `user` of the grants' own controller. When a window ends, the person's own time says it.
      collection: 'grants',
      keysAfter(change, { caches }) {
        if (!changesSpecOrLife(change)) return [];
        const named = [change.object, change.old ?? change.object].flatMap(({ spec }) => spec.userRefs);
        const names = new Set(named.map(({ name }) => name));
        return keysOf([...names].flatMap((name) => caches.users.get(undefined, name) ?? []));
      },
    },
  ],
  firstKeys: ({ users }) => keysOf(users.list()),
  start: startUsers,
};

function startUsers(context: ControllerContext): Handle {
  const { client, caches, records, now, surely, nearMisses, enqueue, clockAgreement } = context;
  nearMisses?.onChange((names) => {
    for (const name of names) {
      const user = caches.users.get(undefined, name);
      if (user !== undefined) enqueue('user', user.metadata.uid, 'normal');
    }
  });
  const tombstones = new Tombstones<SupportUser>(caches.users);
  return async (uid, signal) => {
    const found = tombstones.find(uid);
    if (found === undefined) return 'gone';
    const { object, gone } = found;
    const isNearMiss = nearMisses?.has(object.metadata.name) === true;
    const plan = planUser({ ...worldOf(found, caches), isNearMiss }, { now: now(), surely: surely() });
    // A clock that is ahead would remove people too early; a deletion by others waits for nothing of this.
    if (plan.remove && clockAgreement?.problem() !== undefined) return now() + againAfterMs;
    // Who came back from a backup may have been let in again after it; the records know.
    if (plan.remove && (await records.restoredIn({ cites: citationsOf([object]) }, signal)) !== undefined)
      return now() + againAfterMs;
    await records.write(plan.record, signal);
    if (gone) {
      tombstones.forget(uid);
      return 'gone';
    }
    if (plan.remove) {
      await removeUser(client, object, signal);
      return undefined;
    }
    const next = { ...plan.status, ...requesterStatus(object, records.requesterOf) };
    await reportStatus({ client, signal }, kinds.SupportUser, { seen: object, next });
    return plan.lookAgainAt;
  };
}

function worldOf(found: LastKnown<SupportUser>, caches: Caches): UserWorld {
  const policy = present(caches.policies.get(undefined, policyName));
  const grants = caches.grants.byIndex('user', found.object.metadata.name);
  return { ...found, policy, grants: grants.flatMap((grant) => present(grant) ?? []) };
}

/** As it was seen: whom vendor operations let in again meanwhile stays. */
async function removeUser(
  client: ControllerContext['client'],
  { metadata: { name, uid, resourceVersion } }: SupportUser,
  signal: AbortSignal,
): Promise<void> {
  try {
    await client.delete(kinds.SupportUser, { name }, { uid, resourceVersion, signal });
  } catch (error) {
    if (!isNotFound(error) && !isConflict(error)) throw error;
  }
}
