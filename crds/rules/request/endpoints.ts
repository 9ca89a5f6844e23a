/**
 * Do the addresses behind a Service belong to the pods that it selects? An EndpointSlice is text that an editor of its
 * namespace may write, and its label may claim that Kubernetes made it: only the Pods themselves say whose an address is.
 */
import type { ServiceObject } from './service.ts';

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

/** An EndpointSlice, as far as the rule asks for it. */
export interface SliceObject {
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly addressType?: string;
  readonly endpoints?: readonly Endpoint[] | null;
}

/** A Pod, as far as the rule asks for it. */
export interface PodObject {
  readonly metadata: { readonly uid: string; readonly labels?: Readonly<Record<string, string>> };
  readonly spec?: { readonly hostNetwork?: boolean };
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
  const why = refOf(slice, endpoint) ?? podOf(endpoint, pod) ?? selected(pod, service);
  if (why === undefined) return undefined;
  const [address = 'nothing'] = endpoint.addresses ?? [];
  const where = `EndpointSlice ${slice.metadata.name} leads Service ${service.metadata.name} to ${address.slice(0, 64)}`;
  const wayOut = why.startsWith(onItsNode)
    ? 'run the application without hostNetwork.'
    : 'delete the slice, and Kubernetes makes it anew from the pods.';
  return `${where}, but ${why}; ${wayOut}`;
}

const onItsNode = 'that pod has the address of its node';

function refOf(slice: SliceObject, endpoint: Endpoint): string | undefined {
  if (slice.addressType !== 'IPv4' && slice.addressType !== 'IPv6')
    return 'it holds names in place of addresses';
  if (podNameOf(slice, endpoint) === undefined) return 'it names no pod of its namespace there';
  return undefined;
}

function podOf(endpoint: Endpoint, pod: PodObject | undefined): string | undefined {
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

/** On its node's address kubelet and etcd listen, and a pod names the port behind the Service's port by itself. */
function isOnItsNode({ spec, status }: PodObject): boolean {
  return spec?.hostNetwork === true || !ipsOf(status?.podIPs).isDisjointFrom(ipsOf(status?.hostIPs));
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
