/**
 * Do the addresses behind a Service belong to the pods that it selects? An EndpointSlice is text that an editor of its
 * namespace may write, and its label may claim that Kubernetes made it: only the Pods themselves say whose an address is,
 * and only the Service says which of their ports is meant.
 */
import type { ServiceObject, ServicePort } from './service.ts';

/** One endpoint, as far as it says where packets go. */
export interface Endpoint {
  readonly addresses?: readonly string[] | null;
  readonly conditions?: { readonly ready?: boolean | null; readonly serving?: boolean | null };
  readonly targetRef?: {
    readonly kind?: string;
    readonly namespace?: string;
    readonly name?: string;
    readonly uid?: string;
  };
}

/** A port of all endpoints of a slice; `name` is that of the Service's port. */
export interface EndpointPort {
  readonly name?: string | null;
  readonly port?: number | null;
  readonly protocol?: string | null;
}

/** An EndpointSlice, as far as the rule asks for it. */
export interface SliceObject {
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly addressType?: string;
  readonly endpoints?: readonly Endpoint[] | null;
  readonly ports?: readonly EndpointPort[] | null;
}

/** A container, as far as it names ports. */
interface Container {
  readonly restartPolicy?: string;
  readonly ports?:
    | readonly { readonly name?: string; readonly containerPort: number; readonly protocol?: string }[]
    | null;
}

/** A Pod, as far as the rule asks for it. */
export interface PodObject {
  readonly metadata: { readonly uid: string; readonly labels?: Readonly<Record<string, string>> };
  readonly spec?: {
    readonly hostNetwork?: boolean;
    readonly containers?: readonly Container[] | null;
    readonly initContainers?: readonly Container[] | null;
  };
  readonly status?: {
    readonly phase?: string;
    readonly podIPs?: readonly { readonly ip?: string }[] | null;
    readonly hostIPs?: readonly { readonly ip?: string }[] | null;
  };
}

/**
 * Whether kube-proxy may send packets there: to the ready ones, and to those that still serve while they end. What is
 * not said counts as yes, as it does for kube-proxy.
 */
export function mayBeDialled({ conditions = {} }: Endpoint): boolean {
  return (conditions.ready ?? true) || (conditions.serving ?? true);
}

/** The name of the Pod that an endpoint is for, if it is one that may be read: a Pod of the slice's own namespace. */
export function podNameOf({ metadata }: SliceObject, { targetRef }: Endpoint): string | undefined {
  const isOwn = targetRef?.kind === 'Pod' && targetRef.namespace === metadata.namespace;
  return isOwn ? targetRef.name || undefined : undefined;
}

/** Why nothing may be dialled because of this endpoint; `pod` is the Pod of the name that it gives, as read. */
export function endpointObjection(
  slice: SliceObject,
  endpoint: Endpoint,
  { pod, service }: { readonly pod: PodObject | undefined; readonly service: ServiceObject },
): string | undefined {
  const why =
    refOf(slice, endpoint) ??
    podObjection(endpoint, pod) ??
    selected(pod, service) ??
    portsOf(slice, pod, service);
  if (why === undefined) return undefined;
  const [address = 'nothing'] = endpoint.addresses ?? [];
  const where = `EndpointSlice ${slice.metadata.name} leads Service ${service.metadata.name} to ${address.slice(0, 64)}`;
  const wayOut = why.startsWith(onItsNode)
    ? 'run the application without hostNetwork.'
    : 'delete the slice, and Kubernetes makes it again from the pods.';
  return `${where}, but ${why}; ${wayOut}`;
}

const onItsNode = 'that pod has the address of its node';

function refOf(slice: SliceObject, endpoint: Endpoint): string | undefined {
  if (slice.addressType !== 'IPv4' && slice.addressType !== 'IPv6')
    return 'it holds names in place of addresses';
  if (podNameOf(slice, endpoint) === undefined) return 'it names no pod of its namespace there';
  return undefined;
}

/** Why the address of an endpoint is not that of its Pod, as read, and of nothing else. */
export function podObjection(endpoint: Endpoint, pod: PodObject | undefined): string | undefined {
  const { targetRef: { name = '', uid } = {} } = endpoint;
  if (pod === undefined) return `there is no pod ${name}`;
  if (pod.metadata.uid !== uid) return `pod ${name} is another one than it means`;
  // The address of one that has finished may be another pod's by now.
  if (hasFinished(pod)) return `pod ${name} has finished`;
  if (!hasAddresses(pod, endpoint.addresses ?? [])) return `pod ${name} does not have that address`;
  return isOnItsNode(pod) ? onItsNode : undefined;
}

function hasFinished({ status }: PodObject): boolean {
  return status?.phase === 'Succeeded' || status?.phase === 'Failed';
}

function hasAddresses({ status }: PodObject, addresses: readonly string[]): boolean {
  const own = ipsOf(status?.podIPs);
  return addresses.length > 0 && addresses.every((address) => own.has(address));
}

/** Whether the Pod that an endpoint means has the address of its node; undefined where it is not the one that was read. */
export function isOnNodeOf({ targetRef }: Endpoint, pod: PodObject | undefined): boolean | undefined {
  return pod !== undefined && pod.metadata.uid === targetRef?.uid ? isOnItsNode(pod) : undefined;
}

/** On its node's address kubelet and etcd listen, and a pod names the port behind the Service's port by itself. */
function isOnItsNode({ spec, status }: PodObject): boolean {
  const own = ipsOf(status?.podIPs);
  return spec?.hostNetwork === true || [...ipsOf(status?.hostIPs)].some((ip) => own.has(ip));
}

function ipsOf(said: readonly { readonly ip?: string }[] | null | undefined): Set<string> {
  return new Set((said ?? []).flatMap(({ ip }) => ip ?? []));
}

function selected(pod: PodObject | undefined, { spec }: ServiceObject): string | undefined {
  const labels = pod?.metadata.labels ?? {};
  const wanted = Object.entries(spec?.selector ?? {});
  const isSelected = wanted.every(([key, value]) => Object.hasOwn(labels, key) && labels[key] === value);
  return isSelected ? undefined : 'the Service does not select that pod';
}

/**
 * Each port of the slice must be one of the Service's, and be where that leads on this pod. One that the Service does not
 * have is dialled by no kube-proxy, but what else reads slices may take it.
 */
function portsOf(
  { ports }: SliceObject,
  pod: PodObject | undefined,
  { spec }: ServiceObject,
): string | undefined {
  const all = spec?.ports ?? [];
  for (const said of ports ?? []) {
    const objection = portOf(
      said,
      all.find((one) => (one.name ?? '') === (said.name ?? '')),
      pod,
    );
    if (objection !== undefined) return objection;
  }
  return undefined;
}

function portOf(
  { name, port, protocol }: EndpointPort,
  meant: ServicePort | undefined,
  pod: PodObject | undefined,
): string | undefined {
  const called = name ? `port ${name.slice(0, 64)}` : 'the port without a name';
  if (meant === undefined) return `the Service does not have ${called}, as the slice says`;
  const own = targetOn(pod, meant);
  if (own === undefined) return `that pod has no port ${meant.targetPort}, to which ${called} leads`;
  const [said, wanted] = [withProtocol(port ?? 'any', protocol), withProtocol(own, meant.protocol)];
  return said === wanted
    ? undefined
    : `to ${said} in place of ${wanted}, to which ${called} leads on that pod`;
}

const withProtocol = (port: number | string, protocol: string | null | undefined): string =>
  `${port}/${protocol ?? 'TCP'}`;

/** Where a port of a Service leads on a pod, as Kubernetes finds it: by number, or by the name that a container gives. */
function targetOn(
  pod: PodObject | undefined,
  { port, targetPort = port, protocol = 'TCP' }: ServicePort,
): number | undefined {
  if (typeof targetPort === 'number') return targetPort;
  const { containers, initContainers } = pod?.spec ?? {};
  const sidecars = (initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  return [...(containers ?? []), ...sidecars]
    .flatMap(({ ports }) => ports ?? [])
    .find((one) => one.name === targetPort && (one.protocol ?? 'TCP') === protocol)?.containerPort;
}
