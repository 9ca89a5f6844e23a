/** What is judged when a change arrives, and how long it is remembered: the queue merges changes, this does not. */

import { describe, expect, it } from 'vitest';
import { KubeError } from '../../../../kube/errors.ts';
import { Closings } from '../../../../operator/grant/closings.ts';
import type { GrantStatus, GrantWorld } from '../../../../operator/grant/world.ts';
import { anApplication, inVersion } from '../../../kit/objects/application.ts';
import { disabled, forUser, opened, until, withConsent, withoutOpening } from '../../../kit/objects/grant.ts';
import { after, recorded } from '../../../kit/objects/grant-life.ts';
import { aWorld, locked, noon, of, withGrant, withUsers } from '../../../kit/objects/grant-world.ts';
import { aClusterBinding } from '../../../kit/objects/kube-objects.ts';
import { aMatrix, forVersions } from '../../../kit/objects/matrix.ts';
import { type Modifier, modified, recreated, withMetadata, withSpec } from '../../../kit/objects/object.ts';
import { aPolicy, switchedOff } from '../../../kit/objects/policy.ts';
import { aUser, aUserNamed, deactivated } from '../../../kit/objects/user.ts';

type Change = Modifier<GrantWorld>;

const ada = aUser();
const bob = aUserNamed('bob');
const { uid } = aWorld().grant.metadata;

/** An open grant of two people, as its copy shows it, and what follows its changes. */
function following(start: GrantWorld = openForTwo()) {
  const state = { world: start };
  const closings = new Closings({ worldOf: () => state.world, now: () => noon });
  closings.notice(uid);
  return {
    closings,
    /** Each change arrives by itself, and nothing is looked at in between. */
    see(...changes: readonly Change[]) {
      for (const change of changes) {
        state.world = change(state.world);
        closings.notice(uid);
      }
    },
    /** What a look finds now, and the status that it writes. */
    look() {
      const world = { ...state.world, closings: closings.of(state.world.grant) };
      return after(world, noon, recorded).grant.status;
    },
    /** The status arrives in the copy. */
    stores(status: GrantStatus | undefined) {
      const { grant } = state.world;
      state.world = { ...state.world, grant: status === undefined ? grant : { ...grant, status } };
    },
    state,
  };
}

function openForTwo(): GrantWorld {
  const world = aWorld(withGrant(forUser('ada', 'bob')), withUsers(ada, bob));
  return after(world, noon, recorded);
}

const generation = (number: number): Change => withGrant(withMetadata({ generation: number }));
const policy = (access: 'Enabled' | 'Disabled', number: number): Change =>
  of({
    policy: aPolicy(withMetadata({ generation: number }), ...(access === 'Enabled' ? [] : [switchedOff()])),
  });
const both =
  (...changes: readonly Change[]): Change =>
  (world) =>
    modified(world, changes);
const person = (number: number, ...changes: readonly Modifier<typeof ada>[]): Change =>
  withUsers(aUser(withMetadata({ generation: number }), ...changes), bob);
const enabled = withGrant(withSpec({ access: 'Enabled' }));

/** Closed and opened again before anything was looked at. */
const waysThere: Readonly<Record<string, readonly [Change, Change]>> = {
  'the grant was disabled and enabled': [
    both(withGrant(disabled()), generation(2)),
    both(enabled, generation(3)),
  ],
  'the policy was switched off and on': [policy('Disabled', 2), policy('Enabled', 3)],
  'a lock on all was created and lifted': [locked('all'), locked()],
  'a lock on the grant was created and lifted': [locked(`grant.${uid}`), locked()],
  'it was shortened to the past and extended': [
    both(withGrant(until('2026-12-01T09:00:00Z')), generation(2)),
    both(withGrant(until('2026-12-03T08:00:00Z')), generation(3)),
  ],
  'its matrix was missing for a moment': [of({ matrix: undefined }), of({ matrix: aWorld().matrix })],
  'its application was of another version for a moment': [
    of({ application: anApplication(inVersion('25.1'), withMetadata({ generation: 2 })) }),
    of({ application: anApplication(withMetadata({ generation: 3 })) }),
  ],
  'its identities had excess rights for a moment': [
    of({ excessRights: [aClusterBinding('x', 'view')] }),
    of({ excessRights: [] }),
  ],
};

describe('CC-1: what closed a grant for a moment ends its opening', () => {
  it.each(Object.entries(waysThere))('when %s before it was looked at', (name, [close, open]) => {
    const fits = name.includes('version') ? of({ matrix: matrixFor26() }) : (world: GrantWorld) => world;
    const scene = following(
      after(fits(aWorld(withGrant(forUser('ada', 'bob')), withUsers(ada, bob))), noon, recorded),
    );
    const first = scene.state.world.grant.status?.opening;
    expect(first?.people).toHaveLength(2);
    scene.see(close, open);
    const closed = scene.look();
    expect(closed?.opening).toBeUndefined();
    expect(closed?.activeReason).not.toBe('Open');
    scene.stores(closed);
    const again = scene.look()?.opening;
    expect(again?.people).toHaveLength(2);
    const ids = (one: typeof first) => [one?.id, ...(one?.people ?? []).map(({ id }) => id)];
    expect(ids(again).filter((id) => ids(first).includes(id))).toEqual([]);
  });
});

const matrixFor26 = () => ({ object: aMatrix(forVersions('>=26')), hash: 'of-26' });

it('CC-1: a higher consent ends the opening that the lower one gave', () => {
  const scene = following();
  const first = scene.state.world.grant.status?.opening;
  scene.see(both(withGrant(withConsent(2)), generation(2)));
  const again = scene.look();
  expect(again).toMatchObject({ activeReason: 'Open', pins: { consent: 2 } });
  const ids = (one: typeof first) => [one?.id, ...(one?.people ?? []).map(({ id }) => id)];
  expect(ids(again?.opening).filter((id) => ids(first).includes(id))).toEqual([]);
});

/** One of two people was out for a moment. */
const waysOfAda: Readonly<Record<string, readonly [Change, Change]>> = {
  'was disabled and enabled': [person(2, deactivated()), person(3)],
  'was locked and unlocked': [locked(`user.${ada.metadata.uid}`), locked()],
  'was taken off the list and named again': [
    both(withGrant(forUser('bob')), withUsers(bob), generation(2)),
    both(withGrant(forUser('ada', 'bob')), withUsers(ada, bob), generation(3)),
  ],
};

describe('CC-1: what kept out one person for a moment ends her part of the opening alone', () => {
  it.each(Object.entries(waysOfAda))('when she %s before it was looked at', (_, [close, open]) => {
    const scene = following();
    const first = scene.state.world.grant.status?.opening;
    scene.see(close, open);
    const without = scene.look();
    expect(without?.opening?.id).toBe(first?.id);
    expect(without?.opening?.people.map(({ name }) => name)).toEqual(['bob']);
    scene.stores(without);
    const again = scene.look()?.opening;
    const idOf = (name: string, one = again) => one?.people.find((entry) => entry.name === name)?.id;
    expect(idOf('bob')).toBe(idOf('bob', first));
    expect(idOf('ada')).toMatch(/^[0-9a-f]{32}$/);
    expect(idOf('ada')).not.toBe(idOf('ada', first));
  });
});

describe('changes that were not seen one by one', () => {
  it('end the opening when there was more than one: what lay between is not known', () => {
    for (const change of [
      generation(3),
      policy('Enabled', 3),
      both(generation(2), policy('Enabled', 2)),
      of({ policy: aPolicy(recreated()) }),
    ]) {
      const start = openForTwo();
      const scene = following(change(start));
      expect(scene.look()).toMatchObject({ activeReason: 'ChangesUnseen' });
    }
  });

  it('end only the person’s part when they are hers', () => {
    const scene = following(person(3)(openForTwo()));
    expect(scene.look()?.opening?.people.map(({ name }) => name)).toEqual(['bob']);
  });

  it('end nothing when there was one: both its sides were judged', () => {
    for (const change of [generation(2), policy('Enabled', 2), person(2)]) {
      const start = openForTwo();
      const scene = following(change(start));
      expect(scene.look()?.opening?.id).toBe(start.grant.status?.opening?.id);
      expect(scene.look()?.opening?.people.map(({ id }) => id)).toEqual(
        start.grant.status?.opening?.people.map(({ id }) => id),
      );
    }
  });

  it('were seen by a process that follows, however many there are', () => {
    const scene = following();
    const first = scene.state.world.grant.status?.opening?.id;
    scene.see(generation(2), generation(3), policy('Enabled', 2), generation(4), person(2));
    expect(scene.look()?.opening?.id).toBe(first);
  });
});

describe('an opening whose window ended', () => {
  it('is over also when the grant was extended before anything was looked at', () => {
    const ending = after(aWorld(withGrant(until('2026-12-01T11:00:00Z'))), noon - 7_200_000, recorded);
    const scene = following(both(withGrant(until('2026-12-03T08:00:00Z')), generation(2))(ending));
    expect(scene.look()).toMatchObject({ activeReason: 'Expired' });
  });
});

describe('a closing is remembered', () => {
  const closed = (world: GrantWorld) => withGrant(withoutOpening())(world);

  it('until a copy of the grant shows no opening', () => {
    const scene = following();
    scene.see(locked('all'), locked());
    for (const _ of [1, 2]) expect(scene.look()?.activeReason).toBe('Locked');
    scene.state.world = closed(scene.state.world);
    expect(scene.look()?.activeReason).toBe('Open');
  });

  it('while the copy is older than what this process wrote last', async () => {
    const scene = following(closed(openForTwo()));
    const { grant } = scene.state.world;
    await scene.closings.writing(grant, async ({ onStored }) => {
      onStored('7');
      return true;
    });
    scene.see(locked('all'), locked());
    expect(scene.closings.of(grant)?.whole?.reason).toBe('Locked');
    scene.state.world = withGrant(opened(), withMetadata({ resourceVersion: '7' }))(scene.state.world);
    expect(scene.look()?.activeReason).toBe('Locked');
  });

  it('while it cannot be told whether a write arrived, and not when it was refused', async () => {
    const failing = (error: Error) => async (): Promise<boolean> => {
      throw error;
    };
    const scene = following(closed(openForTwo()));
    const { grant } = scene.state.world;
    await expect(scene.closings.writing(grant, failing(conflict))).rejects.toBe(conflict);
    scene.see(locked('all'), locked());
    expect(scene.closings.of(grant)).toBeUndefined();
    const broken = new Error('the connection broke');
    await expect(scene.closings.writing(grant, failing(broken))).rejects.toBe(broken);
    scene.see(locked('all'), locked());
    expect(scene.closings.of(grant)?.whole?.reason).toBe('Locked');
  });

  it('no longer once a status was stored over the closed one, also if the write before was lost', async () => {
    const stored = async ({ onStored }: { onStored: (version: string) => void }) => {
      onStored('8');
      return true;
    };
    const scene = following(closed(openForTwo()));
    const { grant } = scene.state.world;
    const broken = new Error('the connection broke');
    await expect(scene.closings.writing(grant, () => Promise.reject(broken))).rejects.toBe(broken);
    scene.see(locked('all'), locked());
    expect(scene.closings.of(grant)?.whole?.reason).toBe('Locked');
    await scene.closings.writing(grant, stored);
    expect(scene.closings.of(grant)).toBeUndefined();
  });

  it('when it came while a status was being stored', async () => {
    const scene = following(closed(openForTwo()));
    const { grant } = scene.state.world;
    scene.closings.of(grant);
    await scene.closings.writing(grant, async ({ onStored }) => {
      scene.see(locked('all'), locked());
      onStored('8');
      return true;
    });
    expect(scene.closings.of(grant)?.whole?.reason).toBe('Locked');
  });

  it('not of a grant that was closed before, and not after it is forgotten', () => {
    const scene = following(closed(openForTwo()));
    scene.see(locked('all'), locked());
    expect(scene.closings.of(scene.state.world.grant)).toBeUndefined();
    const other = following();
    other.see(locked('all'));
    other.closings.forget(uid);
    expect(other.closings.of(other.state.world.grant)).toBeUndefined();
  });
});

const conflict = new KubeError({ method: 'PUT', path: '/x', status: 409, body: '{}' });
