/** The addresses of a cluster by family: what its pods and Services are given. Only seen inside a node, so all have the same. */

export type Family = 'IPv4' | 'IPv6';

/** The first family is the primary one: that of the node's address, and of a Service that wishes none. */
export type Families = readonly [Family, ...Family[]];

interface Addresses {
  readonly pods: string;
  /** How much of the pods' subnet one node gets: all of it. */
  readonly podsOfNode: number;
  readonly services: string;
  /** Of the API server's own Service: the first one. */
  readonly apiService: string;
  readonly dnsService: string;
  readonly any: string;
  readonly everywhere: string;
}

export const ADDRESSES: Readonly<Record<Family, Addresses>> = {
  IPv4: {
    pods: '10.244.0.0/24',
    podsOfNode: 24,
    services: '10.96.0.0/16',
    apiService: '10.96.0.1',
    dnsService: '10.96.0.10',
    any: '0.0.0.0',
    everywhere: '0.0.0.0/0',
  },
  IPv6: {
    pods: 'fd00:10:244::/64',
    podsOfNode: 64,
    services: 'fd00:10:96::/112',
    apiService: 'fd00:10:96::1',
    dnsService: 'fd00:10:96::a',
    any: '::',
    everywhere: '::/0',
  },
};

/** The subnets of all families, as the flags of Kubernetes take them. */
export function subnetsOf(families: Families, of: 'pods' | 'services'): string {
  return families.map((family) => ADDRESSES[family][of]).join(',');
}

/** An address as it stands in a URL. */
export function inUrl(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}
