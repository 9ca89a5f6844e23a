/**
 * Which application is served under a host? One host, one application: the oldest keeps it, and its namespace after it. Nothing
 * here resolves a name.
 */
import type { SupportAccessPolicy } from '../../generated/support-access-policy.ts';
import type { SupportApplication } from '../../generated/support-application.ts';
import { installed } from '../../names.ts';
import { conditionOf } from '../conditions.ts';

/** A host that a browser used, and the application that the gateway serves there. */
export interface ServedHostName {
  readonly host: string;
  readonly application: { readonly namespace: string; readonly name: string };
}

/**
 * Whether what is served under the host is this very application. The namespace counts too: a namesake elsewhere that
 * claims the same host would otherwise be served under the keeper's origin, with its cookies.
 */
export function isServedAt(
  { metadata, spec }: SupportApplication,
  served: ServedHostName | undefined,
): boolean {
  if (served === undefined) return false;
  const { namespace, name } = served.application;
  return spec.host === served.host && metadata.namespace === namespace && metadata.name === name;
}

/** Whether the host lies under one of the policy's suffixes, and is not the support host itself (an origin of its own). */
export function hostIsOurs(host: string, gateway: SupportAccessPolicy['spec']['gateway']): boolean {
  if (host === gateway.host) return false;
  return (gateway.hostSuffixes ?? []).some((suffix) => host.endsWith(`.${suffix}`));
}

/** Everything that a host is judged by. */
export interface HostClaims {
  /** All applications that name the host. */
  readonly sameHost: readonly SupportApplication[];
  /** The namespace that had the host first, whether or not an application of it is left. */
  readonly holder: string | undefined;
}

/**
 * The application that keeps a host: of the holder's namespace, the oldest; of two as old, the one with the smaller UID.
 * A host that was another namespace's is handed to no one: browsers still hold what was stored under its origin.
 */
export function keeperOf(host: string, { sameHost, holder }: HostClaims): SupportApplication | undefined {
  const candidates = sameHost.filter(
    ({ metadata, spec }) => spec.host === host && (holder === undefined || metadata.namespace === holder),
  );
  return candidates.reduce<SupportApplication | undefined>(
    (oldest, one) => (oldest === undefined || isOlder(one, oldest) ? one : oldest),
    undefined,
  );
}

/**
 * The application that is served under a host. The operator knows whose a host was before; the status in which it says so can only
 * take a host away.
 */
export function servedUnder(
  host: string,
  applications: readonly SupportApplication[],
): SupportApplication | undefined {
  return keeperOf(host, { sameHost: applications.filter(isNotTold), holder: undefined });
}

function isNotTold({ status }: SupportApplication): boolean {
  const ready = conditionOf(status?.conditions, 'HostReady');
  return !(ready?.status === 'False' && ready.reason === 'HostTaken');
}

/** Why an application does not have the host that it names, in words; undefined when it has. */
export function hostTakenFrom(
  { metadata, spec }: SupportApplication,
  claims: HostClaims,
): string | undefined {
  const keeper = keeperOf(spec.host, claims);
  if (keeper?.metadata.uid === metadata.uid) return undefined;
  if (keeper !== undefined) {
    const { namespace, name } = keeper.metadata;
    return `SupportApplication ${namespace}/${name} has the host ${spec.host}; choose another one.`;
  }
  const stays = `The host ${spec.host} stays with namespace ${claims.holder}, which had it first`;
  return `${stays}: browsers may hold what was stored there. Choose another one, or remove its line from ConfigMap ${installed.hosts} in the release namespace.`;
}

function isOlder({ metadata: one }: SupportApplication, { metadata: other }: SupportApplication): boolean {
  if (one.creationTimestamp === other.creationTimestamp) return one.uid < other.uid;
  return one.creationTimestamp < other.creationTimestamp;
}
