/** A consent that ended between two looks stays ended: what lifted it at once needs no right to open. */
import { expect, it } from 'vitest';
import { Closings } from '../../../../operator/grant/closings.ts';
import type { GrantWorld } from '../../../../operator/grant/world.ts';
import { disabled, forUser, until, withConsent } from '../../../kit/objects/grant.ts';
import { after, recorded } from '../../../kit/objects/grant-life.ts';
import { aWorld, noon, of, withGrant, withUsers } from '../../../kit/objects/grant-world.ts';
import { type Modifier, modified, recreated } from '../../../kit/objects/object.ts';
import { aPolicy, withDuration } from '../../../kit/objects/policy.ts';
import { aUser, aUserNamed } from '../../../kit/objects/user.ts';

type Change = Modifier<GrantWorld>;

const hour = 3600;
const ada = aUser();
const bob = aUserNamed('bob');

interface Stored {
  readonly metadata: { readonly generation?: number; readonly resourceVersion: string };
}

/** As the API server numbers it: one more change of the object, and a version that grows with each write of any object. */
const stored = <T extends Stored>(object: T, version: number): T => ({
  ...object,
  metadata: {
    ...object.metadata,
    generation: (object.metadata.generation ?? 0) + 1,
    resourceVersion: String(version),
  },
});
const grantWritten = (version: number, change: Modifier<GrantWorld['grant']>): Change =>
  withGrant(change, (grant) => stored(grant, version));
const policyWritten =
  (version: number, maxSeconds: number): Change =>
  ({ policy = aPolicy(), ...world }) => ({
    ...world,
    policy: stored(withDuration({ maxSeconds })(policy), version),
  });
const short = until('2026-12-01T13:00:00Z');
const long = until('2026-12-03T08:00:00Z');

function aLife(...changes: readonly Change[]) {
  const first = aWorld(
    withGrant(forUser('ada', 'bob'), long),
    withUsers(ada, bob),
    grantWritten(10, long),
    policyWritten(9, 1000 * hour),
    ...changes,
  );
  const state = { world: after(first, noon, recorded) };
  const { uid } = state.world.grant.metadata;
  const start = () => {
    const made = new Closings({ worldOf: () => state.world, now: () => noon });
    made.notice(uid);
    return made;
  };
  let closings = start();
  return {
    state,
    see(...seen: readonly Change[]) {
      for (const change of seen) {
        state.world = change(state.world);
        closings.notice(uid);
      }
    },
    /** While no operator runs. */
    unseen(...seen: readonly Change[]) {
      state.world = modified(state.world, seen);
      closings = start();
    },
    look() {
      const { closings: _told, ...world } = after(
        { ...state.world, closings: closings.of(state.world.grant) },
        noon,
        recorded,
      );
      state.world = world;
      return world.grant.status;
    },
  };
}

const tooLong = {
  activeReason: 'DurationOutOfBounds',
  consentEnded: { consent: 1, reason: 'DurationOutOfBounds' },
};

it('an end that was lifted before anything was looked at: shortened as soon as the longest duration was lowered', () => {
  const life = aLife();
  expect(life.state.world.grant.status?.activeReason).toBe('Open');
  life.see(policyWritten(20, 30 * hour), grantWritten(21, short));
  for (const _ of [1, 2, 3]) expect(life.look()).toMatchObject(tooLong);
  life.see(grantWritten(22, withConsent(2)));
  life.look();
  expect(life.look()).toMatchObject({ activeReason: 'Open', pins: { consent: 2 } });
});

it('also of a grant that was closed for another reason at that time', () => {
  const life = aLife(of({ locks: new Set(['all']) }));
  life.see(policyWritten(20, 30 * hour), grantWritten(21, short), of({ locks: new Set() }));
  for (const _ of [1, 2]) expect(life.look()).toMatchObject(tooLong);
});

it('also while no operator ran: by the window that was open', () => {
  const life = aLife();
  life.unseen(policyWritten(20, 30 * hour), grantWritten(21, short));
  for (const _ of [1, 2]) expect(life.look()).toMatchObject({ consentEnded: tooLong.consentEnded });
  expect(life.look()?.activeReason).toBe('DurationOutOfBounds');
});

it('also by taking off the list who was made anew', () => {
  const life = aLife();
  const other = stored(aUser(recreated()), 20);
  life.see(withUsers(other, bob), (world) => withUsers(bob)(grantWritten(21, forUser('bob'))(world)));
  for (const _ of [1, 2]) {
    const ended = { consent: 1, reason: 'UserChanged' };
    expect(life.look()).toMatchObject({ activeReason: 'UserChanged', consentEnded: ended });
  }
});

it('not by what only copies that lag show: neither order of arrival makes what never was', () => {
  const raised = aLife();
  raised.see(policyWritten(20, 30 * hour), grantWritten(12, short));
  raised.look();
  expect(raised.look()).toMatchObject({ activeReason: 'Open' });

  const lagging = aLife(policyWritten(9, 30 * hour), withGrant(short));
  lagging.see(grantWritten(31, long), policyWritten(30, 1000 * hour));
  lagging.look();
  expect(lagging.look()).toMatchObject({ activeReason: 'Open' });
});

it('a disabled grant gives no consent that could end', () => {
  const life = aLife(withGrant(disabled()));
  life.see(policyWritten(20, 30 * hour), grantWritten(21, short));
  expect(life.look()).not.toHaveProperty('consentEnded');
});
