/** What is told of a lock in an emergency: how many grants and sessions it stops, and that a mistyped one stops nothing. */
import { describe, expect, it } from 'vitest';
import type { SupportAccessGrant } from '../../../../crds/generated/support-access-grant.ts';
import { lockStatus } from '../../../../operator/lock/report.ts';
import { type Stoppable, stoppedBy } from '../../../../operator/lock/stopped.ts';
import { aGrant, disabled, forUser, until } from '../../../kit/objects/grant.ts';
import { noon } from '../../../kit/objects/grant-world.ts';
import { aLock } from '../../../kit/objects/lock.ts';
import { type Modifier, uidOf, withMetadata } from '../../../kit/objects/object.ts';
import { aSession } from '../../../kit/objects/session.ts';
import { aUserNamed } from '../../../kit/objects/user.ts';

const people = ['ada', 'grace'].map((name) => aUserNamed(name));
const another = (name: string, namespace: string): Modifier<SupportAccessGrant> =>
  withMetadata({ name, namespace, uid: uidOf('SupportAccessGrant', name, namespace) });
const inBilling = aGrant(another('case-1', 'billing'), forUser('grace'));
const world: Stoppable = {
  grants: [
    aGrant(forUser('ada', 'grace')),
    inBilling,
    aGrant(another('off', 'ecase'), disabled()),
    aGrant(another('over', 'ecase'), until('2026-12-01T12:00:00Z')),
  ],
  sessions: [aSession()],
  user: (name) => people.find(({ metadata }) => metadata.name === name),
};

const grantUid = uidOf('SupportAccessGrant', 'case-4711', 'ecase');

describe('a lock counts what it stops', () => {
  it.each([
    ['all', 2, 1],
    ['ns.ecase', 1, 1],
    ['ns.billing', 1, 0],
    ['ns.ecaes', 0, 0],
    [`grant.${grantUid}`, 1, 1],
    [`grant.${inBilling.metadata.uid}`, 1, 0],
    [`user.${uidOf('SupportUser', 'ada')}`, 1, 1],
    [`user.${uidOf('SupportUser', 'grace')}`, 2, 0],
    [`user.${uidOf('SupportUser', 'eve')}`, 0, 0],
  ])('%s', (name, grants, sessions) => {
    expect(stoppedBy(name, world, noon)).toEqual({ grants, sessions });
  });

  it('also the session of a person whose object is gone', () => {
    const gone = { ...world, user: () => undefined };
    expect(stoppedBy(`user.${uidOf('SupportUser', 'ada')}`, gone, noon)).toEqual({ grants: 0, sessions: 1 });
  });
});

describe('the status of a lock', () => {
  const told = (grants: number, sessions: number, name = 'ns.ecase') =>
    lockStatus(aLock(name), { grants, sessions }, noon);

  it.each([
    [2, 1, 'It keeps 2 grants closed; 1 session not ended yet'],
    [1, 0, 'It keeps 1 grant closed; every session has ended'],
  ])('tells of %d grants and %d sessions', (grants, sessions, message) => {
    const status = told(grants, sessions);
    expect(status).toMatchObject({ observedGeneration: 1, grants, sessions });
    expect(status.conditions).toMatchObject([{ type: 'Ready', status: 'True', reason: 'Enforced', message }]);
  });

  it('says of one on a person that others are let in', () => {
    const [ready] = told(3, 0, `user.${uidOf('SupportUser', 'ada')}`).conditions ?? [];
    expect(ready?.message).toBe(
      'It keeps one person out of 3 grants, which it does not close to others; every session has ended',
    );
  });

  it('says of one that stops nothing what it names, and what to do if something was meant', () => {
    const [ready] = told(0, 0).conditions ?? [];
    expect(ready?.message).toMatch(/^It stops nothing now: .*ns\.ecase.*make another lock/);
  });
});
