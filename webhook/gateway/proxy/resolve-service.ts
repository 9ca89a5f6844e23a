/**
 * Finds where an application's Service listens: the Service as the API server has it, then cluster DNS, then every
 * address checked. What it returns is dialled as it is, so that no second DNS answer can replace a checked address.
 */

import type { LookupAddress } from 'node:dns';
import { readFileSync } from 'node:fs';
import type { Reason } from '../../../crds/rules/reasons.ts';
import { type ServiceSpec, servedService } from '../../../crds/rules/request/service.ts';
import type { NamespacedName } from '../../../kube/objects.ts';
import { objectionToAddress } from './dialled-address.ts';

export interface Upstream {
  /** An address, or a host name of the map file. */
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  /** What the certificate must be for. */
  readonly serverName: string;
}

export type Resolved =
  | { readonly ok: true; readonly upstream: Upstream }
  | { readonly ok: false; readonly reason: Reason; readonly detail: string };

export interface ServiceObject {
  readonly spec: ServiceSpec & { readonly clusterIPs?: readonly string[] };
}

/** `namespace/name:port` to where it really listens. */
export type ResolveMap = ReadonlyMap<string, Pick<Upstream, 'host' | 'port'>>;

export interface ResolverOptions {
  /** The Service, read after the request arrived; undefined when there is none. */
  readonly read: (ref: NamespacedName) => Promise<ServiceObject | undefined>;
  readonly map: ResolveMap | undefined;
  readonly lookup: (name: string) => Promise<readonly LookupAddress[]>;
  /** Addresses of this process's own network interfaces. */
  readonly own: () => readonly string[];
}

export type ResolveService = (ref: NamespacedName, port: number) => Promise<Resolved>;

/** Rejects when Service or DNS cannot be read: the caller refuses. */
export function createResolveService(options: ResolverOptions): ResolveService {
  return async (ref, port) => {
    const served = servedService(await options.read(ref), { name: ref.name, port });
    if (!served.ok) return served;
    const { service } = served;
    const named = { port, tls: speaksTls(service, port), serverName: `${ref.name}.${ref.namespace}.svc` };
    const mapped = options.map?.get(`${ref.namespace}/${ref.name}:${port}`);
    if (mapped !== undefined) return { ok: true, upstream: { ...named, ...mapped } };
    return dialled(options, service, named);
  };
}

async function dialled(
  options: ResolverOptions,
  { spec }: ServiceObject,
  named: Omit<Upstream, 'host'>,
): Promise<Resolved> {
  const given = (spec.clusterIPs ?? []).filter((address) => address !== 'None' && address !== '');
  // A headless Service leads to pods, and a pod may have its node's address.
  if (given.length === 0) return refused('ExternalService', 'the Service has no address of its own');
  const addresses = await options.lookup(named.serverName);
  const [first] = addresses;
  // Node takes an empty host for localhost, so that no address must never become an empty one.
  if (first === undefined) return refused('ExternalService', 'the name of the Service has no address');
  const own = options.own();
  // Every address has to be fit, not only the first: a DNS server gives them in any order.
  const objections = addresses.map(({ address }) => objectionToAddress(address, { given, own }));
  const objection = objections.find((one) => one !== undefined);
  if (objection !== undefined) return refused('ExternalService', objection);
  return { ok: true, upstream: { ...named, host: first.address } };
}

function speaksTls({ spec }: ServiceObject, port: number): boolean {
  const protocol = spec.ports?.find((one) => one.port === port)?.appProtocol;
  return protocol === 'https' || protocol === 'kubernetes.io/https';
}

function refused(reason: Reason, detail: string): Resolved {
  return { ok: false, reason, detail };
}

/** Reads a map file: JSON, `{"namespace/name:port": "host:port"}`. Throws on anything else. */
export function readResolveMap(path: string): ResolveMap {
  const parsed: unknown = JSON.parse(readFileSync(path, 'utf8'));
  if (typeof parsed !== 'object' || parsed === null) throw new Error(`${path}: must be a JSON object`);
  return new Map(Object.entries(parsed).map(([service, target]) => [service, targetOf(String(target))]));
}

function targetOf(text: string): { host: string; port: number } {
  const [, host, port] = /^([\w.-]+):(\d{1,5})$/.exec(text) ?? [];
  if (host === undefined || port === undefined) throw new Error(`${text}: must be host:port`);
  return { host, port: Number(port) };
}
