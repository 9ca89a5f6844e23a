/** The objects of rbac.authorization.k8s.io as the operator reads them: who is bound to which rights. */
import type { KubeObject } from '../../kube/objects.ts';

/** To whom a binding gives rights. */
export interface Subject {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
  readonly apiGroup?: string;
}

export interface RoleBinding extends KubeObject {
  readonly roleRef: { readonly apiGroup: string; readonly kind: string; readonly name: string };
  readonly subjects?: readonly Subject[];
}

/** A RoleBinding or ClusterRoleBinding: they differ only in where they are. */
export type AnyBinding = RoleBinding;

export interface ClusterRoleRule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
  readonly verbs: readonly string[];
}

export interface Role extends KubeObject {
  readonly rules?: readonly ClusterRoleRule[] | null;
}

export interface ClusterRole extends KubeObject {
  readonly rules?: readonly ClusterRoleRule[] | null;
  readonly aggregationRule?: unknown;
}
