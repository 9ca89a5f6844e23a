/**
 * Was this used before, by any gateway? One use is one Lease created under the hash of the thing: of two gateways that
 * try at the same moment the API server lets exactly one create it. Nothing is created for callers who proved nothing.
 */

import { createHash } from 'node:crypto';
import { managedBy, programs } from '../../../crds/names.ts';
import type { KubeClient } from '../../../kube/api/client.ts';
import { isAlreadyExists } from '../../../kube/errors.ts';
import { Leases } from '../../../kube/resources.ts';

const label = 'supportaccess.dev/consumed';
const untilAnnotation = 'supportaccess.dev/consumed-until';
/** How far the clock of the gateway that sweeps may be ahead of one that still has to be told of the use. */
const graceMs = 15 * 60_000;

/** Somebody waits in front of a browser, milliseconds. */
const deadlineMs = 5000;

export interface Use {
  /** What kind of thing: things of different kinds never collide. */
  readonly kind: 'enter-code';
  readonly id: string;
  /** From when on the thing is void by itself and the Lease may go, epoch milliseconds. */
  readonly until: number;
}

export type Consume = (use: Use) => Promise<'first' | 'again'>;

/** Throws when the API server cannot say: the caller must then refuse. */
export function createConsume(client: KubeClient, namespace: string): Consume {
  return async ({ kind, id, until }) => {
    const hash = createHash('sha256')
      .update(JSON.stringify([kind, id]))
      .digest('hex')
      .slice(0, 40);
    const lease = {
      metadata: {
        name: `support-access-used-${hash}`,
        namespace,
        labels: { 'app.kubernetes.io/managed-by': managedBy, [label]: kind },
        annotations: { [untilAnnotation]: new Date(until).toISOString() },
      },
      spec: { holderIdentity: programs.gateway },
    };
    try {
      await client.create(Leases, lease, { deadlineMs });
      return 'first';
    } catch (error) {
      if (isAlreadyExists(error)) return 'again';
      throw error;
    }
  };
}

/** Removes the Leases of things that have been void for a while; how many went. Whoever runs it twice removes no more. */
export async function sweepConsumed(client: KubeClient, namespace: string, now: number): Promise<number> {
  const { items } = await client.list(Leases, { namespace, labelSelector: label });
  let removed = 0;
  for (const { metadata } of items) {
    const until = Date.parse(metadata.annotations?.[untilAnnotation] ?? '');
    // An unreadable date is never "over": a Lease that stays forbids a second use, one that goes allows it.
    if (Number.isNaN(until) || until + graceMs > now) continue;
    const ref = { namespace, name: metadata.name };
    if ((await client.delete(Leases, ref, { uid: metadata.uid })) === 'deleted') removed += 1;
  }
  return removed;
}
