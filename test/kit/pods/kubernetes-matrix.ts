/** A matrix that also gives rights in Kubernetes, so that a grant for it has accounts, tokens and bindings. */
import type { ClusterNode } from '../node/node.ts';
import { apply } from './prerequisites.ts';

export const kubernetesMatrix = 'node-1';
/** The chart is told it: `--set matrixRoles={...}`. */
export const kubernetesRole = `support-access-matrix-${kubernetesMatrix}`;

const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] }];

/** Applies it with its ClusterRole. */
export async function applyKubernetesMatrix(node: ClusterNode): Promise<void> {
  await apply(node, undefined, [
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: kubernetesRole },
      rules,
    },
    {
      apiVersion: 'supportaccess.dev/v1beta1',
      kind: 'SupportPermissionMatrix',
      metadata: { name: kubernetesMatrix },
      spec: {
        system: 'node',
        revision: 1,
        masking: 'Enabled',
        modules: [{ name: 'Email Log', access: 'Read' }],
        kubernetes: { clusterRole: kubernetesRole, rules },
      },
    },
  ]);
}
