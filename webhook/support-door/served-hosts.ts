/**
 * Which host is whose? The policy's support host, and one host per application under the policy's suffixes. It routes
 * by what the watches said last and opens nothing: every decision reads policy and application again.
 */
import type { SupportAccessPolicy } from '../../crds/generated/support-access-policy.ts';
import type { SupportApplication } from '../../crds/generated/support-application.ts';
import type { ObjectName } from '../ports.ts';

export type ServedHost =
  | { readonly kind: 'support' }
  | { readonly kind: 'application'; readonly application: ObjectName };

export interface HostsInForce {
  readonly policy: SupportAccessPolicy | undefined;
  readonly applications: readonly SupportApplication[];
}

/** What is served under a host name (lower case, no port); undefined is a misdirected request. */
export function servedAt({ policy, applications }: HostsInForce, host: string): ServedHost | undefined {
  if (policy === undefined) return undefined;
  const { host: supportHost, hostSuffixes = [] } = policy.spec.gateway;
  if (host === supportHost) return { kind: 'support' };
  if (!hostSuffixes.some((suffix) => host.endsWith(`.${suffix}`))) return undefined;
  const [oldest] = applications.filter(({ spec }) => spec.host === host).toSorted(olderFirst);
  if (oldest === undefined) return undefined;
  const { namespace = '', name } = oldest.metadata;
  return { kind: 'application', application: { namespace, name } };
}

/** Of two applications with one host the older keeps it; of two of the same second, the first by name. */
function olderFirst(one: SupportApplication, other: SupportApplication): number {
  const key = ({ metadata }: SupportApplication): string =>
    [metadata.creationTimestamp, metadata.namespace, metadata.name].join(' ');
  return key(one) < key(other) ? -1 : 1;
}
