/**
 * The NetworkPolicy of the gateway's own pods, never of the customer's: the first policy on a pod cuts off all traffic that
 * it does not name. It is a second barrier; the gateway itself checks each address exactly.
 */

import type { SupportAccessGrant } from '../../crds/generated/support-access-grant.ts';
import type { SupportAccessPolicy } from '../../crds/generated/support-access-policy.ts';
import { installed, managedBy } from '../../crds/names.ts';
import { containsCIDR, formatCIDR, parseCIDR } from '../../crds/rules/address/cidr.ts';
import { isProblem } from '../../crds/rules/problem.ts';
import type { ObjectMeta } from '../../kube/objects.ts';
import { apiVersionOf, NetworkPolicies } from '../../kube/resources.ts';
import { isManaged, managedByLabel, outputLabel } from './marks.ts';
import type { Installation, InstallationOutput } from './output.ts';

const supportPort = 8443;
/** For callers inside the cluster. Admitted already, and nothing listens on it yet. */
const innerPort = 8444;
const healthPort = 8081;
const recordsPort = 8445;
const everywhere = ['0.0.0.0/0', '::/0'];

const tcp = (port: number) => ({ protocol: 'TCP', port });
const component = (name: string) => ({
  matchLabels: { 'app.kubernetes.io/name': 'support-access', 'app.kubernetes.io/component': name },
});
const anyNamespace = { namespaceSelector: {} };

/** Whether the NetworkPolicy of that name is the one that is made here, by both labels. Another one stays as it is. */
export function isNetworkOfOurs(metadata: ObjectMeta): boolean {
  return isManaged(metadata) && metadata.labels?.[outputLabel] === 'network';
}

export const network: InstallationOutput = {
  scope: 'installation',
  name: 'network',
  kinds: [NetworkPolicies],
  desired(installation) {
    const { policy, releaseNamespace } = installation;
    if (policy?.spec.network?.gatewayPolicy === 'Off') return [];
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
  const sources = supportSources(installation);
  const always = { from: [anyNamespace], ports: [tcp(innerPort)] };
  // No `from`: the kubelet's probes come from the node, which no selector names.
  const health = { ports: [tcp(healthPort)] };
  if (sources.length === 0) return [always, health]; // an empty `from` would admit every address
  return [
    { from: sources.map((cidr) => ({ ipBlock: { cidr } })), ports: [tcp(supportPort)] },
    always,
    health,
  ];
}

function egressOf({ releaseNamespace, applications }: Installation): unknown[] {
  const inNamespace = (name: string) => ({
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } },
  });
  const namespaces = [...new Set(applications.map((one) => one.metadata.namespace ?? ''))].sort();
  return [
    { ports: [{ protocol: 'UDP', port: 53 }, tcp(53)] },
    { ports: [tcp(443), tcp(6443)] },
    {
      to: [{ ...inNamespace(releaseNamespace), podSelector: component('webhook') }],
      ports: [tcp(recordsPort)],
    },
    // A Service's port is not its pods' port, so the namespace is as near as a policy can name the application.
    ...namespaces.map((name) => ({ to: [inNamespace(name)] })),
  ];
}

/**
 * The ranges that may reach the gateway's listener, sorted, none inside another. Nothing while nothing is open. Behind a
 * proxy only the proxy: the address that it reports is judged by the gateway.
 */
export function supportSources({ policy, open }: Installation): string[] {
  if (policy?.spec.access !== 'Enabled' || open.length === 0) return [];
  if (policy.spec.network?.exposure === 'BehindProxy')
    return outermost(policy.spec.network.trustedHops ?? []);
  return outermost(open.flatMap((grant) => sourcesOf(grant, policy)));
}

/** A grant's ranges within the policy's. An empty list adds no restriction; two ranges either nest or are apart. */
function sourcesOf(grant: SupportAccessGrant, policy: SupportAccessPolicy): readonly string[] {
  const theirs = grant.spec.allowedCIDRs ?? [];
  const general = policy.spec.allowedCIDRs ?? [];
  if (theirs.length === 0) return general.length === 0 ? everywhere : general;
  if (general.length === 0) return theirs;
  return theirs.flatMap((mine) => {
    if (general.some((outer) => containsCIDR(outer, mine))) return [mine];
    return general.filter((inner) => containsCIDR(mine, inner));
  });
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
