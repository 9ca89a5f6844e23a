/** One grant and everything around it at one moment: all that its plan may know. */
import type { SupportAccessGrant } from '../../crds/generated/support-access-grant.ts';
import type { SupportAccessPolicy } from '../../crds/generated/support-access-policy.ts';
import type { SupportApplication } from '../../crds/generated/support-application.ts';
import type { SupportPermissionMatrix } from '../../crds/generated/support-permission-matrix.ts';
import type { SupportUser } from '../../crds/generated/support-user.ts';
import type { ReleaseParts } from '../outputs/owners.ts';
import type { ClusterRoleState } from '../rbac/cluster-role.ts';
import type { AnyBinding, RoleBinding } from '../rbac/rbac-objects.ts';
import type { ConditionReason } from '../reporting/conditions.ts';
import type { Service, ServiceAccount } from '../watching/kubernetes-objects.ts';

export type GrantStatus = NonNullable<SupportAccessGrant['status']>;
export type ConsentEnded = NonNullable<GrantStatus['consentEnded']>;

/** What closed a grant since its status was read, told from each change as it came. */
export interface SeenClosings {
  /** Why the grant as a whole was closed. */
  readonly whole: ConditionReason | undefined;
  /** UIDs of people who were kept out while the grant was open. */
  readonly people: ReadonlySet<string>;
  /** The consent that ended for good. */
  readonly consent: ConsentEnded | undefined;
}

export interface GrantWorld extends ReleaseParts {
  readonly grant: SupportAccessGrant;
  /** The grant was deleted, or lives on only as a name under another UID. */
  readonly gone: boolean;
  readonly policy: SupportAccessPolicy | undefined;
  /** Those of the named people who exist. */
  readonly users: readonly SupportUser[];
  readonly matrix: { readonly object: SupportPermissionMatrix; readonly hash: string } | undefined;
  readonly application: SupportApplication | undefined;
  /** The Service that the application names. */
  readonly service: Service | undefined;
  /** Names of the EndpointSlices for that Service that were made by hand. */
  readonly handMadeSlices: readonly string[];
  /** Names of the locks that exist and concern this grant or one of its people. */
  readonly locks: ReadonlySet<string>;
  /** What says whether the application has the host that it names. */
  readonly sameHost: readonly SupportApplication[];
  readonly holder: string | undefined;
  /** Whether the matrix's ClusterRole holds exactly the matrix's rules. */
  readonly clusterRole: ClusterRoleState;
  /** Bindings that are not this grant's and would give its identities rights. */
  readonly excessRights: readonly AnyBinding[];
  /** ServiceAccounts that carry this grant's label, or a name that it needs. */
  readonly accounts: readonly ServiceAccount[];
  /** RoleBindings that carry this grant's label, or the name that it needs. */
  readonly bindings: readonly RoleBinding[];
  readonly identitiesNamespace: string;
  /** Closings that no status has told yet; they are carried out also where the world is another one by now. */
  readonly closings?: SeenClosings | undefined;
  /** What of this world came back from a backup, as the records say; undefined where nothing did. */
  readonly restored?: string | undefined;
}
