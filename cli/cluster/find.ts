/** Objects by their names, and what to say where there is none of that name. */

import { nearestName } from '../../crds/nearest.ts';
import { isNotFound, KubeError } from '../../kube/errors.ts';
import type { ObjectRef } from '../../kube/objects.ts';
import type { Resource } from '../../kube/resources.ts';
import { CannotTell } from '../command.ts';
import type { Cluster } from './cluster.ts';

/** The object. Where it does not exist, the failure names the one whose name is nearest. */
export async function find<T>(cluster: Cluster, resource: Resource, ref: ObjectRef): Promise<T> {
  const found = await findOrNothing<T>(cluster, resource, ref);
  if (found !== undefined) return found;
  throw new CannotTell(await missing(cluster, resource, ref));
}

/** The object, or undefined where there is none of that name. That the kind is not served is a failure. */
export async function findOrNothing<T>(
  { client }: Pick<Cluster, 'client'>,
  resource: Resource,
  ref: ObjectRef,
): Promise<T | undefined> {
  try {
    return await client.get<T>(resource, ref);
  } catch (error) {
    // Without a name in it, it is the kind that is missing: no object of it was looked for.
    if (isNotFound(error) && error instanceof KubeError && error.details?.name !== undefined)
      return undefined;
    throw error;
  }
}

/** That there is no such object, and which name was probably meant. */
export async function missing(cluster: Cluster, resource: Resource, ref: ObjectRef): Promise<string> {
  const where = ref.namespace === undefined ? '' : ` in namespace ${ref.namespace}`;
  const names = await namesOf(cluster, resource, ref.namespace);
  const elsewhere = resource.namespaced ? await otherNamespaces(cluster, resource, ref) : [];
  const [first] = elsewhere;
  if (first !== undefined)
    return `no ${resource.kind} ${ref.name}${where}; there is one in namespace ${listed(elsewhere)}: add -n ${first}`;
  if (names === undefined)
    return `no ${resource.kind} ${ref.name}${where}; correct the name (you may not list which there are)`;
  const near = nearestName(ref.name, names);
  if (near !== undefined) return `no ${resource.kind} ${ref.name}${where}; did you mean ${near}?`;
  const known = names.length === 0 ? 'there is none yet' : `there is ${listed(names)}`;
  const way = resource.namespaced
    ? 'name another one, or another namespace with -n'
    : 'name another one, or create it';
  return `no ${resource.kind} ${ref.name}${where}; ${known}; ${way}`;
}

/** The other namespaces that have an object of this name, as far as the caller may see it. */
async function otherNamespaces(
  { client }: Cluster,
  resource: Resource,
  { name, namespace }: ObjectRef,
): Promise<string[]> {
  try {
    const { items } = await client.list(resource, { metadataOnly: true });
    return items
      .filter(({ metadata }) => metadata.name === name && metadata.namespace !== namespace)
      .map(({ metadata }) => metadata.namespace ?? '');
  } catch {
    return [];
  }
}

const longestList = 8;

function listed(names: readonly string[]): string {
  const rest = names.length - longestList;
  return names.slice(0, longestList).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

/** The names in a collection; undefined where the caller may not list it. */
export async function namesOf(
  { client }: Cluster,
  resource: Resource,
  namespace: string | undefined,
): Promise<string[] | undefined> {
  try {
    const { items } = await client.list(resource, { namespace, metadataOnly: true });
    return items.map(({ metadata }) => metadata.name);
  } catch {
    return undefined;
  }
}

/** An object; or that there is none; or that the caller may not read it. */
export type Readable<T> = T | 'absent' | 'unreadable';

export async function reading<T>(cluster: Cluster, resource: Resource, ref: ObjectRef): Promise<Readable<T>> {
  try {
    return (await findOrNothing<T>(cluster, resource, ref)) ?? 'absent';
  } catch (error) {
    if (error instanceof KubeError && error.status === 403) return 'unreadable';
    throw error;
  }
}

/** The object of a reading that found one. */
export function whereRead<T extends object>(found: Readable<T>): T | undefined {
  return typeof found === 'string' ? undefined : found;
}
