/** The installation at one moment: everything that the policy's plan may know. */
import type { SupportAccessPolicy } from '../../crds/generated/support-access-policy.ts';
import type { RegistrationKind } from '../../crds/rules/registration.ts';
import type { RecordsVolume } from '../../trail/wire.ts';
import type { Installation } from '../outputs/output.ts';
import type { ConfigMap, NetworkPolicy, WebhookConfiguration } from '../watching/kubernetes-objects.ts';

/** How the API server is told of admission; what is missing is left out. */
export type Registered = Readonly<
  Partial<Record<RegistrationKind, WebhookConfiguration | 'unread' | undefined>>
>;

export interface PolicyWorld {
  readonly installation: Installation;
  /** The policy as it is, or as it was when it was deleted; undefined when there never was one. */
  readonly object: SupportAccessPolicy | undefined;
  readonly networkPolicy: NetworkPolicy | undefined;
  readonly ssoConfig: ConfigMap | undefined;
  /** The ConfigMap whose names the policies of the API server read. */
  readonly names: ConfigMap | undefined;
  /** The ConfigMap in which the gateway tells of its certificates. */
  readonly certificates: ConfigMap | undefined;
  /** What stands for the installation, and holds the support identities. */
  readonly identitiesNamespace: string;
  readonly admission: Registered;
  /** The ConfigMap with the authorities of admission's certificates. */
  readonly authority: ConfigMap | undefined;
  /** Why the records take nothing; undefined while they do. */
  readonly recordsProblem: string | undefined;
  /** How full the volume of the records is, as they said last. */
  readonly recordsVolume?: RecordsVolume | undefined;
  /** By how much a clock of ours and the API server's disagree, and what follows from it; undefined while they do not. */
  readonly clockProblem: string | undefined;
  /** Why people are not told what happens; undefined while they are. */
  readonly noticesProblem: string | undefined;
  /** Whether a lock stops everything. */
  readonly isLocked: boolean;
  /** Bindings by which others than the gateway may act as support identities, in words. */
  readonly impersonators: readonly string[];
}
