/** Looks at one SupportPermissionMatrix: reports whether its ClusterRole is in place. It makes nothing. */
import { kinds } from '../../crds/kinds.ts';
import { byClusterRole, clusterRoleState } from '../rbac/cluster-role.ts';
import type { Controller, ControllerContext, Handle } from '../watching/controller.ts';
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

function startMatrices({ client, caches, now }: ControllerContext): Handle {
  return async (uid, signal) => {
    const [matrix] = caches.matrices.byIndex('uid', uid);
    if (matrix === undefined) return 'gone';
    const clusterRole = clusterRoleState(matrix, (name) => caches.clusterRoles.get(undefined, name));
    const next = planMatrix({ matrix, clusterRole }, now());
    await reportStatus({ client, signal }, kinds.SupportPermissionMatrix, { seen: matrix, next });
    return undefined;
  };
}
