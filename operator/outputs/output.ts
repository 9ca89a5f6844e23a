/** Outputs: what exists while access is open. Each is a pure function from what was consented to the wanted objects. */
import type { SupportAccessGrant } from '../../crds/generated/support-access-grant.ts';
import type { SupportAccessPolicy } from '../../crds/generated/support-access-policy.ts';
import type { SupportApplication } from '../../crds/generated/support-application.ts';
import type { SupportPermissionMatrix } from '../../crds/generated/support-permission-matrix.ts';
import type { SupportUser } from '../../crds/generated/support-user.ts';
import type { OwnerReference } from '../../kube/objects.ts';
import type { Resource } from '../../kube/resources.ts';
import type { GatewayNetwork } from './gateway-network.ts';
import type { Listening } from './listening.ts';
import type { Owners } from './owners.ts';

export type OutputName = 'account' | 'binding' | 'credential' | 'network' | 'sso';

/** A grant that is open now, and to whom. */
export interface OpenGrant {
  readonly grant: SupportAccessGrant;
  readonly matrix: SupportPermissionMatrix;
  /** Those of the named people who may come in: present, enabled, pinned, not locked. */
  readonly people: readonly SupportUser[];
  readonly identitiesNamespace: string;
  readonly owners: Owners;
}

/** The installation as a whole, for what exists once and not per grant. */
export interface Installation {
  readonly policy: SupportAccessPolicy | undefined;
  /** Grants whose access is open now. */
  readonly open: readonly SupportAccessGrant[];
  /** The applications of those grants. */
  readonly applications: readonly SupportApplication[];
  /** Namespaces whose applications name callers, also while nothing is open: hidden are people at any time. */
  readonly callingNamespaces?: readonly string[];
  /** The people whom enabled grants name. */
  readonly people: readonly SupportUser[];
  readonly releaseNamespace: string;
  /** The operator's RoleBinding in the release namespace. */
  readonly networkOwner?: OwnerReference | undefined;
  /** PEM of the service provider's certificate; undefined until it was made. */
  readonly spCertificate: string | undefined;
  /** Without it, the usual one. */
  readonly network?: GatewayNetwork | undefined;
  /** Without it, nothing is known. */
  readonly listening?: Listening;
}

/** An object as it should be, without what the API server fills in. */
export interface WantedObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly OwnerReference[];
  };
  readonly [field: string]: unknown;
}

export interface Wanted {
  readonly output: OutputName;
  readonly resource: Resource;
  readonly object: WantedObject;
}

export interface GrantOutput {
  readonly scope: 'grant';
  readonly name: OutputName;
  /** What the operator must be able to write; the chart's rights follow from it. */
  readonly kinds: readonly Resource[];
  desired(open: OpenGrant): readonly Wanted[];
}

export interface InstallationOutput {
  readonly scope: 'installation';
  readonly name: OutputName;
  readonly kinds: readonly Resource[];
  desired(installation: Installation): readonly Wanted[];
}
