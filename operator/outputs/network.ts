/**
 * The NetworkPolicy of the gateway's own pods, never of the customer's: the first policy on a pod cuts off all traffic that
 * it does not name. It is a second barrier; the gateway itself checks each address exactly.
 */

import type { SupportAccessGrant } from '../../crds/generated/support-access-grant.ts';
import type { SupportAccessPolicy } from '../../crds/generated/support-access-policy.ts';
import { installed, managedBy } from '../../crds/names.ts';
import { containsCIDR, formatCIDR, parseCIDR, withinBoth } from '../../crds/rules/address/cidr.ts';
import { isProblem } from '../../crds/rules/problem.ts';
import type { ObjectMeta } from '../../kube/objects.ts';
import { apiVersionOf, NetworkPolicies } from '../../kube/resources.ts';
import { type GatewayNetwork, usualGatewayNetwork } from './gateway-network.ts';
import type { Listening } from './listening.ts';
import { isManaged, managedByLabel, outputLabel } from './marks.ts';
import type { Installation, InstallationOutput } from './output.ts';

/** Where the API server listens in most clusters, while its addresses are not known. */
const usualApiServerPorts = [443, 6443];
const nothingKnown: Listening = { apiServer: [], dns: [] };
const everywhere = ['0.0.0.0/0', '::/0'];

const tcp = (port: number) => ({ protocol: 'TCP', port });
const component = (name: string) => ({
  matchLabels: { 'app.kubernetes.io/name': 'support-access', 'app.kubernetes.io/component': name },
});
const inNamespace = (name: string) => ({
  namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } },
});
const blocksOf = (addresses: readonly string[]) => addresses.map((cidr) => ({ ipBlock: { cidr } }));

/** Whether the NetworkPolicy of that name is the one that is made here, by both labels. Another one stays as it is. */
export function isNetworkOfOurs(metadata: ObjectMeta): boolean {
  return isManaged(metadata) && metadata.labels?.[outputLabel] === 'network';
}

/** Earlier builds called it `Off`, which YAML 1.1 reads as false; a policy that was stored so still means it. */
const isUnwanted = (gatewayPolicy: string | undefined): boolean =>
  gatewayPolicy === 'Disabled' || gatewayPolicy === 'Off';

export const network: InstallationOutput = {
  scope: 'installation',
  name: 'network',
  kinds: [NetworkPolicies],
  desired(installation) {
    const { policy, releaseNamespace, networkOwner } = installation;
    if (isUnwanted(policy?.spec.network?.gatewayPolicy)) return [];
    return [
      {
        output: 'network',
        resource: NetworkPolicies,
        object: {
          apiVersion: apiVersionOf(NetworkPolicies),
          kind: NetworkPolicies.kind,
          metadata: {
            name: installed.gatewayNetworkPolicy,
            namespace: releaseNamespace,
            labels: { [managedByLabel]: managedBy, [outputLabel]: 'network' },
            ...(networkOwner && { ownerReferences: [networkOwner] }),
          },
          spec: {
            podSelector: component('gateway'),
            policyTypes: ['Ingress', 'Egress'],
            ingress: ingressOf(installation),
            egress: egressOf(installation),
          },
        },
      },
    ];
  },
};

function ingressOf(installation: Installation): unknown[] {
  const { supportPort, healthPort, metricsFrom, ingress } = installation.network ?? usualGatewayNetwork;
  const sources = supportSources(installation);
  const health = {
    // The kubelet's probes come from the pod's own node, which network plugins always let through.
    ...(metricsFrom.length === 0 ? {} : { from: metricsFrom }),
    ports: [tcp(healthPort)],
  };
  // an empty `from` would admit every address
  const from = [...blocksOf(sources), ...hopPods(installation)];
  const support = from.length === 0 ? [] : [{ from, ports: [tcp(supportPort)] }];
  return [...support, ...innerIngressOf(installation), health, ...ingress];
}

/**
 * Pods beside the applications that name callers, and ingresses that ask about requests; no one while there is none. Both
 * also while nothing is open: people are hidden then too, and an ingress has to hear that no one passes.
 */
function innerIngressOf(installation: Installation): unknown[] {
  const { callingNamespaces = [], network: settings = usualGatewayNetwork } = installation;
  const from = [...callingNamespaces.map(inNamespace), ...blocksOf(trustedHops(installation))];
  return from.length === 0 ? [] : [{ from, ports: [tcp(settings.innerPort)] }];
}

function trustedHops({ policy }: Installation): string[] {
  const { exposure, trustedHops: hops = [] } = policy?.spec.network ?? {};
  return exposure === 'BehindProxy' ? outermost(hops) : [];
}

function egressOf(installation: Installation): unknown[] {
  const { releaseNamespace, applications } = installation;
  const { network: settings = usualGatewayNetwork, listening = nothingKnown } = installation;
  const namespaces = [...new Set(applications.map((one) => one.metadata.namespace ?? ''))].sort();
  return [
    // Anywhere: a resolver on the node itself has an address that no Service tells.
    { ports: [{ protocol: 'UDP', port: 53 }, tcp(53)] },
    ...listening.dns.map(({ namespace, addresses, ports }) => ({
      to: [inNamespace(namespace), ...blocksOf(addresses)],
      ports,
    })),
    ...toApiServer(settings, listening),
    {
      to: [{ ...inNamespace(releaseNamespace), podSelector: component('webhook') }],
      ports: [tcp(settings.recordsPort)],
    },
    // A Service's port is not its pods' port, so the namespace is as near as a policy can name the application.
    ...namespaces.map((name) => ({ to: [inNamespace(name)] })),
    ...settings.egress,
  ];
}

/** The live addresses; without any, the usual ports anywhere: a gateway that cannot ask anything refuses everyone. */
function toApiServer({ apiServer }: GatewayNetwork, { apiServer: listeners }: Listening): unknown[] {
  const known = listeners.filter(({ addresses }) => addresses.length > 0);
  if (known.length > 0 && apiServer === 'Addresses')
    return known.map(({ addresses, ports }) => ({ to: blocksOf(addresses), ports }));
  const live = listeners.flatMap(({ ports }) => ports.map(({ port }) => port));
  const ports = [...new Set(known.length === 0 ? [...usualApiServerPorts, ...live] : live)];
  return [{ ports: ports.toSorted((one, other) => one - other).map(tcp) }];
}

/**
 * The ranges that may reach the gateway's listener, sorted, none inside another. Nothing while nothing is open. Behind a
 * proxy only the proxy: the address that it reports is judged by the gateway.
 */
export function supportSources(installation: Installation): string[] {
  const { policy, open } = installation;
  if (policy?.spec.access !== 'Enabled' || open.length === 0) return [];
  if (policy.spec.network?.exposure === 'BehindProxy') return trustedHops(installation);
  return outermost(open.flatMap((grant) => sourcesOf(grant, policy)));
}

/** The proxies that the policy names by their pods, under the same conditions. */
function hopPods({ policy, open }: Installation): unknown[] {
  const { access, network: reached } = policy?.spec ?? {};
  if (access !== 'Enabled' || open.length === 0 || reached?.exposure !== 'BehindProxy') return [];
  return (reached.trustedHopPods ?? []).map(({ namespace, labels }) => ({
    ...inNamespace(namespace),
    podSelector: { matchLabels: Object.fromEntries(labels.map(({ name, value }) => [name, value])) },
  }));
}

/** A grant's ranges within the policy's. */
function sourcesOf(grant: SupportAccessGrant, policy: SupportAccessPolicy): readonly string[] {
  return withinBoth(grant.spec.allowedCIDRs ?? [], policy.spec.allowedCIDRs ?? []) ?? everywhere;
}

/** Canonical ranges without those that another one contains. What cannot be read is left out: unknown means no. */
function outermost(entries: readonly string[]): string[] {
  const ranges = [...new Set(entries)].flatMap((entry) => {
    const cidr = parseCIDR(entry);
    return isProblem(cidr) ? [] : [cidr];
  });
  const widestFirst = ranges.sort((one, other) => one.prefix - other.prefix).map(formatCIDR);
  const kept: string[] = [];
  for (const cidr of widestFirst) if (!kept.some((outer) => containsCIDR(outer, cidr))) kept.push(cidr);

  return kept.sort();
}
