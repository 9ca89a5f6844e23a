/**
 * Which host is whose? The policy's support host, and one host per application under the policy's suffixes. It routes
 * by what the watches said last and opens nothing: every decision reads policy and application again.
 */
import type { SupportAccessPolicy } from '../../../crds/generated/support-access-policy.ts';
import type { SupportApplication } from '../../../crds/generated/support-application.ts';
import { hostIsOurs, keeperOf } from '../../../crds/rules/request/hosts.ts';
import type { NamespacedName } from '../../../kube/objects.ts';

export type ServedHost =
  | { readonly kind: 'support' }
  | { readonly kind: 'application'; readonly application: NamespacedName };

/** Whose a host is, as the watches saw it last. */
export type ServedAt = (host: string) => ServedHost | undefined;

export interface HostsInForce {
  readonly policy: SupportAccessPolicy | undefined;
  readonly applications: readonly SupportApplication[];
}

/** What is served under a host name (lower case, no port); undefined is a misdirected request. */
export function servedAt({ policy, applications }: HostsInForce, host: string): ServedHost | undefined {
  if (policy === undefined) return undefined;
  if (host === policy.spec.gateway.host) return { kind: 'support' };
  if (!hostIsOurs(host, policy.spec.gateway)) return undefined;
  const keeper = keeperOf(host, applications);
  if (keeper === undefined) return undefined;
  const { namespace = '', name } = keeper.metadata;
  return { kind: 'application', application: { namespace, name } };
}
