/** How does one look at a SupportPermissionMatrix go? Reports whether its ClusterRole is in place; it makes nothing. */
import { kinds } from '../../crds/kinds.ts';
import { clusterRoleState } from '../rbac/cluster-role.ts';
import type { Controller, ControllerContext } from '../watching/controller.ts';
import { reportStatus } from '../writes/write-status.ts';
import { planMatrix } from './plan.ts';

export function createMatrixController({ client, caches, now }: ControllerContext): Controller {
  return {
    name: 'matrix',
    async handle(uid, signal) {
      const [matrix] = caches.matrices.byIndex('uid', uid);
      if (matrix === undefined) return 'gone';
      const clusterRole = clusterRoleState(matrix, (name) => caches.clusterRoles.get(undefined, name));
      const next = planMatrix({ matrix, clusterRole }, now());
      await reportStatus({ client, now, signal }, kinds.SupportPermissionMatrix, { seen: matrix, next });
      return undefined;
    },
  };
}
