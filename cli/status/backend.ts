/** The Service behind an application, its EndpointSlices and their pods, as the caller may read them. */
import type { SupportApplication } from '../../crds/generated/support-application.ts';
import {
  type Endpoint,
  endpointObjection,
  mayBeDialled,
  type PodObject,
  podNameOf,
  type SliceObject,
} from '../../crds/rules/request/endpoints.ts';
import {
  isMadeByHand,
  type ServiceObject,
  type ServiceReading,
  slicesOf,
} from '../../crds/rules/request/service.ts';
import type { KubeObject } from '../../kube/objects.ts';
import { EndpointSlices, Pods, Services } from '../../kube/resources.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { type AsRead, see, seeAll } from './seen.ts';

/** Before dialling, the gateway judges the addresses behind the Service as well. */
export interface SeenBackend {
  readonly reading: AsRead<ServiceReading>;
  readonly strays: AsRead<readonly string[]>;
}

type Slice = KubeObject & SliceObject;

/** Reads what is behind the application. The pods are read only where a request is asked about. */
export async function seeBackend(
  cluster: Cluster,
  { metadata: { namespace = '' }, spec }: SupportApplication,
  { withPods }: { readonly withPods: boolean },
): Promise<SeenBackend> {
  const { name } = spec.serviceRef;
  const [service, slices] = await Promise.all([
    see<KubeObject & ServiceObject>(cluster, Services, { namespace, name }),
    seeAll<Slice>(cluster, EndpointSlices, { namespace, labelSelector: slicesOf(name) }),
  ]);
  const lacks = service.lacks ?? slices.lacks;
  if (lacks !== undefined) return { reading: { lacks }, strays: { lacks } };
  const all = slices.object ?? [];
  const handMadeSlices = all.filter(isMadeByHand).map(({ metadata }) => metadata.name);
  const reading = { object: { service: service.object, handMadeSlices } };
  if (!withPods || service.object === undefined) return { reading, strays: { object: [] } };
  const claimed = all.filter((slice) => !isMadeByHand(slice));
  return { reading, strays: await seeStrays(cluster, claimed, service.object) };
}

/** What is said against the addresses in these slices. */
async function seeStrays(
  cluster: Cluster,
  slices: readonly Slice[],
  service: ServiceObject,
): Promise<AsRead<readonly string[]>> {
  const endpoints = slices.flatMap((slice) =>
    (slice.endpoints ?? []).filter(mayBeDialled).map((endpoint) => ({ slice, endpoint })),
  );
  const pods = await Promise.all(endpoints.map(async (each) => seePod(cluster, each.slice, each.endpoint)));
  const lacks = pods.find((pod) => pod.lacks !== undefined)?.lacks;
  if (lacks !== undefined) return { lacks };
  const said = endpoints.map(({ slice, endpoint }, at) =>
    endpointObjection(slice, endpoint, { pod: pods[at]?.object, service }),
  );
  return { object: said.filter((one) => one !== undefined) };
}

/** Pods of other namespaces are never read, also where a slice names them. */
async function seePod(cluster: Cluster, slice: Slice, endpoint: Endpoint): Promise<AsRead<PodObject>> {
  const name = podNameOf(slice, endpoint);
  if (name === undefined) return {};
  return see<PodObject>(cluster, Pods, { namespace: slice.metadata.namespace, name });
}
