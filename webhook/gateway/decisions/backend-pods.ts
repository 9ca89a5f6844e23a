/**
 * The addresses behind a Service that are not of its pods, and the ports that it does not mean. kube-proxy may send a
 * connection to any of them, so all are judged. The slices are those of a watch, as kube-proxy's are; each version of a slice has its Pods read anew.
 */
import {
  type Endpoint,
  endpointObjection,
  mayBeDialled,
  type PodObject,
  podNameOf,
  type SliceObject,
} from '../../../crds/rules/request/endpoints.ts';
import type { ServiceObject } from '../../../crds/rules/request/service.ts';
import type { KubeObject } from '../../../kube/objects.ts';
import { Pods } from '../../../kube/resources.ts';
import type { ObjectReads } from './object-reads.ts';

/** A slice as the watch holds it: another object for each version. */
export type FollowedSlice = KubeObject & SliceObject;

/** A Pod as it was read. */
export type Pod = KubeObject & PodObject;

/** Pods that were found fine are read again after this time, milliseconds, though their slice stays as it is. */
const rereadAfterMs = 5000;

export class BackendPods {
  readonly #monotonic: () => number;
  readonly #fine = new WeakMap<FollowedSlice, { readonly meant: string; readonly readAt: number }>();

  constructor(monotonic: () => number) {
    this.#monotonic = monotonic;
  }

  /** What has to be said against the addresses of these slices of the Service. Rejects when a Pod cannot be read. */
  async strays(
    slices: readonly FollowedSlice[],
    service: ServiceObject,
    reads: Pick<ObjectReads, 'object'>,
  ): Promise<readonly string[]> {
    const judged = await Promise.all(slices.map((slice) => this.#straysOf(slice, service, reads)));
    return judged.flat();
  }

  async #straysOf(
    slice: FollowedSlice,
    service: ServiceObject,
    reads: Pick<ObjectReads, 'object'>,
  ): Promise<readonly string[]> {
    const readAt = this.#monotonic();
    const { metadata, spec } = service;
    const meant = JSON.stringify([metadata.uid, spec?.selector, spec?.ports]);
    const fine = this.#fine.get(slice);
    if (fine?.meant === meant && readAt - fine.readAt < rereadAfterMs) return [];
    const dialled = (slice.endpoints ?? []).filter(mayBeDialled);
    const objections = await Promise.all(
      dialled.map(async (endpoint) => {
        const pod = await podOf(slice, endpoint, reads);
        return endpointObjection(slice, endpoint, { pod, service });
      }),
    );
    const strays = objections.filter((one) => one !== undefined);
    // A no is never kept: the next request may find that the pod has got its address.
    if (strays.length === 0) this.#fine.set(slice, { meant, readAt });
    return strays;
  }
}

/** Pods of other namespaces are never read, also where a slice names them. */
async function podOf(
  slice: FollowedSlice,
  endpoint: Endpoint,
  reads: Pick<ObjectReads, 'object'>,
): Promise<Pod | undefined> {
  const name = podNameOf(slice, endpoint);
  if (name === undefined) return undefined;
  return reads.object<Pod>(Pods, { namespace: slice.metadata.namespace, name });
}
