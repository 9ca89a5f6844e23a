/** Records and status of one SupportPermissionMatrix; pure. Ready says whether its compiled ClusterRole is in place. */
import type { SupportPermissionMatrix } from '../../crds/generated/support-permission-matrix.ts';
import { sentenceFor } from '../../crds/rules/reasons.ts';
import { type ClusterRoleState, clusterRoleProblem, howToCompile } from '../rbac/cluster-role.ts';
import { type PlainCondition, type PlainStatus, statusOf } from '../reporting/conditions.ts';
import { lifecycleDrafts } from '../reporting/lifecycle.ts';
import type { RecordDrafts } from '../reporting/record-drafts.ts';

export interface MatrixWorld {
  readonly object: SupportPermissionMatrix;
  readonly gone: boolean;
  readonly clusterRole: ClusterRoleState;
}

export interface MatrixPlan {
  readonly record: RecordDrafts;
  readonly status: PlainStatus;
}

const events = { created: 'matrix.created', changed: 'matrix.changed', deleted: 'matrix.deleted' } as const;

export function planMatrix(world: MatrixWorld, now: number): MatrixPlan {
  const { object, clusterRole } = world;
  const drafts = lifecycleDrafts(world, events, now);
  const status = statusOf(object, [ready(object, clusterRole)], now);
  return { record: { drafts, mustBeDurable: true }, status };
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
