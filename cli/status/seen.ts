/** Objects as the caller may read them: there, surely not there, or hidden from them, with the right that they lack. */
import { isForbidden, saysAbsent } from '../../kube/errors.ts';
import type { ObjectRef } from '../../kube/objects.ts';
import type { Resource } from '../../kube/resources.ts';
import type { Cluster } from '../cluster/cluster.ts';

/** `object` where it was read; `lacks` where it could not be; neither where there is surely none of that name. */
export interface AsRead<T> {
  readonly object?: T;
  /** "you may not get supportusers.supportaccess.dev ada". */
  readonly lacks?: string;
}

/** Reads as the rules of a decision want it: only what says that this very object is not there is believed. */
export async function see<T>({ client }: Cluster, resource: Resource, ref: ObjectRef): Promise<AsRead<T>> {
  try {
    return { object: await client.get<T>(resource, ref) };
  } catch (error) {
    if (saysAbsent(error, resource, ref.name)) return {};
    if (isForbidden(error)) return { lacks: rightTo('get', resource, ref) };
    throw error;
  }
}

/** The objects of a namespace, or of all. */
export async function seeAll<T>(
  { client }: Cluster,
  resource: Resource,
  options: { readonly namespace?: string | undefined; readonly labelSelector?: string } = {},
): Promise<AsRead<T[]>> {
  try {
    return { object: (await client.list<T>(resource, options)).items };
  } catch (error) {
    if (isForbidden(error)) return { lacks: rightTo('list', resource, options) };
    throw error;
  }
}

/** The right that is missing, with the words by which `kubectl auth can-i` would be asked for it. */
function rightTo(
  verb: string,
  { plural, group }: Resource,
  { namespace, name }: { readonly namespace?: string | undefined; readonly name?: string },
): string {
  const what = `you may not ${verb} ${plural}${group === '' ? '' : `.${group}`}${name === undefined ? '' : ` ${name}`}`;
  return namespace === undefined ? what : `${what} in namespace ${namespace}`;
}

/** A question that cannot be answered, as something was not read. */
class NotSeen extends Error {
  readonly lacks: string;

  constructor(lacks: string) {
    super(`not read: ${lacks}`);
    this.lacks = lacks;
  }
}

/** The object, or undefined where there is surely none. Throws where it was not read. */
export function certain<T>({ object, lacks }: AsRead<T>): T | undefined {
  if (lacks !== undefined) throw new NotSeen(lacks);
  return object;
}

/** Whether an error says that something was not read. */
export function isNotSeen(error: unknown): error is NotSeen {
  return error instanceof NotSeen;
}
