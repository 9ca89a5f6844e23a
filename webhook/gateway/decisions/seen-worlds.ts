/**
 * The world of each session as the watches hold it, now and just before a change. It may lag: it ends a session only
 * for a change that came after it began, or has it read again.
 */
import type { SupportAccessGrant } from '../../../crds/generated/support-access-grant.ts';
import type { SupportAccessPolicy } from '../../../crds/generated/support-access-policy.ts';
import type { SupportApplication } from '../../../crds/generated/support-application.ts';
import type { SupportSession } from '../../../crds/generated/support-session.ts';
import type { SupportUser } from '../../../crds/generated/support-user.ts';
import type { KindName } from '../../../crds/kinds.ts';
import { policyName } from '../../../crds/names.ts';
import { type LockReading, lockNamesFor } from '../../../crds/rules/locks.ts';
import type { KubeObject } from '../../../kube/objects.ts';
import type { ReadMatrix, ReadWorld } from './decision.ts';
import type { FollowedService } from './followed-backends.ts';
import { compiledMatrix } from './object-reads.ts';
import type { SeenChange } from './world-after.ts';
import type { HandMadeSlices, WatchedParts } from './world-reader.ts';

/** Finds one object in what the watches hold. */
export type FindSeen = (
  kind: KindName | 'Service',
  namespace: string | undefined,
  name: string,
) => KubeObject | undefined;

export interface SeenWorlds {
  /** The world of a session now. A grant that was deleted and created again under its name is not its grant. */
  of(session: SupportSession): ReadWorld;
  /** The world of a session just before a change that the watches hold already. */
  before(session: SupportSession, change: SeenChange): ReadWorld;
}

export function createSeenWorlds(find: FindSeen, watched: WatchedParts): SeenWorlds {
  const compiled = new WeakMap<KubeObject, ReadMatrix>();
  const matrixOf = (object: KubeObject | undefined): ReadMatrix | undefined => {
    if (object === undefined) return undefined;
    const matrix = compiled.get(object) ?? compiledMatrix(object);
    compiled.set(object, matrix);
    return matrix;
  };
  const worldIn = (session: SupportSession, found: FindSeen): ReadWorld => {
    const world = worldOf(session, found, matrixOf);
    const backend = backendOf(world, found, watched.handMadeSlices);
    return { ...world, backend, installation: watched.installation() };
  };
  return {
    of: (session) => worldIn(session, find),
    before: (session, change) => worldIn(session, asBefore(find, change)),
  };
}

function worldOf(
  session: SupportSession,
  find: FindSeen,
  matrixOf: (object: KubeObject | undefined) => ReadMatrix | undefined,
): ReadWorld {
  const { namespace = '' } = session.metadata;
  const { grantRef, userRef } = session.spec;
  const named = find('SupportAccessGrant', namespace, grantRef.name) as SupportAccessGrant | undefined;
  const grant = named?.metadata.uid === grantRef.uid ? named : undefined;
  const application = grant?.spec.applicationRef?.name;
  const matrix = grant && find('SupportPermissionMatrix', undefined, grant.spec.matrixRef.name);
  return {
    session,
    grant,
    policy: find('SupportAccessPolicy', undefined, policyName) as SupportAccessPolicy | undefined,
    user: find('SupportUser', undefined, userRef.name) as SupportUser | undefined,
    application:
      application === undefined
        ? undefined
        : (find('SupportApplication', namespace, application) as SupportApplication | undefined),
    matrix: matrixOf(matrix),
    locks: locksOf(session, find),
  };
}

function backendOf(
  { application }: ReadWorld,
  find: FindSeen,
  handMadeSlices: HandMadeSlices,
): ReadWorld['backend'] {
  if (application === undefined) return undefined;
  const { namespace = '' } = application.metadata;
  const { name } = application.spec.serviceRef;
  const slices = handMadeSlices({ namespace, name });
  if (slices === undefined) return undefined;
  const service = find('Service', namespace, name) as FollowedService | undefined;
  return { service, handMadeSlices: slices };
}

function locksOf(session: SupportSession, find: FindSeen): LockReading {
  return new Map(
    lockNamesOf(session).map((name) => [
      name,
      find('SupportAccessLock', undefined, name) === undefined ? 'absent' : 'present',
    ]),
  );
}

function asBefore(find: FindSeen, change: SeenChange): FindSeen {
  const { kind, metadata } = change.object;
  const was = change.old ?? (change.type === 'deleted' ? change.object : undefined);
  return (wanted, namespace, name) => {
    const isIt = wanted === kind && name === metadata.name && namespace === metadata.namespace;
    return isIt ? was : find(wanted, namespace, name);
  };
}

/** Whether a change may matter to a session: cheap, so that a change of one grant costs nothing to those of others. */
export function concerns({ object }: SeenChange, { metadata, spec }: SupportSession): boolean {
  const { name, namespace } = object.metadata;
  const { kind } = object;
  if (kind === 'SupportAccessGrant') return name === spec.grantRef.name && namespace === metadata.namespace;
  if (kind === 'SupportUser') return name === spec.userRef.name;
  if (kind === 'SupportApplication' || kind === 'Service') return namespace === metadata.namespace;
  if (kind === 'SupportAccessLock') return lockNamesOf({ metadata, spec }).includes(name);
  return true;
}

function lockNamesOf({ metadata, spec }: Pick<SupportSession, 'metadata' | 'spec'>): readonly string[] {
  const { namespace = '' } = metadata;
  return lockNamesFor({ namespace, grantUid: spec.grantRef.uid, userUid: spec.userRef.uid });
}
