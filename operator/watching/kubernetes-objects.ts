/** Objects of Kubernetes itself that the operator follows, with the fields that it reads. Those of RBAC are in rbac/. */
import type { KubeObject } from '../../kube/objects.ts';

export interface ServiceAccount extends KubeObject {
  readonly automountServiceAccountToken?: boolean;
}

export interface Service extends KubeObject {
  readonly spec?: {
    readonly type?: string;
    readonly selector?: Readonly<Record<string, string>>;
    readonly ports?: readonly { readonly port: number }[];
  };
}

export interface ConfigMap extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}

export interface NetworkPolicy extends KubeObject {
  readonly spec?: {
    readonly ingress?: readonly {
      readonly from?: readonly { readonly ipBlock?: { readonly cidr: string } }[];
    }[];
  };
}
