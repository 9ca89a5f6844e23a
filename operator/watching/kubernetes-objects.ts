/** Objects of Kubernetes itself that the operator follows, with the fields that it reads. Those of RBAC are in rbac/. */
import type { ServiceSpec } from '../../crds/rules/request/service.ts';
import type { KubeObject } from '../../kube/objects.ts';

/** A support identity; its credential is noted in the annotations. */
export interface ServiceAccount extends KubeObject {
  readonly automountServiceAccountToken?: boolean;
}

/** A Service that an application may name. */
export interface Service extends KubeObject {
  readonly spec?: ServiceSpec;
}

/** Where the pods of a Service, or the API server, listen. */
export interface EndpointSlice extends KubeObject {
  readonly endpoints?: readonly { readonly addresses: readonly string[] }[];
  readonly ports?: readonly { readonly port?: number; readonly protocol?: string }[];
}

/** The service provider's settings, the authority that signs the webhook's certificate, who had each host first, or names for policies. */
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

/** How the API server is told of webhooks: whose certificate it may take for whose. */
export interface WebhookConfiguration extends KubeObject {
  readonly webhooks?: readonly WebhookEntry[];
}

/** One webhook that the API server calls, as far as it is compared with what the chart makes. */
export interface WebhookEntry {
  readonly name: string;
  readonly clientConfig: {
    readonly caBundle?: string;
    readonly url?: string;
    readonly service?: { readonly namespace: string; readonly name: string; readonly path?: string };
  };
  readonly failurePolicy?: string;
  readonly matchPolicy?: string;
  readonly rules?: readonly object[];
  readonly matchConditions?: readonly object[];
  readonly namespaceSelector?: object;
  readonly objectSelector?: object;
}
