/** Writes and removes the objects of a support case. Decides nothing. */
import type { KubeClient } from '../../kube/api/client.ts';
import { isConflict, isNotFound } from '../../kube/errors.ts';
import type { KubeObject } from '../../kube/objects.ts';
import { fieldManager } from '../writes/calls.ts';
import { isAsWanted } from '../writes/diff.ts';
import type { CaseObject } from './objects.ts';

export interface CaseCalls {
  readonly client: KubeClient;
  readonly signal: AbortSignal;
}

/** Makes the object, or puts it back as it should be. */
export async function putObject(
  { resource, object }: CaseObject,
  seen: KubeObject | undefined,
  { client, signal }: CaseCalls,
): Promise<void> {
  const options = { fieldManager, signal };
  if (seen === undefined) {
    await client.create(resource, object, options);
    return;
  }
  if (isAsWanted(object, seen)) return;
  const { uid, resourceVersion } = seen.metadata;
  const metadata = { ...object.metadata, uid, resourceVersion };
  await client.update(resource, { ...object, metadata }, options);
}

/** Exactly this one: another of its name that was made since is left alone. */
export async function removeObjectOf(
  resource: CaseObject['resource'],
  { metadata: { namespace, name, uid } }: KubeObject,
  { client, signal }: CaseCalls,
): Promise<void> {
  try {
    await client.delete(resource, { namespace, name }, { uid, signal });
  } catch (error) {
    if (!isNotFound(error) && !isConflict(error)) throw error;
  }
}
