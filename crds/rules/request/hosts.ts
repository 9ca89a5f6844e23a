/** Which application is served under a host? One host, one application: the oldest keeps it. Nothing here resolves a name. */
import type { SupportAccessPolicy } from '../../generated/support-access-policy.ts';
import type { SupportApplication } from '../../generated/support-application.ts';

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

/** Of the applications with this host, the one that keeps it: the oldest; of two as old, the one with the smaller UID. */
export function keeperOf(
  host: string,
  applications: readonly SupportApplication[],
): SupportApplication | undefined {
  const candidates = applications.filter((application) => application.spec.host === host);
  return candidates.toSorted(older)[0];
}

function older({ metadata: one }: SupportApplication, { metadata: other }: SupportApplication): number {
  if (one.creationTimestamp !== other.creationTimestamp)
    return one.creationTimestamp < other.creationTimestamp ? -1 : 1;

  return one.uid < other.uid ? -1 : 1;
}
