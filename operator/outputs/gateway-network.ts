/** What the chart says about the gateway's network, since ports and network plugins differ. A flag of the operator. */

export interface GatewayNetwork {
  readonly supportPort: number;
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

function fits(key: string, value: unknown): boolean {
  if (!Object.hasOwn(usualGatewayNetwork, key)) return false;
  if (key === 'apiServer') return value === 'Addresses' || value === 'Ports';
  if (key.endsWith('Port')) return Number.isInteger(value) && Number(value) > 0 && Number(value) <= 65_535;
  return Array.isArray(value) && value.every((entry) => typeof entry === 'object' && entry !== null);
}
