/** Objects of Kubernetes itself as a cache holds them: named, with a UID that follows from the name. */
import type { KubeObject } from '../../../kube/objects.ts';
import type {
  AnyBinding,
  ClusterRole,
  ClusterRoleRule,
  Subject,
} from '../../../operator/rbac/rbac-objects.ts';
import { metadataOf } from './object.ts';

const rbac = 'rbac.authorization.k8s.io';

export function aClusterRole(name: string, rules: readonly ClusterRoleRule[]): ClusterRole {
  return { apiVersion: `${rbac}/v1`, kind: 'ClusterRole', metadata: metadataOf('ClusterRole', name), rules };
}

export function aClusterBinding(name: string, role: string, ...subjects: readonly Subject[]): AnyBinding {
  return {
    apiVersion: `${rbac}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: metadataOf('ClusterRoleBinding', name),
    roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: role },
    subjects,
  };
}

export function aBinding(place: string, role: string, ...subjects: readonly Subject[]): AnyBinding {
  const [namespace = '', name = ''] = place.split('/');
  return {
    ...aClusterBinding(name, role, ...subjects),
    kind: 'RoleBinding',
    metadata: metadataOf('RoleBinding', name, namespace),
  };
}

export const group = (name: string): Subject => ({ kind: 'Group', apiGroup: rbac, name });
export const user = (name: string): Subject => ({ kind: 'User', apiGroup: rbac, name });
export const account = (place: string): Subject => {
  const [namespace = '', name = ''] = place.split('/');
  return { kind: 'ServiceAccount', namespace, name };
};

/** A ConfigMap in the release namespace. */
export function aConfigMap(
  name: string,
  data: Readonly<Record<string, string>>,
): KubeObject & { data: Record<string, string> } {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: metadataOf('ConfigMap', name, 'support-access'),
    data,
  };
}
