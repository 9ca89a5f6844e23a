/**
 * The objects that a matrix needs to work: itself, the ClusterRole that it names, and the operator's right to bind that
 * role and no other. Pure; the matrix has been checked before.
 */

import type { SupportPermissionMatrix } from '../../crds/generated/support-permission-matrix.ts';
import { managedBy, programs } from '../../crds/names.ts';

/** The parts of a matrix that its author writes. */
export type WrittenMatrix = Pick<SupportPermissionMatrix, 'apiVersion' | 'kind' | 'spec'> & {
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
};

/** The objects to apply, in order: the role exists before the right to bind it, the matrix comes last. */
export function compileObjects(matrix: WrittenMatrix, releaseNamespace: string): object[] {
  const { kubernetes } = matrix.spec;
  if (kubernetes === undefined) return [matrix];
  const labels = {
    'app.kubernetes.io/managed-by': managedBy,
    'supportaccess.dev/matrix': matrix.metadata.name,
  };
  const role = kubernetes.clusterRole;
  const binds = `${programs.operator}-binds-${role}`;
  return [
    { ...rbac('ClusterRole'), metadata: { name: role, labels }, rules: kubernetes.rules },
    {
      ...rbac('ClusterRole'),
      metadata: { name: binds, labels },
      rules: [
        {
          apiGroups: ['rbac.authorization.k8s.io'],
          resources: ['clusterroles'],
          resourceNames: [role],
          verbs: ['bind'],
        },
      ],
    },
    {
      ...rbac('ClusterRoleBinding'),
      metadata: { name: binds, labels },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: binds },
      subjects: [{ kind: 'ServiceAccount', namespace: releaseNamespace, name: programs.operator }],
    },
    matrix,
  ];
}

function rbac(kind: 'ClusterRole' | 'ClusterRoleBinding'): {
  readonly apiVersion: string;
  readonly kind: string;
} {
  return { apiVersion: 'rbac.authorization.k8s.io/v1', kind };
}
