/**
 * Where the API server and the cluster's DNS really listen, from the live addresses behind their Services: a network
 * plugin judges a packet after kube-proxy has put such an address in the Service's place, and distributions differ.
 */
import { formatCIDR, parseCIDR } from '../../crds/rules/address/cidr.ts';
import { isProblem } from '../../crds/rules/problem.ts';
import type { ServiceSpec } from '../../crds/rules/request/service.ts';
import type { ObjectMeta } from '../../kube/objects.ts';

type OfService = { readonly metadata: ObjectMeta };
type Service = OfService & { readonly spec?: ServiceSpec };
type Slice = OfService & {
  readonly endpoints?: readonly { readonly addresses: readonly string[] }[];
  readonly ports?: readonly { readonly port?: number; readonly protocol?: string }[];
};

/** A port as a NetworkPolicy writes it. */
export interface Port {
  readonly protocol: string;
  readonly port: number;
}

/** Addresses that listen on the same ports, as ranges of one address each; both sorted. */
export interface Listener {
  /** Where its pods are, if they are pods. */
  readonly namespace: string;
  readonly addresses: readonly string[];
  readonly ports: readonly Port[];
}

export interface Listening {
  readonly apiServer: readonly Listener[];
  readonly dns: readonly Listener[];
}

/** The label by which an EndpointSlice belongs to a Service. */
const serviceLabel = 'kubernetes.io/service-name';

/** Names of the Service of the cluster's DNS, by namespace. An ordinary user makes no Services in these. */
const dnsServices: Readonly<Record<string, readonly string[]>> = {
  'kube-system': ['kube-dns', 'coredns', 'rke2-coredns-rke2-coredns'],
  'openshift-dns': ['dns-default'],
};

/** Whether this is the API server's Service, or a slice of it. */
export function isOfApiServer(object: OfService): boolean {
  return object.metadata.namespace === 'default' && serviceName(object) === 'kubernetes';
}

/** Whether this is the Service of the cluster's DNS, or a slice of it. */
export function isOfDns(object: OfService): boolean {
  const names = dnsServices[object.metadata.namespace ?? ''];
  if (names === undefined) return false;
  return names.includes(serviceName(object)) || object.metadata.labels?.['k8s-app'] === 'kube-dns';
}

/** What listens, from all Services and slices that are known; others are left out. */
export function listeningOf(services: readonly Service[], slices: readonly Slice[]): Listening {
  const of = (isOne: (object: OfService) => boolean): Listener[] =>
    merged([...slices.filter(isOne).map(behind), ...services.filter(isOne).flatMap(inFront)]);
  const apiServer = of(isOfApiServer);
  // The Service's own address alone would not do: most plugins see the address behind it.
  const isLive = slices.filter(isOfApiServer).some((slice) => behind(slice).addresses.length > 0);
  return {
    apiServer: isLive ? apiServer : apiServer.map((listener) => ({ ...listener, addresses: [] })),
    dns: of(isOfDns),
  };
}

function serviceName({ metadata }: OfService): string {
  return metadata.labels?.[serviceLabel] ?? metadata.name;
}

function behind({ metadata, endpoints, ports }: Slice): Listener {
  return {
    namespace: metadata.namespace ?? '',
    addresses: (endpoints ?? []).flatMap(({ addresses }) => addresses),
    ports: (ports ?? []).flatMap(({ port, protocol }) => portOf(port, protocol)),
  };
}

/** A Service's own addresses, for plugins that judge before the address is replaced; and its target ports. */
function inFront({ metadata, spec }: Service): Listener[] {
  const namespace = metadata.namespace ?? '';
  const ports = spec?.ports ?? [];
  const own = ports.flatMap(({ port, protocol }) => portOf(port, protocol));
  const targets = ports.flatMap(({ targetPort, protocol }) =>
    typeof targetPort === 'number' ? portOf(targetPort, protocol) : [],
  );
  return [
    { namespace, addresses: spec?.clusterIPs ?? [], ports: own },
    { namespace, addresses: [], ports: targets },
  ];
}

function portOf(port: number | undefined, protocol = 'TCP'): Port[] {
  return port === undefined ? [] : [{ protocol, port }];
}

/** One listener for the same ports in the same namespace, so that what is known in another order makes the same rules. */
function merged(listeners: readonly Listener[]): Listener[] {
  const found = new Map<string, Listener>();
  for (const { namespace, addresses, ports } of listeners) {
    const sorted = uniquePorts(ports);
    if (sorted.length === 0) continue;
    const key = JSON.stringify([namespace, sorted]);
    const before = found.get(key)?.addresses ?? [];
    const ranges = [...new Set([...before, ...addresses.flatMap(rangeOf)])].toSorted();
    found.set(key, { namespace, addresses: ranges, ports: sorted });
  }
  return [...found].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, listener]) => listener);
}

function uniquePorts(ports: readonly Port[]): Port[] {
  const byText = new Map(ports.map((port) => [`${port.protocol} ${port.port}`, port]));
  return [...byText].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, port]) => port);
}

/** A name (of a slice with names) and `None` (of a headless Service) are no addresses. */
function rangeOf(address: string): string[] {
  const range = parseCIDR(address);
  return isProblem(range) ? [] : [formatCIDR(range)];
}
