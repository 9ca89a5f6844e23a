/**
 * What becomes of a world that was read when a watch tells of one change? For taking access away only: each write is
 * judged by itself, so that one that was undone at once counts too, and nothing is read for it.
 */
import type { KindName } from '../../../crds/kinds.ts';
import type { KubeObject, ObjectMeta } from '../../../kube/objects.ts';
import type { CacheChange } from '../../../kube/watch/object-store.ts';
import type { ReadWorld } from './decision.ts';
import type { FollowedService } from './followed-backends.ts';
import { compiledApplication, compiledMatrix } from './object-reads.ts';

export type SeenChange = CacheChange<KubeObject>;

type Replace = (world: ReadWorld, change: SeenChange) => Partial<ReadWorld> | undefined;

/** The world with the change in it; undefined where the change is not about it, or older than what was read. */
export function worldAfter(world: ReadWorld, change: SeenChange): ReadWorld | undefined {
  const replaced = replaceByKind[change.object.kind as KindName | 'Service']?.(world, change);
  return replaced && { ...world, ...replaced };
}

/** An object of the world by itself: its new state takes its place. */
function replacing(part: 'policy' | 'grant' | 'user' | 'session'): Replace {
  return (world, change) => {
    const read = world[part]?.metadata;
    return overtakes(change, read) ? { [part]: left(change, read) } : undefined;
  };
}

const replaceByKind: Readonly<Record<KindName | 'Service', Replace>> = {
  SupportAccessPolicy: replacing('policy'),
  SupportAccessGrant: replacing('grant'),
  SupportUser: replacing('user'),
  SupportSession: replacing('session'),
  SupportApplication: applicationAfter,
  SupportPermissionMatrix: matrixAfter,
  SupportAccessLock: locksAfter,
  SupportCase: () => undefined, // no decision reads one
  Service: serviceAfter,
};

type Named = Pick<ObjectMeta, 'name' | 'uid'> & {
  readonly namespace?: string;
  readonly resourceVersion?: string;
};

/** What is left of the object that was read: its new state, or nothing. A namesake says that it is gone. */
function left({ type, object }: SeenChange, read: Named | undefined): KubeObject | undefined {
  return type === 'deleted' || object.metadata.uid !== read?.uid ? undefined : object;
}

/** Whether the change is about the object that was read, or its namesake, and later than the reading. */
function overtakes({ type, object: { metadata } }: SeenChange, read: Named | undefined): boolean {
  if (read === undefined || metadata.name !== read.name || metadata.namespace !== read.namespace)
    return false;

  // A UID never comes back: the version of its tombstone says nothing.
  if (type === 'deleted') return metadata.uid === read.uid;
  return isNewerVersion(metadata.resourceVersion, read.resourceVersion);
}

/** Versions of one kind are compared as numbers (KEP-5504). What is no number is taken as newer: then it is judged. */
export function isNewerVersion(version: string, than: string | undefined): boolean {
  if (than === undefined || !/^\d+$/.test(version) || !/^\d+$/.test(than)) return version !== than;
  return BigInt(version) > BigInt(than);
}

function applicationAfter({ application }: ReadWorld, change: SeenChange): Partial<ReadWorld> | undefined {
  if (!overtakes(change, application?.metadata)) return undefined;
  const object = left(change, application?.metadata);
  return object === undefined ? { application: undefined, routes: undefined } : compiledApplication(object);
}

function serviceAfter({ backend }: ReadWorld, change: SeenChange): Partial<ReadWorld> | undefined {
  if (backend === undefined || !overtakes(change, backend.service?.metadata)) return undefined;
  const service = left(change, backend.service?.metadata) as FollowedService | undefined;
  return { backend: { ...backend, service } };
}

function matrixAfter({ matrix }: ReadWorld, change: SeenChange): Partial<ReadWorld> | undefined {
  if (!overtakes(change, matrix)) return undefined;
  const object = left(change, matrix);
  return { matrix: object && compiledMatrix(object) };
}

/** How far the clocks of two API servers may be apart. */
const toleratedMs = 5000;

/** A lock that was made before the person signed in cannot have stood then: the sign-in would have been refused. */
function locksAfter({ locks, session }: ReadWorld, change: SeenChange): Partial<ReadWorld> | undefined {
  const { name, creationTimestamp = '' } = change.object.metadata;
  if (change.type === 'deleted' || !locks.has(name)) return undefined;
  const wasLifted =
    Date.parse(creationTimestamp) + toleratedMs < Date.parse(session?.metadata.creationTimestamp ?? '');
  return wasLifted ? undefined : { locks: new Map(locks).set(name, 'present') };
}
