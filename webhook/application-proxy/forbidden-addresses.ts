/**
 * Which addresses may never be dialled for an application? Our own, the node's, the API server's, and everything that
 * means "here" or "this link", where clouds keep their credentials. It resolves nothing.
 */
import { type Address, formatAddress, parseAddress } from '../../crds/rules/address.ts';
import { allowlistOf } from '../../crds/rules/allowlist.ts';
import type { KubeClient } from '../../kube/client.ts';
import { EndpointSlices, Nodes, Services } from '../../kube/resources.ts';

/** This host, loopback, link-local, the metadata service under IPv6, multicast and the reserved rest. */
const never = [
  '0.0.0.0/8',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '::/128',
  '::1/128',
  'fd00:ec2::254/128',
  'fe80::/10',
  'ff00::/8',
];

/** Whether an address means something else than a Service of the cluster, wherever it is dialled from. */
export function isNeverDialled(address: Address): boolean {
  return allowlistOf(never).contains(address);
}

export interface InfrastructureOptions {
  readonly client: Pick<KubeClient, 'get' | 'list'>;
  /** Addresses of this process's own network interfaces. */
  readonly own: () => readonly string[];
  /** Milliseconds since an arbitrary moment. */
  readonly monotonic: () => number;
}

/** Nodes and API servers come and go rarely; this long an answer is used again, milliseconds. */
const keptForMs = 30_000;

interface NodeObject {
  readonly status?: { readonly addresses?: readonly { readonly address: string }[] };
}
interface SliceObject {
  readonly endpoints?: readonly { readonly addresses: readonly string[] }[];
}
interface ServiceObject {
  readonly spec: { readonly clusterIP?: string; readonly clusterIPs?: readonly string[] };
}

/** The canonical spellings of all addresses of nodes, API servers and this process. Rejects when they cannot be read. */
export function createInfrastructure(options: InfrastructureOptions): () => Promise<ReadonlySet<string>> {
  let kept: { readonly at: number; readonly addresses: ReadonlySet<string> } | undefined;
  return async () => {
    const now = options.monotonic();
    if (kept !== undefined && now - kept.at < keptForMs) return kept.addresses;
    const addresses = new Set((await read(options)).flatMap(canonical));
    kept = { at: now, addresses };
    return addresses;
  };
}

async function read({ client, own }: InfrastructureOptions): Promise<string[]> {
  const apiServer = { namespace: 'default', name: 'kubernetes' };
  const [nodes, slice, service] = await Promise.all([
    client.list<NodeObject>(Nodes),
    client.get<SliceObject>(EndpointSlices, apiServer),
    client.get<ServiceObject>(Services, apiServer),
  ]);
  return [
    ...own(),
    ...nodes.items.flatMap(({ status }) => (status?.addresses ?? []).map(({ address }) => address)),
    ...(slice.endpoints ?? []).flatMap(({ addresses }) => addresses),
    ...(service.spec.clusterIPs ?? [service.spec.clusterIP ?? '']),
  ];
}

// Nodes also have names among their addresses; those are no addresses and are passed over.
function canonical(text: string): string[] {
  const address = parseAddress(text);
  return address === undefined ? [] : [formatAddress(address)];
}
