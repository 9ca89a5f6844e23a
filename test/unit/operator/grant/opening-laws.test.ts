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
import { serviceHash } from '../../../../crds/rules/request/service.ts';
import { Closings } from '../../../../operator/grant/closings.ts';
import { decideOpening } from '../../../../operator/grant/decide-opening.ts';
import { nextPins } from '../../../../operator/grant/pins.ts';
import type { GrantWorld } from '../../../../operator/grant/world.ts';
import { installationIn } from '../../../../operator/outputs/owners.ts';
import { forUser, until, withConsent, withoutOpening } from '../../../kit/objects/grant.ts';
import { after, recorded } from '../../../kit/objects/grant-life.ts';
import { aWorld, noon, withGrant, withMatrix, withUsers } from '../../../kit/objects/grant-world.ts';
import { aMatrix, forVersions } from '../../../kit/objects/matrix.ts';
import { type Modifier, withoutSpec, withSpec } from '../../../kit/objects/object.ts';
import { aService, withServiceSpec } from '../../../kit/objects/service.ts';
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
const withPolicySpec =
  (spec: object): Change =>
  (world) =>
    world.policy === undefined
      ? world
      : { ...world, policy: bumped({ ...world.policy, spec: { ...world.policy.spec, ...spec } }) };
const lock =
  (name: string, stands: boolean): Change =>
  (world) => ({
    ...world,
    locks: new Set([...[...world.locks].filter((one) => one !== name), ...(stands ? [name] : [])]),
  });

const withApplicationSpec =
  (spec: object): Change =>
  (world) => {
    const changed =
      world.application && bumped({ ...world.application, spec: { ...world.application.spec, ...spec } });
    return { ...world, application: changed, sameHost: changed ? [changed] : [] };
  };

/** Another object under the same name. */
function madeAnew(world: GrantWorld, before: NonNullable<GrantWorld['policy']>): GrantWorld {
  const uid = `${before.metadata.uid}+`;
  return { ...world, policy: { ...before, metadata: { ...before.metadata, uid, generation: 1 } } };
}

/** What people do to the grant, the policy and the list of people. */
const doings: Readonly<Record<string, Change>> = {
  disable: grant(withSpec({ access: 'Disabled' })),
  enable: grant(withSpec({ access: 'Enabled' })),
  'switch off': withPolicySpec({ access: 'Disabled' }),
  'switch on': withPolicySpec({ access: 'Enabled' }),
  'shorten to the past': grant(until('2026-12-01T09:00:00Z')),
  'shorten to soon': grant(until('2026-12-01T12:04:00Z')),
  extend: grant(until('2026-12-03T08:00:00Z')),
  'raise consent': (world) => grant(withConsent((world.grant.spec.consent ?? 1) + 1))(world),
  'take Ada off': grant(forUser('bob')),
  'name Ada': grant(forUser('ada', 'bob')),
  'begin later': grant(withSpec({ startTime: '2026-12-02T08:00:00Z' })),
  'begin at once': grant(withoutSpec('startTime')),
  'ask for a role': grant(withSpec({ requiredSupportRoles: ['second-level'] })),
  'ask for no role': grant(withSpec({ requiredSupportRoles: [] })),
  'list no addresses': grant(withSpec({ allowedCIDRs: [] })),
  'list addresses': grant(withSpec({ allowedCIDRs: ['203.0.113.0/24'] })),
  'list no addresses in the policy': withPolicySpec({ allowedCIDRs: [] }),
  'list addresses in the policy': withPolicySpec({ allowedCIDRs: ['203.0.113.0/24'] }),
  'lower the longest duration': withPolicySpec({ duration: { maxSeconds: 7200 } }),
  'raise the longest duration': withPolicySpec({ duration: { maxSeconds: 864_000 } }),
  'change the application': withApplicationSpec({ version: '25.1' }),
  'change the application back': withApplicationSpec({ version: '26.4' }),
  'make the policy anew': (world) => (world.policy === undefined ? world : madeAnew(world, world.policy)),
};
/** These leave no trace in their objects, so none comes and goes while no operator runs. */
const locks: Readonly<Record<string, Change>> = {
  'lock all': lock('all', true),
  'unlock all': lock('all', false),
  'lock Ada': lock(`user.${ada.metadata.uid}`, true),
  'unlock Ada': lock(`user.${ada.metadata.uid}`, false),
  'change the Service': (world) => ({
    ...world,
    service: aService(withServiceSpec({ selector: { app: 'mine' } })),
  }),
  'change the Service back': (world) => ({ ...world, service: aService() }),
};
/** What may happen in one life: a few kinds of change that meet each other often, instead of all that seldom do. */
const kindsOfChange: readonly (readonly string[])[] = [
  ['disable', 'enable'],
  ['switch off', 'switch on'],
  ['make the policy anew'],
  ['shorten to the past', 'shorten to soon', 'extend'],
  ['lower the longest duration', 'raise the longest duration', 'shorten to soon', 'extend'],
  ['raise consent'],
  ['take Ada off', 'name Ada'],
  ['begin later', 'begin at once'],
  ['ask for a role', 'ask for no role', 'give Ada the role', 'take the role from Ada'],
  ['disable Ada', 'enable Ada'],
  ['list no addresses', 'list addresses', 'list no addresses in the policy', 'list addresses in the policy'],
  ['change the application', 'change the application back'],
  ['change the Service', 'change the Service back'],
  ['lock all', 'unlock all', 'lock Ada', 'unlock Ada'],
];
const always = ['look', 'sign in', 'sign in', 'kill the operator', 'start the operator', 'wait'];
const lives = fc
  .subarray([...kindsOfChange], { minLength: 1, maxLength: 3 })
  .chain((some) => fc.array(fc.constantFrom(...some.flat(), ...always), { minLength: 10, maxLength: 40 }));

/** The cluster, its operator, and the sessions that Ada has. */
class Life {
  world = aWorld(
    withGrant(forUser('ada', 'bob')),
    withUsers(ada, bob),
    withMatrix(aMatrix(forVersions('>=26'))),
  );
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
    'disable Ada': () => this.changeAda({ access: 'Disabled' }),
    'enable Ada': () => this.changeAda({ access: 'Enabled' }),
    'give Ada the role': () => this.changeAda({ supportRoles: ['second-level'] }),
    'take the role from Ada': () => this.changeAda({ supportRoles: [] }),
    wait: () => {
      this.now += minute;
    },
    look: () => this.look(),
    'sign in': () => this.signIn(),
    'kill the operator': () => {
      this.closings = undefined;
      for (const session of this.sessions) session.lockedSince = false;
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

  changeAda(spec: Partial<typeof ada.spec>): void {
    this.users = this.users.map((user) =>
      user.metadata.name === 'ada' ? bumped({ ...user, spec: { ...user.spec, ...spec } }) : user,
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

  /** Whether what closes now shows in the objects' generations. */
  leavesTrace(): boolean {
    const pin = this.world.grant.status?.pins?.service?.hash;
    return this.world.locks.size === 0 && pin === serviceHash(this.world.service?.spec);
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
      session.closedSince ||= isClosed && this.leavesTrace();
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
      installation: installationIn(this.world),
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
      fc.property(lives, (played) => {
        const life = new Life();
        for (const step of played) life.play(step);
        counts.sessions += life.sessions.length;
        counts.closed += life.sessions.filter(({ closedSince }) => closedSince).length;
      }),
      { numRuns: 700 },
    );
  });

  it('was one of many, and others stayed alive', () => {
    expect(counts.closed).toBeGreaterThan(70);
    expect(counts.alive).toBeGreaterThan(300);
  });
});
