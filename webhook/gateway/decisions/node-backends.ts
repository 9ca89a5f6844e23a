/**
 * Which Services of applications lead to a pod that has the address of its node? Requests to them are refused one by one; this
 * looks by itself, so that the operator can say it before anyone asks. Each Pod is read once in its life: at rest nothing is read.
 */
import { type Endpoint, isOnNodeOf, mayBeDialled, podNameOf } from '../../../crds/rules/request/endpoints.ts';
import { backendKey, mostBackends, onItsNode } from '../../../crds/rules/request/told-backends.ts';
import type { KubeClient } from '../../../kube/api/client.ts';
import { isNotFound } from '../../../kube/errors.ts';
import type { NamespacedName } from '../../../kube/objects.ts';
import { Pods } from '../../../kube/resources.ts';
import type { FollowedSlice, Pod } from './backend-pods.ts';
import type { ClaimedSlices } from './world-reader.ts';

export interface NodeBackendsOptions {
  readonly client: Pick<KubeClient, 'get'>;
  /** The Services that applications name. */
  readonly services: () => readonly NamespacedName[];
  readonly slices: ClaimedSlices;
  /** Told once a look why Pods could not be read. */
  readonly onFailure: (error: unknown) => void;
}

/** Pods that one look reads at most: what is left is for the next. A forged slice may name any number of them. */
const mostReads = 50;
const readMs = 2000;

export class NodeBackends {
  readonly #options: NodeBackendsOptions;
  /** By the UID of a Pod that was read; whether it has its node's address does not change while it lives. */
  #known = new Map<string, boolean>();

  constructor(options: NodeBackendsOptions) {
    this.#options = options;
  }

  /** The entries to be told. Never rejects: what could not be read is looked at the next time. */
  async entries(): Promise<Readonly<Record<string, string>>> {
    const { services, slices, onFailure } = this.#options;
    const targets = services().flatMap((service) => targetsIn(service, slices(service) ?? []));
    const unknown = targets.filter(({ uid }) => !this.#known.has(uid)).slice(0, mostReads);
    const read = await Promise.allSettled(unknown.map(async (target) => this.#read(target)));
    const failed = read.find((each) => each.status === 'rejected');
    if (failed !== undefined) onFailure(failed.reason);
    this.#forgetOthers(targets);
    const keys = targets.filter(({ uid }) => this.#known.get(uid) === true).map(({ key }) => key);
    return Object.fromEntries([...new Set(keys)].slice(0, mostBackends).map((key) => [key, onItsNode]));
  }

  async #read({ uid, endpoint, namespace, name }: Target): Promise<void> {
    const pod = await this.#pod({ namespace, name });
    const isOn = isOnNodeOf(endpoint, pod);
    if (isOn !== undefined) this.#known.set(uid, isOn);
  }

  async #pod(ref: NamespacedName): Promise<Pod | undefined> {
    try {
      return await this.#options.client.get<Pod>(Pods, ref, { signal: AbortSignal.timeout(readMs) });
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  #forgetOthers(targets: readonly Target[]): void {
    const there = new Set(targets.map(({ uid }) => uid));
    this.#known = new Map([...this.#known].filter(([uid]) => there.has(uid)));
  }
}

/** A Pod behind a Service. */
interface Target extends NamespacedName {
  /** Of the Service's entry. */
  readonly key: string;
  readonly uid: string;
  readonly endpoint: Endpoint;
}

function targetsIn(service: NamespacedName, slices: readonly FollowedSlice[]): Target[] {
  return slices.flatMap((slice) =>
    (slice.endpoints ?? []).filter(mayBeDialled).flatMap((endpoint) => {
      const [name, uid] = [podNameOf(slice, endpoint), endpoint.targetRef?.uid];
      if (name === undefined || uid === undefined) return [];
      return [{ key: backendKey(service), uid, endpoint, namespace: service.namespace, name }];
    }),
  );
}
