/**
 * Was this used before, at any gateway? One use is one Lease, named after a hash of what was used: of two gateways that
 * create it at the same moment the API server lets one succeed. Ask only after everything else was validated, so that
 * callers who have proved nothing cannot create objects.
 */
import { createHash } from 'node:crypto';
import { apiGroup } from '../../../crds/kinds.ts';
import { managedBy, programs } from '../../../crds/names.ts';
import type { KubeClient } from '../../../kube/api/client.ts';
import { isAlreadyExists } from '../../../kube/errors.ts';
import type { KubeObject, OwnerReference } from '../../../kube/objects.ts';
import { Leases } from '../../../kube/resources.ts';

/** What can be used once. Things of different kinds never collide. */
export type UseKind = 'enter-code' | 'saml-request' | 'saml-assertion';

export interface Use {
  readonly kind: UseKind;
  /** What is unlike all others of its kind. */
  readonly id: readonly string[];
  /** From when on the thing would be refused anyway, epoch milliseconds. */
  readonly until: number;
}

/** Notes the use. Rejects when the API server does not say whether it was the first: the caller must then refuse. */
export type Consume = (use: Use) => Promise<'first' | 'again'>;

export interface SingleUse {
  readonly consume: Consume;
  /** Deletes the Leases of what would be refused anyway; resolves to their number. */
  readonly deleteExpired: (now: number) => Promise<number>;
}

/** What the store needs of a client. */
export interface LeaseClient extends Pick<KubeClient, 'delete'> {
  create(...parameters: Parameters<KubeClient['create']>): Promise<unknown>;
  list(...parameters: Parameters<KubeClient['list']>): Promise<{ readonly items: readonly KubeObject[] }>;
}

const usedLabel = `${apiGroup}/used`;
const untilAnnotation = `${apiGroup}/used-until`;
const fieldManager = programs.gateway;
/** A person waits in front of a browser, milliseconds. */
const deadlineMs = 5000;
/** Bounds what one call asks of the API server; the next one takes the rest. */
const mostAtOnce = 500;
/** How far the clock of the gateway that deletes may be ahead of one that could still accept the thing. */
const graceMs = 15 * 60_000;

/** With what the marks go; asked at each use. */
export type OwnerOfMarks = () => Promise<OwnerReference | undefined>;

const noOwner: OwnerOfMarks = () => Promise.resolve(undefined);

/** The memory of what was used, as Leases in the release namespace. */
export function createSingleUse(
  client: LeaseClient,
  namespace: string,
  owner: OwnerOfMarks = noOwner,
): SingleUse {
  return {
    async consume(use) {
      try {
        const lease = leaseFor(namespace, use, await owner());
        await client.create(Leases, lease, { fieldManager, deadlineMs });
        return 'first';
      } catch (error) {
        if (isAlreadyExists(error)) return 'again';
        throw error;
      }
    },
    async deleteExpired(now) {
      const { items } = await client.list(Leases, { namespace, labelSelector: usedLabel });
      const over = items.filter((lease) => isOver(lease, now)).slice(0, mostAtOnce);
      let removed = 0;
      for (const { metadata } of over) {
        const ref = { namespace, name: metadata.name };
        if ((await client.delete(Leases, ref, { uid: metadata.uid })) === 'deleted') removed += 1;
      }
      return removed;
    },
  };
}

/** The JSON list is hashed, so that no two different ids give one name, and the ids themselves stay out of the cluster. */
function leaseFor(namespace: string, { kind, id, until }: Use, owner: OwnerReference | undefined) {
  const hash = createHash('sha256').update(JSON.stringify([kind, ...id]));
  return {
    metadata: {
      name: `support-access-used-${hash.digest('hex').slice(0, 40)}`,
      namespace,
      labels: { 'app.kubernetes.io/managed-by': managedBy, [usedLabel]: kind },
      annotations: { [untilAnnotation]: new Date(until).toISOString() },
      ...(owner && { ownerReferences: [owner] }),
    },
    spec: { holderIdentity: fieldManager },
  };
}

/** A Lease whose date cannot be read is never over: one that stays forbids a second use, one that goes allows it. */
function isOver({ metadata }: KubeObject, now: number): boolean {
  const until = Date.parse(metadata.annotations?.[untilAnnotation] ?? '');
  return now >= until + graceMs;
}
