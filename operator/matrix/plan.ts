/** The status of one SupportPermissionMatrix; pure. Ready says whether its compiled ClusterRole is in place. */
import type { SupportPermissionMatrix } from '../../crds/generated/support-permission-matrix.ts';
import { sentenceFor } from '../../crds/rules/reasons.ts';
import { type ClusterRoleState, clusterRoleProblem, howToCompile } from '../rbac/cluster-role.ts';
import { type PlainCondition, type PlainStatus, statusOf } from '../reporting/conditions.ts';

export interface MatrixWorld {
  readonly matrix: SupportPermissionMatrix;
  readonly clusterRole: ClusterRoleState;
}

export function planMatrix({ matrix, clusterRole }: MatrixWorld, now: number): PlainStatus {
  return statusOf(matrix, [ready(matrix, clusterRole)], now);
}

function ready(matrix: SupportPermissionMatrix, clusterRole: ClusterRoleState): PlainCondition {
  const message = clusterRoleProblem(matrix, clusterRole);
  if (message === undefined)
    return { type: 'Ready', holds: true, reason: 'Enforced', message: sentenceFor('Enforced') };

  return {
    type: 'Ready',
    holds: false,
    reason: 'ClusterRoleMissing',
    message: `${message}; ${howToCompile}`,
  };
}
