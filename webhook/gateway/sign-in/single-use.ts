/**
 * Was this answer used before, here or at another gateway? Creating an object named after it is the only atomic
 * question there is: of two creations the API server lets one through. Must be asked after full validation only, so
 * that nobody without a valid answer can make objects.
 */

import { createHash } from 'node:crypto';
import { managedBy, programs } from '../../../crds/names.ts';
import type { KubeClient } from '../../../kube/api/client.ts';
import { isAlreadyExists } from '../../../kube/errors.ts';
import type { KubeObject } from '../../../kube/objects.ts';
import { Leases } from '../../../kube/resources.ts';
import type { SamlReason } from '../../../saml/reasons.ts';
import { invalid, type SamlResult, unreadable, valid } from '../../../saml/result.ts';

export interface SingleUse {
  readonly requestId: string;
  readonly issuer: string;
  readonly assertionId: string;
  readonly now: number;
  /** Until when the same answer could pass again, epoch milliseconds. */
  readonly until: number;
}

interface Lease extends KubeObject {
  readonly spec?: { readonly acquireTime?: string; readonly leaseDurationSeconds?: number };
}

export interface UsedAnswers {
  /** Notes the use; refuses when it was noted before, or when nobody can say. */
  consume(use: SingleUse): Promise<SamlResult<undefined>>;
  /** Forgets what nobody could use again; returns how many. */
  sweep(now: number): Promise<number>;
}

const purposeLabel = 'supportaccess.dev/purpose';
const purpose = 'used-sign-in';
const fieldManager = programs.gateway;
const longestLeaseSeconds = 2 ** 31 - 1;
/** A sweep that never ends up holding the event loop or the API server: the next one takes the rest. */
const mostPerSweep = 500;
/** How far the clock of the gateway that sweeps may be ahead of one that still has to be told of the use. */
const graceMs = 15 * 60_000;

/** The memory of used answers, as Leases in the release namespace. */
export function usedAnswers(client: KubeClient, namespace: string): UsedAnswers {
  async function note(name: string, use: SingleUse, replayed: SamlReason): Promise<SamlResult<undefined>> {
    try {
      await client.create(Leases, leaseFor({ namespace, name }, use), { fieldManager, deadlineMs: 5000 });
      return valid(undefined);
    } catch (error) {
      return isAlreadyExists(error) ? invalid(replayed) : unreadable('saml.single_use_unknown', error);
    }
  }
  return {
    async consume(use) {
      const request = await note(leaseName('request', [use.requestId]), use, 'saml.request_replayed');
      if (!request.ok) return request;

      const assertion = leaseName('assertion', [use.issuer, use.assertionId]);
      return note(assertion, use, 'saml.assertion_replayed');
    },
    async sweep(now) {
      const labelSelector = `${purposeLabel}=${purpose}`;
      const { items } = await client.list<Lease>(Leases, { namespace, labelSelector });
      const over = items.filter((lease) => isOver(lease, now)).slice(0, mostPerSweep);
      for (const { metadata } of over)
        await client.delete(Leases, { namespace, name: metadata.name }, { uid: metadata.uid });

      return over.length;
    },
  };
}

/** Hashed with lengths, so that no two different lists give one name; the ids themselves stay out of the cluster. */
function leaseName(kind: 'request' | 'assertion', parts: readonly string[]): string {
  const hash = createHash('sha256').update(JSON.stringify([kind, ...parts]));
  return `saml-${kind}-${hash.digest('hex').slice(0, 40)}`;
}

function leaseFor(ref: { readonly namespace: string; readonly name: string }, use: SingleUse) {
  const seconds = Math.ceil((use.until - use.now) / 1000);
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: {
      ...ref,
      labels: { 'app.kubernetes.io/managed-by': managedBy, [purposeLabel]: purpose },
    },
    spec: {
      holderIdentity: fieldManager,
      // MicroTime: the API server insists on six digits
      acquireTime: new Date(use.now).toISOString().replace('Z', '000Z'),
      leaseDurationSeconds: Math.min(Math.max(seconds, 1), longestLeaseSeconds),
    },
  };
}

/** Kept a while longer than the answer is good for; one that cannot be read is kept: forgetting a use allows it again. */
function isOver({ spec }: Lease, now: number): boolean {
  const from = Date.parse(spec?.acquireTime ?? '');
  return now >= from + (spec?.leaseDurationSeconds ?? Number.POSITIVE_INFINITY) * 1000 + graceMs;
}
