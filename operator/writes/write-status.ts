/** How is a status written? The whole status, once, and only when it differs; a conflict means look again, never overwrite. */
import { isDeepStrictEqual } from 'node:util';
import type { KubeObject } from '../../kube/objects.ts';
import type { Resource } from '../../kube/resources.ts';
import { type Calls, fieldManager } from './calls.ts';

interface WithStatus extends KubeObject {
  readonly status?: object;
}

/** Replaces the status of the object as it was seen. Resolves to whether anything was written. */
export async function reportStatus<T extends WithStatus>(
  calls: Calls,
  resource: Resource,
  { seen, next }: { readonly seen: T; readonly next: NonNullable<T['status']> },
): Promise<boolean> {
  if (isDeepStrictEqual(next, seen.status)) return false;
  const { client, signal } = calls;
  await client.update(resource, { ...seen, status: next }, { subresource: 'status', fieldManager, signal });
  return true;
}
