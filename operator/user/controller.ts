/** Looks at one SupportUser: records what became of the person and reports. It makes nothing. */
import type { SupportUser } from '../../crds/generated/support-user.ts';
import { kinds } from '../../crds/kinds.ts';
import { requesterStatus } from '../reporting/requester.ts';
import type { Controller, ControllerContext, Handle } from '../watching/controller.ts';
import { Tombstones } from '../watching/tombstones.ts';
import { byUid, keysOf } from '../watching/watch.ts';
import { reportStatus } from '../writes/calls.ts';
import { planUser } from './plan.ts';

export const userController: Controller = {
  name: 'user',
  watches: [{ collection: 'users', indexes: { uid: byUid }, keysAfter: ({ object }) => keysOf([object]) }],
  firstKeys: ({ users }) => keysOf(users.list()),
  start: startUsers,
};

function startUsers({ client, caches, records, now, nearMisses, enqueue }: ControllerContext): Handle {
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
    const plan = planUser({ ...found, isNearMiss }, now());
    await records.write(plan.record, signal);
    if (gone) {
      tombstones.forget(uid);
      return 'gone';
    }
    const next = { ...plan.status, ...requesterStatus(object, records.requesterOf) };
    await reportStatus({ client, signal }, kinds.SupportUser, { seen: object, next });
    return undefined;
  };
}
