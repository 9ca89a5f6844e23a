/**
 * Which Service may the gateway serve, and what of it was consented to? The operator reports it and the gateway asks it
 * again of the Service that it has just read. A Service that is only a name for something else would make the gateway
 * dial what its author wants.
 */
import { createHash } from 'node:crypto';
import { canonicalize } from '../../audit/canonical.ts';
import type { Reason } from '../reasons.ts';

/** One port, as far as it says where a request goes. */
export interface ServicePort {
  readonly name?: string;
  readonly port: number;
  readonly protocol?: string;
  readonly targetPort?: number | string;
  readonly appProtocol?: string;
}

/** The part of a Service that the rules are about. */
export interface ServiceSpec {
  readonly type?: string;
  readonly selector?: Readonly<Record<string, string>>;
  readonly ports?: readonly ServicePort[];
  readonly clusterIPs?: readonly string[];
}

/** A Service, as the operator's copy or a fresh read has it. */
export interface ServiceObject {
  readonly metadata: { readonly name: string; readonly uid: string; readonly deletionTimestamp?: string };
  readonly spec?: ServiceSpec;
}

/** A Service with what leads its addresses elsewhere. */
export interface ServiceReading {
  /** Undefined when there is none. */
  readonly service: ServiceObject | undefined;
  /** Names of the EndpointSlices for it that Kubernetes' own controller did not make. */
  readonly handMadeSlices: readonly string[];
  /** What is said against addresses behind it that are not of its pods; undefined where nothing is to be dialled. */
  readonly strays?: readonly string[];
}

/** The label by which an EndpointSlice belongs to a Service. */
const serviceLabel = 'kubernetes.io/service-name';

const managerLabel = 'endpointslice.kubernetes.io/managed-by';
const controller = 'endpointslice-controller.k8s.io';

/** What the pods of this product are labelled by: the chart says the same, and a test compares. */
export const nameLabel = 'app.kubernetes.io/name';
export const productName = 'support-access';

/** Selects all EndpointSlices of a Service. */
export function slicesOf(service: string): string {
  return `${serviceLabel}=${service}`;
}

/** Whether an EndpointSlice was made by hand, as the selector below finds them. */
export function isMadeByHand(slice: {
  readonly metadata: { readonly labels?: Readonly<Record<string, string>> };
}): boolean {
  return slice.metadata.labels?.[managerLabel] !== controller;
}

/**
 * Selects the EndpointSlices that were made by hand: kube-proxy follows them like all others, so that their author would
 * decide where the Service's address leads.
 */
export const handMadeSlicesSelector = `${serviceLabel},${managerLabel}!=${controller}`;

/** Selects all others: those that the controller made, or that claim it. Their addresses are judged one by one. */
export const claimedSlicesSelector = `${serviceLabel},${managerLabel}=${controller}`;

/** `namespace/name` of the Service that an EndpointSlice says it is for. */
export function serviceOfSlice({
  metadata,
}: {
  readonly metadata: { readonly namespace?: string; readonly labels?: Readonly<Record<string, string>> };
}): string {
  return `${metadata.namespace}/${metadata.labels?.[serviceLabel]}`;
}

/** The name of a Service in the cluster's DNS, which its certificate is for unless the application says otherwise. */
export function serviceHost({
  namespace,
  name,
}: {
  readonly namespace: string;
  readonly name: string;
}): string {
  return `${name}.${namespace}.svc`;
}

/** What an application names: the Service in its namespace, and the port. */
export interface ServiceRef {
  readonly name: string;
  readonly port: number;
}

/** The Service and its port, or why it is not served; the detail is for the customer. */
export type ServedService =
  | { readonly ok: true; readonly service: ServiceObject; readonly port: ServicePort }
  | {
      readonly ok: false;
      readonly reason: Extract<Reason, 'NoService' | 'ExternalService'>;
      readonly detail: string;
    };

/**
 * Whether the Service is served at the port. One without a selector points wherever its endpoints say, so it is as
 * foreign as an ExternalName; one without an address of its own leads to pods, and a pod may have its node's address.
 */
export function servedService(reading: ServiceReading, { name, port }: ServiceRef): ServedService {
  const { service } = reading;
  if (service === undefined || service.metadata.deletionTimestamp !== undefined) {
    return refused(
      'NoService',
      `There is no Service ${name} in this namespace; create it, or correct spec.serviceRef of the application.`,
    );
  }

  const { type, selector = {}, ports = [] } = specOf(service);
  if (type === 'ExternalName') {
    return refused(
      'ExternalService',
      `Service ${name} is an ExternalName, which leads out of the cluster; use a Service that selects pods.`,
    );
  }

  const elsewhere = selectsElsewhere(selector, name);
  if (elsewhere !== undefined) return refused('ExternalService', elsewhere);
  if (addressesOf(service).length === 0) {
    return refused(
      'ExternalService',
      `Service ${name} has no address of its own, since it is headless; use a Service with a cluster IP.`,
    );
  }

  const stray = strayOf(reading, name);
  if (stray !== undefined) return refused('ExternalService', stray);

  const served = ports.find((one) => one.port === port && isTcp(one));
  if (served !== undefined) return { ok: true, service, port: served };
  return refused(
    'NoService',
    `Service ${name} has no TCP port ${port}; add the port, or correct spec.serviceRef.port of the application.`,
  );
}

/** What is against the pods that a Service selects: those of no one, or of this product, whose pages no application stands for. */
function selectsElsewhere(selector: Readonly<Record<string, string>>, name: string): string | undefined {
  if (Object.keys(selector).length === 0)
    return `Service ${name} has no selector, so it may lead anywhere; use a Service that selects pods.`;

  if (selector[nameLabel] !== productName) return undefined;
  return `Service ${name} leads to this product, which no application stands for; name the Service of the application.`;
}

/** The addresses that the API server gave to the Service; a headless one has none. */
export function addressesOf({ spec }: ServiceObject): readonly string[] {
  return (spec?.clusterIPs ?? []).filter((address) => address !== 'None' && address !== '');
}

/**
 * SHA-256 over everything of a Service that says where a request ends: selector, ports and addresses. Node ports,
 * labels and what else a controller writes by itself are left out, since they lead support nowhere else.
 */
export function serviceHash(spec: ServiceSpec = nothing): string {
  const known = hashes.get(spec);
  if (known !== undefined) return known;
  const hash = hashOf(spec);
  hashes.set(spec, hash);
  return hash;
}

const nothing: ServiceSpec = {};

/** Remembered for as long as the object that was read is: the streams of one reading are judged by it again and again. */
const hashes = new WeakMap<ServiceSpec, string>();

function hashOf(spec: ServiceSpec): string {
  const { selector = {}, ports = [], clusterIPs = [] } = spec;
  const texts = ports.map(({ name = '', port, protocol = 'TCP', targetPort = port, appProtocol = '' }) =>
    canonicalize({ name, port, protocol, targetPort, appProtocol }),
  );
  // The list of ports is a map to the API server: another order is the same Service.
  const said = { selector, ports: texts.toSorted(), clusterIPs };
  return createHash('sha256').update(canonicalize(said)).digest('hex');
}

function refused(reason: 'NoService' | 'ExternalService', detail: string) {
  return { ok: false, reason, detail } as const;
}

/** What is said against the addresses behind it. */
function strayOf({ handMadeSlices, strays = [] }: ServiceReading, name: string): string | undefined {
  const [slice] = handMadeSlices;
  return slice === undefined ? strays[0] : addedByHand(slice, name);
}

function specOf({ spec = {} }: ServiceObject): ServiceSpec {
  return spec;
}

function isTcp({ protocol = 'TCP' }: ServicePort): boolean {
  return protocol === 'TCP';
}

function addedByHand(slice: string, service: string): string {
  return `EndpointSlice ${slice} adds addresses to Service ${service} that Kubernetes did not find by its selector; delete it.`;
}
