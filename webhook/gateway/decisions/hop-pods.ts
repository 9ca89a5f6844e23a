/**
 * Which addresses do the trusted hops have that the policy names by their pods? Those of EndpointSlices of their namespace, as
 * the watch holds them, whose Pod was read and has the labels. An address counts only while both say so, and only if it is the
 * Pod's own: that of a node is shared with everything on it.
 */
import {
  type Endpoint,
  type PodObject,
  podNameOf,
  podObjection,
} from '../../../crds/rules/request/endpoints.ts';
import type { KubeClient } from '../../../kube/api/client.ts';
import { isNotFound } from '../../../kube/errors.ts';
import type { KubeObject, NamespacedName } from '../../../kube/objects.ts';
import { Pods } from '../../../kube/resources.ts';
import type { Network } from '../listener/source-address.ts';
import type { FollowedSlice } from './backend-pods.ts';

type HopPod = NonNullable<Network['trustedHopPods']>[number];

export interface HopPodsOptions {
  /** As the watch saw it last. */
  readonly network: () => Network | undefined;
  readonly slicesIn: (namespace: string) => readonly FollowedSlice[];
  readonly client: Pick<KubeClient, 'get'>;
  /** Monotonic milliseconds. */
  readonly clock: () => number;
  readonly onFailure: (error: unknown) => void;
}

export interface HopPods {
  /** The network with the addresses of these pods among its trusted hops. */
  readonly inForce: (network: Network | undefined) => Network | undefined;
  /** An EndpointSlice of this namespace is another. */
  readonly changedIn: (namespace: string) => void;
  /** Reads the pods anew; what goes wrong is told. */
  readonly readSoon: () => void;
  /** Reads the pods anew. */
  readonly refresh: () => Promise<void>;
}

/** A Pod that was not read again for so long counts no more: the API server is away, and decisions are refused then. */
const countsForMs = 15_000;
/** Hundreds of requests a second ask for the same. */
const sameForMs = 100;
/** More replicas than any proxy has. */
const mostPods = 100;

/** Hops of one process; none is known before the first refresh. */
export function createHopPods({ network, slicesIn, client, clock, onFailure }: HopPodsOptions): HopPods {
  const readPod = async (ref: NamespacedName): Promise<PodObject | undefined> => {
    try {
      return await client.get<KubeObject & PodObject>(Pods, ref);
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  };
  const confirmed = new Map<string, number>();
  const answers = new WeakMap<Network, { readonly until: number; readonly network: Network }>();
  const confirm = async (hop: HopPod): Promise<void> => {
    const endpoints = endpointsOf(slicesIn(hop.namespace)).slice(0, mostPods);
    const pods = new Map<string, Promise<PodObject | undefined>>();
    for (const { pod } of endpoints)
      if (!pods.has(pod)) pods.set(pod, readPod({ namespace: hop.namespace, name: pod }));
    await Promise.all(
      endpoints.map(async ({ endpoint, address, pod }) => {
        const read = await pods.get(pod);
        const key = keyOf(hop, address);
        if (read !== undefined && isHop(read, endpoint, hop)) confirmed.set(key, clock());
        else confirmed.delete(key);
      }),
    );
  };
  const addressesOf = (hop: HopPod, now: number): string[] =>
    endpointsOf(slicesIn(hop.namespace)).flatMap(({ address }) =>
      now - (confirmed.get(keyOf(hop, address)) ?? -Infinity) < countsForMs ? [address] : [],
    );
  const refresh = async (): Promise<void> => {
    const hops = network()?.trustedHopPods ?? [];
    for (const [key, at] of confirmed) if (clock() - at >= countsForMs) confirmed.delete(key);
    await Promise.all(hops.map(confirm));
  };
  const readSoon = (): void => void refresh().catch(onFailure);
  return {
    inForce(asked) {
      const hops = asked?.trustedHopPods ?? [];
      if (asked === undefined || hops.length === 0) return asked;
      const now = clock();
      const known = answers.get(asked);
      if (known !== undefined && now < known.until) return known.network;
      const addresses = hops.flatMap((hop) => addressesOf(hop, now));
      const trustedHops = [...(asked.trustedHops ?? []), ...new Set(addresses)].toSorted();
      const answer = { ...asked, trustedHops };
      answers.set(asked, { until: now + sameForMs, network: answer });
      return answer;
    },
    changedIn(namespace) {
      if ((network()?.trustedHopPods ?? []).some((hop) => hop.namespace === namespace)) readSoon();
    },
    readSoon,
    refresh,
  };
}

function keyOf({ namespace, labels: wanted }: HopPod, address: string): string {
  return JSON.stringify([namespace, wanted.map(({ name, value }) => `${name}=${value}`).toSorted(), address]);
}

interface PodEndpoint {
  readonly endpoint: Endpoint;
  readonly address: string;
  readonly pod: string;
}

function endpointsOf(slices: readonly FollowedSlice[]): PodEndpoint[] {
  return slices.flatMap((slice) =>
    (slice.endpoints ?? []).flatMap((endpoint) => {
      const pod = podNameOf(slice, endpoint);
      return (endpoint.addresses ?? []).flatMap((address) => (pod ? [{ endpoint, address, pod }] : []));
    }),
  );
}

function isHop(pod: PodObject, endpoint: Endpoint, { labels: wanted }: HopPod): boolean {
  const { labels = {} } = pod.metadata;
  const hasLabels = wanted.every(({ name, value }) => labels[name] === value);
  return hasLabels && podObjection(endpoint, pod) === undefined;
}
