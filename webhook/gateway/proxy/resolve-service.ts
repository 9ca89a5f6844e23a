/**
 * Finds where an application's Service listens: the Service as the decision has read it, then cluster DNS, then every
 * address checked. What it returns is dialled as it is, so that no second DNS answer can replace a checked address.
 */

import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { readFileSync, statSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { printable } from '../../../crds/rules/problem.ts';
import type { Reason } from '../../../crds/rules/reasons.ts';
import {
  addressesOf,
  type ServiceObject,
  type ServicePort,
  type ServiceReading,
  type ServiceRef,
  servedService,
  serviceHost,
} from '../../../crds/rules/request/service.ts';
import { within } from '../../../process/deadline.ts';
import type { CaRef, ReadCa } from './application-ca.ts';
import { objectionToAddress } from './dialled-address.ts';

export interface Upstream {
  /** An address, or a host name of the map file. */
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  /** What the certificate must be for. */
  readonly serverName: string;
  /** The only authorities that may have signed it, as PEM; without them, the public ones. */
  readonly ca?: readonly string[];
}

export type Resolved =
  | { readonly ok: true; readonly upstream: Upstream }
  | { readonly ok: false; readonly reason: Reason; readonly detail: string };

/** What is to be dialled: what the application names, and the Service that the decision was made from. */
export interface Backend {
  readonly namespace: string;
  readonly ref: ServiceRef;
  readonly reading: ServiceReading;
  /** What the application says of TLS. */
  readonly tls?: { readonly serverName?: string; readonly caRef?: CaRef } | undefined;
}

/** `namespace/name:port` to where it really listens. */
export type ResolveMap = ReadonlyMap<string, Pick<Upstream, 'host' | 'port'>>;

export interface ResolverOptions {
  /** Asked for each request; throws while the map cannot be read. */
  readonly map: () => ResolveMap;
  readonly lookup: (name: string) => Promise<readonly LookupAddress[]>;
  /** How long it may take, milliseconds. */
  readonly lookupWithinMs: number;
  readonly readCa: ReadCa;
  /** Addresses of this process's own network interfaces. */
  readonly own: () => readonly string[];
}

export type ResolveService = (backend: Backend) => Promise<Resolved>;

/**
 * How long DNS may take. The system's resolver tries for ten seconds and more by itself, and each second makes the decision
 * that is waiting older.
 */
const lookupWithinMs = 2000;

const noMap: ResolveMap = new Map();

/** By cluster DNS and this process's own addresses. `resolveMap` is the path of a map file that stands in for DNS. */
export function resolveInCluster(resolveMap: string | undefined, readCa: ReadCa): ResolveService {
  return createResolveService({
    map: resolveMap === undefined ? () => noMap : followResolveMap(resolveMap),
    lookup: (name) => lookup(name, { all: true }),
    lookupWithinMs,
    readCa,
    own: () => Object.values(networkInterfaces()).flatMap((each) => (each ?? []).map((one) => one.address)),
  });
}

/** Rejects when DNS or the map cannot be read: the caller refuses. */
export function createResolveService(options: ResolverOptions): ResolveService {
  return async ({ namespace, ref: { name, port }, reading, tls }) => {
    // Asked again here, though the decision has asked it: nothing that is not served is ever dialled.
    const served = servedService(reading, { name, port });
    if (!served.ok) return served;
    const trusted = await authoritiesOf(options, namespace, tls?.caRef);
    if (!trusted.ok) return refused('ServiceUnreachable', trusted.detail);
    const service = serviceHost({ namespace, name });
    const named = {
      port,
      tls: tls !== undefined || speaksTls(served.port),
      serverName: tls?.serverName ?? service,
      ...trusted.only,
    };
    const mapped = options.map().get(`${namespace}/${name}:${port}`);
    if (mapped !== undefined) return { ok: true, upstream: { ...named, ...mapped } };
    const resolved = await addressOf(options, served.service, service);
    return resolved.ok ? { ok: true, upstream: { ...named, host: resolved.host } } : resolved;
  };
}

type Trusted =
  | { readonly ok: true; readonly only: Pick<Upstream, 'ca'> }
  | { readonly ok: false; readonly detail: string };

/** Whom the application names; no one where it names none, which are the public authorities. */
async function authoritiesOf(
  { readCa }: ResolverOptions,
  namespace: string,
  ref: CaRef | undefined,
): Promise<Trusted> {
  if (ref === undefined) return { ok: true, only: {} };
  const read = await readCa(namespace, ref);
  return read.ok ? { ok: true, only: { ca: read.ca } } : read;
}

async function addressOf(
  options: ResolverOptions,
  service: ServiceObject,
  name: string,
): Promise<{ readonly ok: true; readonly host: string } | Extract<Resolved, { ok: false }>> {
  const given = addressesOf(service);
  const ms = options.lookupWithinMs;
  const late = (): Error => new Error(`DNS gave no address of ${name} within ${ms} ms`);
  const addresses = await within(options.lookup(name), { ms, late });
  const [first] = addresses;
  // Node takes an empty host for localhost, so that no address must never become an empty one.
  if (first === undefined) return refused('ExternalService', 'the name of the Service has no address');
  const own = options.own();
  // Every address has to be fit, not only the first: a DNS server gives them in any order.
  const objections = addresses.map(({ address }) => objectionToAddress(address, { given, own }));
  const objection = objections.find((one) => one !== undefined);
  if (objection !== undefined) return refused('ExternalService', objection);
  return { ok: true, host: first.address };
}

function speaksTls({ appProtocol }: ServicePort): boolean {
  return appProtocol === 'https' || appProtocol === 'kubernetes.io/https';
}

function refused(reason: Reason, detail: string): Extract<Resolved, { ok: false }> {
  return { ok: false, reason, detail };
}

/**
 * The map of a file as it stands at each call: who develops puts another application behind the gateway without starting
 * it again. Read anew only when the file is another than before. Throws at once when it cannot be read.
 */
export function followResolveMap(path: string): () => ResolveMap {
  // The times alone would miss a second write within one tick of the file system's clock, so the length counts too.
  const versionNow = (): string => {
    const { mtimeMs, size, ino } = statSync(path);
    return `${mtimeMs} ${size} ${ino}`;
  };
  let known = { version: versionNow(), map: readResolveMap(path) };
  return () => {
    const version = versionNow();
    if (version !== known.version) known = { version, map: readResolveMap(path) };
    return known.map;
  };
}

const mapExample = 'for example {"ecase/ecase:8080": "127.0.0.1:3000"}';

/** Reads a map file: JSON, `{"namespace/name:port": "host:port"}`. Throws on anything else, in words for who wrote it. */
export function readResolveMap(path: string): ResolveMap {
  const parsed = parsedMap(path);
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    throw new Error(`the file ${path} must hold one JSON object with a line for each Service, ${mapExample}`);
  return new Map(Object.entries(parsed).map((entry) => entryOf(entry)));
}

function parsedMap(path: string): unknown {
  const text = readFileSync(path, 'utf8');
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(
      `the file ${path} must be JSON, ${mapExample}; look for a missing quote, comma or bracket`,
    );
  }
}

function entryOf([service, target]: readonly [string, unknown]): [string, { host: string; port: number }] {
  const [, servicePort] = /^[a-z0-9-]+\/[a-z0-9-]+:(\d{1,5})$/.exec(service) ?? [];
  if (!isPort(servicePort))
    throw new Error(`"${printable(service)}" must be namespace/name:port of a Service, ${mapExample}`);
  const [, v6, name, port] =
    /^(?:\[([0-9a-f:]+)\]|([\w.-]+)):(\d{1,5})$/i.exec(typeof target === 'string' ? target : '') ?? [];
  const host = v6 ?? name;
  if (host === undefined || !isPort(port)) {
    const shown = typeof target === 'string' ? target : JSON.stringify(target);
    throw new Error(
      `"${service}" is "${printable(shown)}" and must be a host and a port in quotes, an IPv6 address in brackets, for example "127.0.0.1:3000" or "[::1]:3000"`,
    );
  }
  return [service, { host, port: Number(port) }];
}

function isPort(text: string | undefined): boolean {
  return text !== undefined && Number(text) >= 1 && Number(text) <= 65_535;
}
