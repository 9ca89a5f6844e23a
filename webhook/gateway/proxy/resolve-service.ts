/**
 * Where does an application's Service listen? The one place from which anything upstream is dialled: the Service as the
 * API server has it, then cluster DNS, then every address judged. The address that was judged is the one that is dialled.
 */

import type { LookupAddress } from 'node:dns';
import { readFileSync } from 'node:fs';
import type { Reason } from '../../../crds/rules/reasons.ts';
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
  readonly spec: {
    readonly type?: string;
    readonly selector?: Readonly<Record<string, string>>;
    readonly clusterIPs?: readonly string[];
    readonly ports?: readonly { readonly port: number; readonly appProtocol?: string }[];
  };
}

/** `namespace/name:port` to where it really listens. */
export type ResolveMap = ReadonlyMap<string, Pick<Upstream, 'host' | 'port'>>;

export interface ResolverOptions {
  /** The Service, read after the question; undefined when there is none. */
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
    const service = await options.read(ref);
    if (service === undefined) return refused('NoService', `there is no Service ${ref.name}`);
    const objection = objectionTo(service, port);
    if (objection !== undefined) return objection;
    const named = { port, tls: speaksTls(service, port), serverName: `${ref.name}.${ref.namespace}.svc` };
    const mapped = options.map?.get(`${ref.namespace}/${ref.name}:${port}`);
    if (mapped !== undefined) return { ok: true, upstream: { ...named, ...mapped } };
    return dialled(options, service, named);
  };
}

async function dialled(
  options: ResolverOptions,
  service: ServiceObject,
  named: Omit<Upstream, 'host'>,
): Promise<Resolved> {
  const addresses = await options.lookup(named.serverName);
  const wrong = wrongAddress(addresses, service, options.own());
  if (wrong !== undefined) return refused('ExternalService', wrong);
  return { ok: true, upstream: { ...named, host: addresses[0]?.address ?? '' } };
}

function speaksTls({ spec }: ServiceObject, port: number): boolean {
  const protocol = spec.ports?.find((one) => one.port === port)?.appProtocol;
  return protocol === 'https' || protocol === 'kubernetes.io/https';
}

function refused(reason: Reason, detail: string): Resolved {
  return { ok: false, reason, detail };
}

/** A Service that is only a name for something else would make the gateway dial whatever its author wants. */
function objectionTo({ spec }: ServiceObject, port: number): Resolved | undefined {
  if (spec.type === 'ExternalName') return refused('ExternalService', 'the Service is an ExternalName');
  if (Object.keys(spec.selector ?? {}).length === 0)
    return refused('ExternalService', 'the Service selects no pods');

  if (spec.ports?.some((one) => one.port === port) === true) return undefined;
  return refused('NoService', `the Service has no port ${port}`);
}

/** Every address has to be fit, not only the first: the order of a DNS answer is whatever its server likes. */
function wrongAddress(
  addresses: readonly LookupAddress[],
  { spec }: ServiceObject,
  own: readonly string[],
): string | undefined {
  const given = (spec.clusterIPs ?? []).filter((address) => address !== 'None' && address !== '');
  // A headless Service leads to pods, and a pod may have its node's address.
  if (given.length === 0) return 'the Service has no address of its own';
  if (addresses.length === 0) return 'the name of the Service has no address';
  return addresses.map(({ address }) => objectionToAddress(address, { given, own })).find(isWrong);
}

const isWrong = (objection: string | undefined): objection is string => objection !== undefined;

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
