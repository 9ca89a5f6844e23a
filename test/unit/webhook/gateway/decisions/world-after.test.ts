import { describe, expect, it } from 'vitest';
import { decide } from '../../../../../crds/rules/access.ts';
import type { Ask } from '../../../../../crds/rules/ask.ts';
import type { KubeObject } from '../../../../../kube/objects.ts';
import type { ReadWorld } from '../../../../../webhook/gateway/decisions/decision.ts';
import { compiledMatrix } from '../../../../../webhook/gateway/decisions/object-reads.ts';
import { type SeenChange, worldAfter } from '../../../../../webhook/gateway/decisions/world-after.ts';
import { anApplication } from '../../../../kit/objects/application.ts';
import { askOn } from '../../../../kit/objects/ask.ts';
import { aGrant, opened } from '../../../../kit/objects/grant.ts';
import { aLock } from '../../../../kit/objects/lock.ts';
import { aMatrix, withModules } from '../../../../kit/objects/matrix.ts';
import {
  createdAt,
  inNamespace,
  named,
  recreated,
  withMetadata,
  withSpec,
} from '../../../../kit/objects/object.ts';
import { aPolicy, switchedOff } from '../../../../kit/objects/policy.ts';
import { aService, reading, withServiceMetadata, withServiceSpec } from '../../../../kit/objects/service.ts';
import { aSession } from '../../../../kit/objects/session.ts';
import { aUser, deactivated } from '../../../../kit/objects/user.ts';

const grant = aGrant(opened());
const session = aSession();
const allowed = askOn('session');
const read: ReadWorld = {
  locks: allowed.locks,
  policy: aPolicy(),
  grant,
  user: aUser(),
  session,
  application: anApplication(),
  matrix: compiledMatrix(aMatrix()),
  backend: reading(),
};

const toOtherPods = withServiceSpec({ selector: { app: 'mine' } });

const updated = (object: object): SeenChange => {
  const before = object as KubeObject;
  const after = { ...before, metadata: { ...before.metadata, resourceVersion: '2' } };
  return { type: 'updated', object: after, old: after };
};
const added = (object: object): SeenChange => ({ type: 'added', object: object as KubeObject });
const deleted = (object: object): SeenChange => ({ type: 'deleted', object: object as KubeObject });

/** What the rules say of the session in a world. */
function decidedIn({ session: object, ...world }: ReadWorld): string {
  const presented = object && { object, sealValid: true, secretMatches: true };
  const ask: Ask = { ...allowed, ...world, session: presented };
  const decision = decide(ask);
  return decision.allow ? 'allowed' : decision.reason;
}

const after = (change: SeenChange): string => {
  const world = worldAfter(read, change);
  return world === undefined ? 'not about it' : decidedIn(world);
};

const lockOn = (name: string): SeenChange => added(aLock(name, createdAt('2026-12-01T11:00:00Z')));

describe('a change that a watch tells', () => {
  it.each<[string, SeenChange, string]>([
    ['the policy is switched off', updated(aPolicy(switchedOff())), 'PolicyDisabled'],
    ['the policy is deleted', deleted(aPolicy()), 'NoPolicy'],
    ['the grant is disabled', updated(aGrant(opened(), withSpec({ access: 'Disabled' }))), 'Disabled'],
    ['the grant is deleted', deleted(grant), 'NoGrant'],
    [
      'the grant is made anew',
      added(aGrant(opened(), recreated(), withMetadata({ resourceVersion: '3' }))),
      'NoGrant',
    ],
    ['the consent is raised', updated(aGrant(opened(), withSpec({ consent: 2 }))), 'NotOpened'],
    ['the person is disabled', updated(aUser(deactivated())), 'UserDisabled'],
    ['the person is deleted', deleted(aUser()), 'NoUser'],
    ['the session is deleted', deleted(session), 'NoSession'],
    ['the matrix is another one', updated(aMatrix(withModules())), 'MatrixChanged'],
    ['the matrix is deleted', deleted(aMatrix()), 'NoMatrix'],
    ['the application is deleted', deleted(anApplication()), 'NoApplication'],
    ['the Service selects other pods', updated(aService(toOtherPods)), 'ServiceChanged'],
    ['the Service is deleted', deleted(aService()), 'NoService'],
    [
      'the Service is made anew',
      added(aService(withServiceMetadata({ uid: 'anew', resourceVersion: '3' }))),
      'NoService',
    ],
    ['everything is locked', lockOn('all'), 'Locked'],
    ['the namespace is locked', lockOn('ns.ecase'), 'Locked'],
    ['the grant is locked', lockOn(`grant.${grant.metadata.uid}`), 'Locked'],
    ['the person is locked', lockOn(`user.${aUser().metadata.uid}`), 'Locked'],
  ])('takes access away by itself: %s', (_, change, reason) => {
    expect(decidedIn(read)).toBe('allowed');
    expect(after(change)).toBe(reason);
  });

  it.each<[string, SeenChange]>([
    ['was read already', { type: 'added', object: aGrant(withSpec({ access: 'Disabled' })) }],
    ['is about another grant', updated(aGrant(named('case-4712'), withSpec({ access: 'Disabled' })))],
    [
      'is about a namesake elsewhere',
      updated(aGrant(inNamespace('other'), withSpec({ access: 'Disabled' }))),
    ],
    ['is the end of a namesake that was there before', deleted(aUser(recreated()))],
    ['is about another Service', updated(aService(withServiceMetadata({ name: 'reports' }), toOtherPods))],
    [
      'is about a Service of that name elsewhere',
      updated(aService(withServiceMetadata({ namespace: 'other' }), toOtherPods)),
    ],
    ['lifts a lock', deleted(aLock('all'))],
    [
      'tells late of a lock that was lifted before the sign-in',
      added(aLock('all', createdAt('2026-12-01T06:00:00Z'))),
    ],
  ])('takes nothing away where it %s', (_, change) => {
    expect(after(change)).toBe('not about it');
  });

  it('is not about it where it is a lock on something else', () => {
    expect(after(lockOn('ns.other'))).toBe('not about it');
  });

  it('is compared by number: version 10 is after 9, and what is no number is judged', () => {
    const at = (resourceVersion: string) => withMetadata<ReturnType<typeof aGrant>>({ resourceVersion });
    const closed = (version: string) =>
      updatedAt(aGrant(opened(), withSpec({ access: 'Disabled' }), at(version)));
    const world = { ...read, grant: aGrant(opened(), at('9')) };
    expect(worldAfter(world, closed('10'))?.grant?.spec.access).toBe('Disabled');
    expect(worldAfter(world, closed('8'))).toBeUndefined();
    expect(worldAfter(world, closed('x'))?.grant?.spec.access).toBe('Disabled');
  });
});

const updatedAt = (object: object): SeenChange => ({
  type: 'updated',
  object: object as KubeObject,
  old: object as KubeObject,
});
