/** What the chart says about the gateway's network, since ports and network plugins differ. A flag of the operator. */

import { printable } from '../../crds/rules/problem.ts';

export interface GatewayNetwork {
  readonly supportPort: number;
  /** For applications of the cluster. */
  readonly innerPort: number;
  readonly healthPort: number;
  /** Of the webhook's pods. */
  readonly recordsPort: number;
  /**
   * How the API server is named: by addresses and ports, or by ports alone, for network plugins whose ranges of addresses do
   * not match the cluster's own nodes and pods, such as Cilium.
   */
  readonly apiServer: 'Addresses' | 'Ports';
  /** Peers of a NetworkPolicy that may read health and metrics; none: everyone who reaches the pods. */
  readonly metricsFrom: readonly unknown[];
  /** More rules, as in a NetworkPolicy. */
  readonly ingress: readonly unknown[];
  readonly egress: readonly unknown[];
}

export const usualGatewayNetwork: GatewayNetwork = {
  supportPort: 8443,
  innerPort: 8444,
  healthPort: 8081,
  recordsPort: 8445,
  apiServer: 'Addresses',
  metricsFrom: [],
  ingress: [],
  egress: [],
};

/** The settings that a text says in JSON, the usual ones where it says nothing; undefined when it cannot be read. */
export function parseGatewayNetwork(text: string): GatewayNetwork | undefined {
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return undefined;
  if (!Object.entries(given).every(([key, value]) => fits(key, value))) return undefined;
  return { ...usualGatewayNetwork, ...given };
}

/** What the first key or value that does not fit would have to be; undefined where the text is no JSON object. */
export function gatewayNetworkRuleFor(text: string): string | undefined {
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    return 'JSON, with quotation marks around keys and texts';
  }
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return undefined;
  const [key] = Object.entries(given).find(([name, value]) => !fits(name, value)) ?? [];
  return key === undefined ? undefined : `a JSON object whose ${printable(key)} is ${ruleOf(key)}`;
}

function ruleOf(key: string): string {
  if (!Object.hasOwn(usualGatewayNetwork, key))
    return `left out (it may have ${Object.keys(usualGatewayNetwork).join(', ')})`;
  if (key === 'apiServer') return '"Addresses" or "Ports"';
  return key.endsWith('Port') ? 'a port from 1 to 65535' : 'a list of objects, as in a NetworkPolicy';
}

function fits(key: string, value: unknown): boolean {
  if (!Object.hasOwn(usualGatewayNetwork, key)) return false;
  if (key === 'apiServer') return value === 'Addresses' || value === 'Ports';
  if (key.endsWith('Port')) return Number.isInteger(value) && Number(value) > 0 && Number(value) <= 65_535;
  return Array.isArray(value) && value.every((entry) => typeof entry === 'object' && entry !== null);
}
