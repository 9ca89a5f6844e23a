/**
 * Over generated lives of a grant: what is taken back and given anew, in any order, however many changes are merged before
 * the operator looks, and while none runs. CC-1: a session that may go on was not closed since it began.
 *
 * Locks leave no trace in objects: what one closed is known from the operator's next look on (until then the gateway, which
 * is no part of this, ends the sessions), and none comes and goes here while no operator runs.
 */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SupportAccessGrant } from '../../../../crds/generated/support-access-grant.ts';
import { decide } from '../../../../crds/rules/access.ts';
import { parseAddress } from '../../../../crds/rules/address/address.ts';
import type { Ask } from '../../../../crds/rules/ask.ts';
import { lockNamesFor } from '../../../../crds/rules/locks.ts';
import { matrixInForce } from '../../../../crds/rules/matrix/matrix.ts';
import { Closings } from '../../../../operator/grant/closings.ts';
import { decideOpening } from '../../../../operator/grant/decide-opening.ts';
import { nextPins } from '../../../../operator/grant/pins.ts';
import type { GrantWorld } from '../../../../operator/grant/world.ts';
import { forUser, until, withConsent, withoutOpening } from '../../../kit/objects/grant.ts';
import { after, recorded } from '../../../kit/objects/grant-life.ts';
import { aWorld, noon, withGrant, withUsers } from '../../../kit/objects/grant-world.ts';
import { type Modifier, withSpec } from '../../../kit/objects/object.ts';
import { aSession, lastSeenAt } from '../../../kit/objects/session.ts';
import { aUser, aUserNamed } from '../../../kit/objects/user.ts';

type Change = Modifier<GrantWorld>;
interface Stored {
  readonly metadata: { readonly uid: string; readonly generation?: number };
}

const minute = 60_000;
const ada = aUser();
const bob = aUserNamed('bob');

/** The same object after one more change of its spec. */
const bumped = <T extends Stored>(object: T): T => ({
  ...object,
  metadata: { ...object.metadata, generation: (object.metadata.generation ?? 0) + 1 },
});
const grant = (change: Modifier<SupportAccessGrant>): Change => withGrant(change, (one) => bumped(one));
const policy =
  (access: 'Enabled' | 'Disabled'): Change =>
  (world) =>
    world.policy === undefined
      ? world
      : { ...world, policy: bumped({ ...world.policy, spec: { ...world.policy.spec, access } }) };
const lock =
  (name: string, stands: boolean): Change =>
  (world) => ({
    ...world,
    locks: new Set([...[...world.locks].filter((one) => one !== name), ...(stands ? [name] : [])]),
  });

/** What people do to the grant, the policy and the list of people. */
const doings: Readonly<Record<string, Change>> = {
  disable: grant(withSpec({ access: 'Disabled' })),
  enable: grant(withSpec({ access: 'Enabled' })),
  'switch off': policy('Disabled'),
  'switch on': policy('Enabled'),
  'shorten to the past': grant(until('2026-12-01T09:00:00Z')),
  'shorten to soon': grant(until('2026-12-01T12:04:00Z')),
  extend: grant(until('2026-12-03T08:00:00Z')),
  'raise consent': (world) => grant(withConsent((world.grant.spec.consent ?? 1) + 1))(world),
  'take Ada off': grant(forUser('bob')),
  'name Ada': grant(forUser('ada', 'bob')),
};
const locks: Readonly<Record<string, Change>> = {
  'lock all': lock('all', true),
  'unlock all': lock('all', false),
  'lock Ada': lock(`user.${ada.metadata.uid}`, true),
  'unlock Ada': lock(`user.${ada.metadata.uid}`, false),
};
const steps = [
  ...Object.keys(doings),
  ...Object.keys(locks),
  'disable Ada',
  'enable Ada',
  'wait',
  'look',
  'look',
  'sign in',
  'sign in',
  'kill the operator',
  'start the operator',
];

/** The cluster, its operator, and the sessions that Ada has. */
class Life {
  world = aWorld(withGrant(forUser('ada', 'bob')), withUsers(ada, bob));
  now = noon;
  users = [ada, bob];
  closings: Closings | undefined;
  version = 100;
  readonly sessions: {
    readonly opening: { id: string; personId: string };
    closedSince: boolean;
    lockedSince: boolean;
  }[] = [];

  constructor() {
    this.start();
    this.look();
  }

  /** What happens besides changes of the grant, the policy and locks. */
  readonly events: Readonly<Record<string, () => void>> = {
    'disable Ada': () => this.switchAda('Disabled'),
    'enable Ada': () => this.switchAda('Enabled'),
    wait: () => {
      this.now += minute;
    },
    look: () => this.look(),
    'sign in': () => this.signIn(),
    'kill the operator': () => {
      this.closings = undefined;
    },
    'start the operator': () => {
      if (this.closings === undefined) this.start();
    },
  };

  play(step: string): void {
    const change = doings[step] ?? (this.closings === undefined ? undefined : locks[step]);
    if (change !== undefined) this.change(change);
    this.events[step]?.();
    this.judge();
  }

  switchAda(access: 'Enabled' | 'Disabled'): void {
    this.users = this.users.map((user) =>
      user.metadata.name === 'ada' ? bumped({ ...user, spec: { ...user.spec, access } }) : user,
    );
    this.change((world) => world);
  }

  change(change: Change): void {
    const world = change(this.world);
    const named = world.grant.spec.userRefs.map(({ name }) => name);
    const users = this.users.filter(({ metadata }) => named.includes(metadata.name));
    this.world = { ...world, users };
    this.closings?.notice(this.world.grant.metadata.uid);
  }

  start(): void {
    this.closings = new Closings({ worldOf: () => this.world, now: () => this.now });
    this.closings.notice(this.world.grant.metadata.uid);
  }

  /** One look of the operator, whose status arrives in its copy at once. */
  look(): void {
    if (this.closings === undefined) return;
    const seen = { ...this.world, closings: this.closings.of(this.world.grant) };
    const { closings: _told, ...world } = after(seen, this.now, recorded);
    const metadata = { ...world.grant.metadata, resourceVersion: String(this.version++) };
    this.world = { ...world, accounts: [], bindings: [], grant: { ...world.grant, metadata } };
    this.closings.notice(metadata.uid);
    for (const session of this.sessions) session.closedSince ||= session.lockedSince;
  }

  signIn(): void {
    if (!this.allows('sign-in')) return;
    const opening = this.world.grant.status?.opening;
    const person = opening?.people.find(({ uid }) => uid === ada.metadata.uid);
    if (opening === undefined || person === undefined) throw new Error('a sign-in without an opening');
    this.sessions.push({
      opening: { id: opening.id, personId: person.id },
      closedSince: false,
      lockedSince: false,
    });
  }

  /** Whether access is closed to Ada at this moment, by the world alone: its status has no part in it. */
  isClosed(): boolean {
    const world = withGrant(withoutOpening())(this.world);
    const consented = world.grant.status?.pins?.consent === (world.grant.spec.consent ?? 1);
    const decision = decideOpening({ world, pins: nextPins(world), now: this.now });
    return !consented || !decision.open || decision.people.every(({ metadata }) => metadata.name !== 'ada');
  }

  judge(): void {
    const isClosed = this.isClosed();
    for (const session of this.sessions) {
      session.lockedSince ||= isClosed;
      session.closedSince ||= isClosed && this.world.locks.size === 0;
      const isAlive = this.allows('session', session.opening);
      if (session.closedSince) expect(isAlive).toBe(false);
      else if (isAlive) counts.alive += 1;
    }
  }

  allows(entryPoint: Ask['entryPoint'], opening?: { id: string; personId: string }): boolean {
    const { policy: read, grant: one, application, matrix, locks: standing } = this.world;
    const object = aSession(
      lastSeenAt(new Date(this.now).toISOString()),
      withSpec(opening ? { opening } : {}),
    );
    const { namespace = '', uid: grantUid } = one.metadata;
    return decide({
      entryPoint,
      now: this.now,
      policy: read,
      grant: one,
      user: this.users.find(({ metadata }) => metadata.name === 'ada'),
      application,
      backend: this.world,
      matrix: matrix && matrixInForce(matrix.object),
      address: parseAddress('203.0.113.7'),
      ...(opening && { session: { object, sealValid: true, secretMatches: true } }),
      locks: new Map(
        lockNamesFor({ namespace, grantUid, userUid: ada.metadata.uid }).map((name) => [
          name,
          standing.has(name) ? 'present' : 'absent',
        ]),
      ),
    }).allow;
  }
}

const counts = { sessions: 0, closed: 0, alive: 0 };

describe('CC-1 a session that was closed', () => {
  it('CC-1 never lives again, whatever is given anew and also with no operator for a while', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...steps), { minLength: 10, maxLength: 40 }), (played) => {
        const life = new Life();
        for (const step of played) life.play(step);
        counts.sessions += life.sessions.length;
        counts.closed += life.sessions.filter(({ closedSince }) => closedSince).length;
      }),
      { numRuns: 1000 },
    );
  });

  it('was one of many, and others stayed alive', () => {
    expect(counts.closed).toBeGreaterThan(100);
    expect(counts.alive).toBeGreaterThan(300);
  });
});
