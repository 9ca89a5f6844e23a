/**
 * Builds the client: every verb for any resource, in raw JSON. Nothing is converted, so no field that we do not know is
 * lost, and timestamps stay the strings that they are.
 */
import { type Clock, systemClock } from '../clock.ts';
import { type KubeConfigSource, loadCredentials } from '../http/credentials.ts';
import type { ConfiguredPlace } from '../http/identity.ts';
import { accepted, acceptFor, query, withKind } from '../http/request-parts.ts';
import {
  createTransport,
  type Transport,
  type TransportRequest,
  type TriedRequest,
} from '../http/transport.ts';
import type { Naming, ObjectRef, WrittenObject } from '../objects.ts';
import { type Place, type Resource, resourcePath } from '../resources.ts';
import type { CallOptions, DeleteOptions, GetOptions, KubeClient, WriteOptions } from './client.ts';
import { collectionVersion, listAll } from './list.ts';
import { portForward } from './port-forward.ts';
import { openWatch } from './watch-stream.ts';

export interface ClientSettings {
  readonly userAgent?: string | undefined;
  readonly clock?: Clock | undefined;
  /** For calls that name no deadline of their own, in milliseconds; 30,000 unless set. */
  readonly deadlineMs?: number | undefined;
  /** Told of each try of a request, for metrics. */
  readonly onTried?: ((tried: TriedRequest) => void) | undefined;
  /** Told of what the server warns of, as often as it does: of admission, and of versions and fields that are old. */
  readonly onWarning?: ((text: string) => void) | undefined;
}

/** Throws when there is no usable configuration. Makes no request yet. */
export async function createKubeClient(
  source: KubeConfigSource,
  settings: ClientSettings = {},
): Promise<KubeClient> {
  const clock = settings.clock ?? systemClock;
  const credentials = await loadCredentials(source, clock);
  const transport = createTransport({
    credentials,
    clock,
    userAgent: settings.userAgent ?? 'support-access',
    deadlineMs: settings.deadlineMs,
    onTried: settings.onTried,
    onWarning: settings.onWarning,
  });
  return clientOver(transport, credentials);
}

function clientOver(transport: Transport, origin: ConfiguredPlace): KubeClient {
  const call = async <T>(request: TransportRequest): Promise<T> =>
    JSON.parse(accepted(request, await transport.send(request))) as T;
  return {
    server: origin.server.href.replace(/\/$/, ''),
    proxy: origin.proxy && `${origin.proxy.protocol}//${origin.proxy.host}`,
    context: origin.context,
    namespace: origin.namespace,
    get: async (resource, ref, options = {}) => call(read(resource, ref, options)),
    list: async (resource, options = {}) => listAll(transport, resource, options),
    versionOf: async (resource, options = {}) => collectionVersion(transport, resource, options),
    create: async (resource, object, options = {}) => {
      const place = { namespace: homeOf(resource, object), subresource: options.subresource };
      return call(write('POST', { resource, place, body: withKind(resource, object), options }));
    },
    apply: async (resource, object, options) => {
      const place = { ...named(object), subresource: options.subresource };
      const content = { type: 'application/apply-patch+yaml', force: options.force };
      return call(write('PATCH', { resource, place, body: withKind(resource, object), options, ...content }));
    },
    mergePatch: async (resource, ref, { patch, ...options }) => {
      const place = { ...ref, subresource: options.subresource };
      const request = { resource, place, body: patch, options, type: 'application/merge-patch+json' };
      return call({ ...write('PATCH', request), isConditional: holdsVersion(patch) });
    },
    update: async (resource, object, options = {}) => {
      const place = { ...named(object), subresource: options.subresource };
      return call(write('PUT', { resource, place, body: withKind(resource, object), options }));
    },
    delete: async (resource, ref, options = {}) => remove(transport, { resource, ref, options }),
    createSubresource: async (resource, ref, { subresource, body, ...options }) =>
      call(write('POST', { resource, place: { ...ref, subresource }, body, options })),
    raw: async (method, path, options = {}) => transport.send({ method, path, ...options }),
    watch: async (resource, options) => openWatch(transport, resource, options),
    portForward: async (pod, port) => portForward(transport, pod, port),
    credentials: async () => transport.credentials(),
    clockOffsetMs: () => transport.clockOffset.offsetMs(),
    clockAheadMs: () => transport.clockOffset.certainlyAheadMs(),
    close: async () => transport.close(),
    abandon: async () => transport.abandon(),
  };
}

function read(resource: Resource, ref: ObjectRef, options: GetOptions): TransportRequest {
  const path = resourcePath(resource, { namespace: ref.namespace, name: ref.name });
  return { method: 'GET', path, headers: acceptFor(options.metadataOnly), ...callOptions(options) };
}

interface Write {
  readonly resource: Resource;
  readonly place: Place;
  readonly body: unknown;
  readonly options: WriteOptions;
  readonly type?: string;
  readonly force?: boolean | undefined;
}

function write(method: string, { resource, place, body, options, type, force }: Write): TransportRequest {
  const { fieldManager, dryRun, strict, subresource: _, ...rest } = options;
  const asked = {
    fieldManager,
    force,
    dryRun: dryRun ? 'All' : undefined,
    fieldValidation: strict ? 'Strict' : undefined,
  };
  return {
    method,
    path: resourcePath(resource, place) + query(asked),
    headers: { ...acceptFor(false), 'content-type': type ?? 'application/json' },
    body: JSON.stringify(body),
    ...callOptions(rest),
  };
}

function holdsVersion(patch: unknown): boolean {
  return (patch as Naming | null)?.metadata?.resourceVersion !== undefined;
}

function callOptions({ signal, deadlineMs, pool }: CallOptions): CallOptions {
  return { signal, deadlineMs, pool };
}

function named(object: WrittenObject): { name: string; namespace: string | undefined } {
  const { metadata } = object as Naming;
  const name = metadata?.name;
  if (!name) throw new TypeError('an object that is written needs metadata.name');
  return { name, namespace: metadata?.namespace };
}

/** The namespace to create in. Without one the server would respond 405 to a URL that looks like a list. */
function homeOf(resource: Resource, object: WrittenObject): string | undefined {
  const namespace = (object as Naming).metadata?.namespace;
  if (resource.namespaced && !namespace) throw new TypeError(`a ${resource.kind} needs metadata.namespace`);
  return namespace;
}

interface Removal {
  readonly resource: Resource;
  readonly ref: ObjectRef;
  readonly options: DeleteOptions;
}

async function remove(
  transport: Transport,
  { resource, ref, options }: Removal,
): Promise<'deleted' | 'absent'> {
  const { uid, resourceVersion, propagation, gracePeriodSeconds, dryRun } = options;
  const body = JSON.stringify({
    apiVersion: 'v1',
    kind: 'DeleteOptions',
    preconditions: uid || resourceVersion ? { uid, resourceVersion } : undefined,
    propagationPolicy: propagation,
    gracePeriodSeconds,
    dryRun: dryRun ? ['All'] : undefined,
  });
  const headers = { ...acceptFor(true), 'content-type': 'application/json' };
  const path = resourcePath(resource, { namespace: ref.namespace, name: ref.name });
  const request: TransportRequest = { method: 'DELETE', path, headers, body, ...callOptions(options) };
  const response = await transport.send(request);
  if (response.status === 404) return 'absent';
  accepted(request, response);
  return 'deleted';
}
