/** Looks at one SupportPermissionMatrix: records it, and reports whether its ClusterRole is in place. It makes nothing. */
import type { SupportPermissionMatrix } from '../../crds/generated/support-permission-matrix.ts';
import { kinds } from '../../crds/kinds.ts';
import { byClusterRole, clusterRoleState } from '../rbac/cluster-role.ts';
import type { Controller, ControllerContext, Handle } from '../watching/controller.ts';
import { Tombstones } from '../watching/tombstones.ts';
import { byUid, keysOf } from '../watching/watch.ts';
import { reportStatus } from '../writes/calls.ts';
import { planMatrix } from './plan.ts';

export const matrixController: Controller = {
  name: 'matrix',
  watches: [
    {
      collection: 'matrices',
      hasEvents: true,
      indexes: { uid: byUid, clusterRole: byClusterRole },
      keysAfter: ({ object }) => keysOf([object]),
    },
    {
      collection: 'clusterRoles',
      keysAfter: ({ object }, { caches }) =>
        keysOf(caches.matrices.byIndex('clusterRole', object.metadata.name)),
    },
  ],
  firstKeys: ({ matrices }) => keysOf(matrices.list()),
  start: startMatrices,
};

function startMatrices({ client, caches, records, now }: ControllerContext): Handle {
  const tombstones = new Tombstones<SupportPermissionMatrix>(caches.matrices);
  return async (uid, signal) => {
    const found = tombstones.find(uid);
    if (found === undefined) return 'gone';
    const { object: seen, gone } = found;
    const clusterRole = clusterRoleState(seen, (name) => caches.clusterRoles.get(undefined, name));
    const plan = planMatrix({ ...found, clusterRole }, now());
    await records.write(plan.record, signal);
    if (gone) {
      tombstones.forget(uid);
      return 'gone';
    }
    const next = plan.status;
    await reportStatus({ client, signal }, kinds.SupportPermissionMatrix, { seen, next });
    return undefined;
  };
}
