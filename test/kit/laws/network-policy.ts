/**
 * Judges traffic by NetworkPolicies as the API's documentation words them (networking.k8s.io/v1), because no network
 * plugin runs in this kit. Independent of the product's own code for addresses. It does not know what plugins add:
 * traffic from a pod's own node is theirs to exempt.
 */
import { BlockList, isIP } from 'node:net';
import { type LabelSelector, type Labels, selects } from './label-selector.ts';

export interface NetworkPolicy {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: {
    readonly podSelector?: LabelSelector;
    readonly policyTypes?: readonly Direction[];
    readonly ingress?: readonly {
      readonly from?: readonly PolicyPeer[];
      readonly ports?: readonly PolicyPort[];
    }[];
    readonly egress?: readonly {
      readonly to?: readonly PolicyPeer[];
      readonly ports?: readonly PolicyPort[];
    }[];
  };
}

export type Direction = 'Ingress' | 'Egress';
export type Protocol = 'TCP' | 'UDP' | 'SCTP';

export interface PolicyPeer {
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
  readonly podSelector?: LabelSelector;
  readonly namespaceSelector?: LabelSelector;
}

export interface PolicyPort {
  readonly protocol?: Protocol;
  readonly port?: number | string;
  readonly endPort?: number;
}

export interface Pod {
  readonly namespace: string;
  readonly labels: Labels;
  /** The API server puts `kubernetes.io/metadata.name` on every namespace: so does the judge. */
  readonly namespaceLabels?: Labels;
  /** Container ports by name, for rules that name a port. */
  readonly namedPorts?: Readonly<Record<string, number>>;
}

/** The other end: an address, a pod, or a pod and the address that it is seen with. */
export interface Peer {
  readonly ip?: string;
  readonly pod?: Pod;
}

export interface Traffic {
  readonly direction: Direction;
  /** The pod whose policies are asked: it receives Ingress and sends Egress. */
  readonly pod: Pod;
  readonly peer: Peer;
  readonly port: number;
  /** Default TCP. */
  readonly protocol?: Protocol;
}

export interface TrafficResult {
  readonly allowed: boolean;
  /** Names of the policies that isolate the pod in this direction; none: everything passes. */
  readonly isolatedBy: readonly string[];
  /** Names of those that let this traffic through. */
  readonly allowedBy: readonly string[];
}

/** May this traffic pass? Policies add up: one that allows is enough, and a pod that none isolates is open. */
export function judgeTraffic(policies: readonly NetworkPolicy[], traffic: Traffic): TrafficResult {
  const isolating = policies.filter((policy) => isolates(policy, traffic));
  const allowing = isolating.filter((policy) => allows(policy, traffic));
  const names = (list: readonly NetworkPolicy[]): readonly string[] =>
    list.map(({ metadata }) => metadata.name);
  return {
    allowed: isolating.length === 0 || allowing.length > 0,
    isolatedBy: names(isolating),
    allowedBy: names(allowing),
  };
}

function isolates({ metadata, spec }: NetworkPolicy, { pod, direction }: Traffic): boolean {
  if (metadata.namespace !== pod.namespace) return false;
  return selects(spec.podSelector ?? {}, pod.labels) && policyTypes(spec).includes(direction);
}

/** Unset, the API server says: Ingress always, Egress where there is an egress rule. */
function policyTypes(spec: NetworkPolicy['spec']): readonly Direction[] {
  if (spec.policyTypes && spec.policyTypes.length > 0) return spec.policyTypes;
  return spec.egress && spec.egress.length > 0 ? ['Ingress', 'Egress'] : ['Ingress'];
}

function allows(policy: NetworkPolicy, traffic: Traffic): boolean {
  return rulesOf(policy, traffic.direction).some(
    ({ peers, ports }) =>
      anyOf(peers, (peer) => matchesPeer(peer, traffic.peer, policy.metadata.namespace)) &&
      anyOf(ports, (port) => matchesPort(port, traffic)),
  );
}

interface Rule {
  readonly peers: readonly PolicyPeer[];
  readonly ports: readonly PolicyPort[];
}

function rulesOf({ spec }: NetworkPolicy, direction: Direction): readonly Rule[] {
  if (direction === 'Ingress')
    return (spec.ingress ?? []).map(({ from = [], ports = [] }) => ({ peers: from, ports }));

  return (spec.egress ?? []).map(({ to = [], ports = [] }) => ({ peers: to, ports }));
}

/** Within a rule an absent or empty list means all: the one place where empty is open. */
function anyOf<T>(list: readonly T[], matches: (entry: T) => boolean): boolean {
  return list.length === 0 || list.some(matches);
}

function matchesPeer(rule: PolicyPeer, peer: Peer, policyNamespace: string): boolean {
  if (rule.ipBlock) return peer.ip !== undefined && inBlock(rule.ipBlock, peer.ip);
  if (!peer.pod) return false;
  const { namespace, labels, namespaceLabels = {} } = peer.pod;
  const namespaceMatches = rule.namespaceSelector
    ? selects(rule.namespaceSelector, { 'kubernetes.io/metadata.name': namespace, ...namespaceLabels })
    : namespace === policyNamespace;
  return namespaceMatches && (!rule.podSelector || selects(rule.podSelector, labels));
}

function inBlock({ cidr, except = [] }: NonNullable<PolicyPeer['ipBlock']>, ip: string): boolean {
  return contains(cidr, ip) && !except.some((excluded) => contains(excluded, ip));
}

function contains(cidr: string, ip: string): boolean {
  const [network = '', prefix = ''] = cidr.split('/');
  const family = isIP(network);
  if (family === 0 || !/^\d+$/.test(prefix))
    throw new Error(`The API server would refuse this CIDR: ${cidr}`);
  if (isIP(ip) !== family) return false;
  const list = new BlockList();
  const kind = family === 4 ? 'ipv4' : 'ipv6';
  list.addSubnet(network, Number(prefix), kind);
  return list.check(ip, kind);
}

function matchesPort(rule: PolicyPort, traffic: Traffic): boolean {
  if ((rule.protocol ?? 'TCP') !== (traffic.protocol ?? 'TCP')) return false;
  if (rule.port === undefined) return true;
  if (typeof rule.port === 'string') return receiverOf(traffic)?.namedPorts?.[rule.port] === traffic.port;
  return traffic.port >= rule.port && traffic.port <= (rule.endPort ?? rule.port);
}

/** A port's name is the receiving pod's own. */
function receiverOf({ direction, pod, peer }: Traffic): Pod | undefined {
  return direction === 'Ingress' ? pod : peer.pod;
}
