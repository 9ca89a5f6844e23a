/** What does the installation look like at one moment? Everything that the policy's plan may know. */
import type { SupportAccessPolicy } from '../../crds/generated/support-access-policy.ts';
import type { KubeObject } from '../../kube/objects.ts';
import type { Installation } from '../outputs/output.ts';

export interface NetworkPolicy extends KubeObject {
  readonly spec?: {
    readonly ingress?: readonly {
      readonly from?: readonly { readonly ipBlock?: { readonly cidr: string } }[];
    }[];
  };
}

export interface ConfigMap extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}

export interface PolicyWorld {
  readonly installation: Installation;
  /** The policy as it is, or as it was when it was deleted; undefined when there never was one. */
  readonly object: SupportAccessPolicy | undefined;
  readonly networkPolicy: NetworkPolicy | undefined;
  readonly ssoConfig: ConfigMap | undefined;
}
