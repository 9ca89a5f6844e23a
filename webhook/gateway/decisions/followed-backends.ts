/**
 * The Services that applications name, and their EndpointSlices, as watches hold them. A Service is
 * read anew for each decision all the same: what a watch tells of it takes access away, also where it was undone at once.
 */
import { isDeepStrictEqual } from 'node:util';
import {
  claimedSlicesSelector,
  handMadeSlicesSelector,
  type ServiceSpec,
  serviceOfSlice,
} from '../../../crds/rules/request/service.ts';
import type { KubeObject } from '../../../kube/objects.ts';
import { EndpointSlices, Services } from '../../../kube/resources.ts';
import type { CacheChange } from '../../../kube/watch/object-store.ts';
import type { ReflectorSettings, WatchingClient } from '../../../kube/watch/reflector.ts';
import { createWatchCache, type WatchCache } from '../../../kube/watch/watch-cache.ts';
import type { FollowedSlice } from './backend-pods.ts';
import type { ClaimedSlices, HandMadeSlices } from './world-reader.ts';

/** A Service as far as a decision asks for it: a large cluster has thousands. */
export interface FollowedService extends KubeObject {
  readonly spec: ServiceSpec;
}

export interface FollowingOptions {
  readonly client: WatchingClient;
  readonly onProblem: (problem: unknown) => void;
  readonly reflector: ReflectorSettings;
}

/** Follows all Services: which of them are named changes with each application. */
export function followServices({
  client,
  onProblem,
  reflector,
}: FollowingOptions): WatchCache<FollowedService> {
  return createWatchCache<FollowedService>(client, Services, { onProblem, reflector, transform: essence });
}

function essence({ apiVersion, metadata, spec }: FollowedService): FollowedService {
  const { name, namespace = '', uid, resourceVersion, deletionTimestamp } = metadata;
  const { type = 'ClusterIP', selector = {}, ports = [], clusterIPs = [] } = spec;
  return {
    apiVersion,
    kind: 'Service',
    metadata: {
      name,
      namespace,
      uid,
      resourceVersion,
      ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }),
    },
    spec: { type, selector, ports, clusterIPs },
  };
}

/** Whether it may lead elsewhere now. A Service has no generation, and its status and labels are written all the time. */
export function changesBackend({ type, object, old }: CacheChange<FollowedService>): boolean {
  if (type !== 'updated') return true;
  const { deletionTimestamp } = object.metadata;
  return deletionTimestamp !== old.metadata.deletionTimestamp || !isDeepStrictEqual(object.spec, old.spec);
}

export function followHandMadeSlices({
  client,
  onProblem,
  reflector,
}: FollowingOptions): WatchCache<KubeObject> {
  return createWatchCache<KubeObject>(client, EndpointSlices, {
    onProblem,
    labelSelector: handMadeSlicesSelector,
    metadataOnly: true,
    indexers: { service: (slice) => [serviceOfSlice(slice)] },
    reflector,
  });
}

/** The names of a Service's slices; undefined as long as the first list is not in. */
export function handMadeSlicesIn(slices: WatchCache<KubeObject>): HandMadeSlices {
  return ({ namespace, name }) =>
    slices.isSynced
      ? slices.byIndex('service', `${namespace}/${name}`).map(({ metadata }) => metadata.name)
      : undefined;
}

/** Follows the slices that are the controller's, or claim to be. */
export function followClaimedSlices({
  client,
  onProblem,
  reflector,
}: FollowingOptions): WatchCache<FollowedSlice> {
  return createWatchCache<FollowedSlice>(client, EndpointSlices, {
    onProblem,
    labelSelector: claimedSlicesSelector,
    transform: essenceOfSlice,
    indexers: { service: (slice) => [serviceOfSlice(slice)] },
    reflector,
  });
}

/** Node names, zones and hints of thousands of endpoints are of no use here. */
function essenceOfSlice(slice: FollowedSlice): FollowedSlice {
  const { apiVersion, metadata, addressType, endpoints, ports } = slice;
  const { name, namespace = '', uid, resourceVersion, labels = {} } = metadata;
  return {
    apiVersion,
    kind: 'EndpointSlice',
    metadata: { name, namespace, uid, resourceVersion, labels },
    ...(addressType === undefined ? {} : { addressType }),
    endpoints: (endpoints ?? []).map(({ addresses = [], conditions = {}, targetRef = {} }) => ({
      addresses,
      conditions,
      targetRef,
    })),
    ports: ports ?? [],
  };
}

/** All slices of a namespace that are the controller's, or claim to be. */
export function slicesIn(slices: WatchCache<FollowedSlice>): (namespace: string) => readonly FollowedSlice[] {
  return (namespace) => slices.list().filter(({ metadata }) => metadata.namespace === namespace);
}

/** The slices of a Service; undefined as long as the first list is not in. */
export function claimedSlicesIn(slices: WatchCache<FollowedSlice>): ClaimedSlices {
  return ({ namespace, name }) =>
    slices.isSynced ? slices.byIndex('service', `${namespace}/${name}`) : undefined;
}
