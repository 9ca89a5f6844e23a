/**
 * Which host is whose? The policy's support host, and one host per application under the policy's suffixes. It routes
 * by what the watches said last and opens nothing: every decision reads policy and application again.
 */
import type { SupportAccessPolicy } from '../../../crds/generated/support-access-policy.ts';
import type { SupportApplication } from '../../../crds/generated/support-application.ts';
import { originsIn } from '../../../crds/rules/request/cross-site.ts';
import { originOf } from '../../../crds/rules/request/gateway-urls.ts';
import { hostIsOurs, servedUnder } from '../../../crds/rules/request/hosts.ts';
import type { NamespacedName } from '../../../kube/objects.ts';

export interface ServedApplication {
  readonly kind: 'application';
  readonly application: NamespacedName;
  /** Another application lists this host's origin, so that its pages must say theirs when they send a request there. */
  readonly isListed?: true;
  /** Origins whose pages may send requests to this host. */
  readonly listedOrigins: readonly string[];
  /** Headers that it lets pass beyond the usual ones. */
  readonly forwardHeaders?: SupportApplication['spec']['forwardHeaders'];
}

export type ServedHost = { readonly kind: 'support' } | ServedApplication;

/** Whose a host is, as the watches saw it last. */
export type ServedAt = (host: string) => ServedHost | undefined;

export interface HostsInForce {
  readonly policy: SupportAccessPolicy | undefined;
  readonly applications: readonly SupportApplication[];
}

const read = new WeakMap<SupportApplication['spec'], readonly string[]>();

/** Read once: clients without a session ask at each request, and editors may make a thousand lists of twenty origins. */
function listedBy({ spec }: SupportApplication): readonly string[] {
  const known = read.get(spec) ?? originsIn(spec.allowedOrigins ?? []);
  read.set(spec, known);
  return known;
}

/** What is served under a host name (lower case, no port); undefined is a misdirected request. */
export function servedAt({ policy, applications }: HostsInForce, host: string): ServedHost | undefined {
  if (policy === undefined) return undefined;
  if (host === policy.spec.gateway.host) return { kind: 'support' };
  if (!hostIsOurs(host, policy.spec.gateway)) return undefined;
  const keeper = servedUnder(host, applications);
  if (keeper === undefined) return undefined;
  const { namespace = '', name } = keeper.metadata;
  const application = { namespace, name };
  const origin = originOf({ ...policy.spec.gateway, host });
  const isListed = applications.some((one) => listedBy(one).includes(origin));
  const listedOrigins = listedBy(keeper);
  const { forwardHeaders } = keeper.spec;
  return {
    kind: 'application',
    application,
    listedOrigins,
    ...(forwardHeaders === undefined ? {} : { forwardHeaders }),
    ...(isListed ? { isListed } : {}),
  };
}
