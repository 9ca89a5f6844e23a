/** What every call to the API server is made with, and the write of a status, which every kind makes. */
import { isDeepStrictEqual } from 'node:util';
import { programs } from '../../crds/names.ts';
import type { KubeClient } from '../../kube/api/client.ts';
import type { KubeObject } from '../../kube/objects.ts';
import type { Resource } from '../../kube/resources.ts';

/** Under which name the operator owns fields. */
export const fieldManager = programs.operator;

export interface Calls {
  readonly client: KubeClient;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Aborts when the same key has to be closed, or when the operator ends. */
  readonly signal?: AbortSignal;
}

interface WithStatus extends KubeObject {
  readonly status?: object;
}

interface StatusWrite<T extends WithStatus> {
  readonly seen: T;
  readonly next: NonNullable<T['status']>;
  /** Also when it is the same: a write is what tells whether the object is as it was seen. */
  readonly always?: boolean | undefined;
  /** Told the resourceVersion that was written. */
  readonly onStored?: ((version: string) => void) | undefined;
}

/**
 * Replaces the status of the object as it was seen, once and only when it differs. Resolves to whether anything was
 * written. Throws on a conflict: the object changed since, so it has to be read again, never overwritten.
 */
export async function reportStatus<T extends WithStatus>(
  calls: Pick<Calls, 'signal'> & { readonly client: Pick<KubeClient, 'update'> },
  resource: Resource,
  { seen, next, onStored, always }: StatusWrite<T>,
): Promise<boolean> {
  if (always !== true && isDeepStrictEqual(next, seen.status)) return false;
  const { client, signal } = calls;
  const options = { subresource: 'status', fieldManager, signal } as const;
  const stored = await client.update<KubeObject | undefined>(resource, { ...seen, status: next }, options);
  if (stored !== undefined) onStored?.(stored.metadata.resourceVersion);
  return true;
}
