/** When the operator asks the records whether a world is from a backup, and what it does with the answer. */
import { describe, expect, it } from 'vitest';
import type { CitedWorld } from '../../../../crds/audit/witness.ts';
import { type ErrorCode, SupportAccessError } from '../../../../crds/errors.ts';
import { decideOpening } from '../../../../operator/grant/decide-opening.ts';
import { nextPins } from '../../../../operator/grant/pins.ts';
import { planGrant } from '../../../../operator/grant/plan.ts';
import { RestoredWorlds } from '../../../../operator/grant/restored.ts';
import type { GrantWorld } from '../../../../operator/grant/world.ts';
import { disabled } from '../../../kit/objects/grant.ts';
import { after } from '../../../kit/objects/grant-life.ts';
import { aWorld, noon, withGrant, withUsers } from '../../../kit/objects/grant-world.ts';
import { withSpec } from '../../../kit/objects/object.ts';
import { aUser, aUserNamed } from '../../../kit/objects/user.ts';

const signal = new AbortController().signal;
const closeFirst = () => Promise.resolve();
const open = after(aWorld(), noon);

/** Records that answer so, and what they were asked about. */
function asked(answer: string | undefined, isError = false, isAfterRestore = false) {
  const worlds: CitedWorld[] = [];
  const restored = new RestoredWorlds({
    now: () => noon,
    isAfterRestore,
    restoredIn: (world) => {
      worlds.push(world);
      if (isError) return Promise.reject(new SupportAccessError(answer as ErrorCode, 'as the test wants it'));
      return Promise.resolve(answer);
    },
  });
  return { worlds, look: (world: GrantWorld) => restored.look(world, { closeFirst, signal }) };
}

describe('whether a world is from a backup', () => {
  it('is asked once for each world that is open, with all that it opens by', async () => {
    const { worlds, look } = asked(undefined);
    for (const _ of [1, 2]) expect(await look(open)).toEqual({ restored: undefined });
    expect(worlds).toHaveLength(1);
    expect(worlds[0]?.cites?.map(({ kind }) => kind)).toEqual([
      'SupportAccessPolicy',
      'SupportAccessGrant',
      'SupportUser',
      'SupportPermissionMatrix',
      'SupportApplication',
    ]);
    const metadata = { ...open.grant.metadata, generation: 9 };
    await look({ ...open, grant: { ...open.grant, metadata } });
    expect(worlds).toHaveLength(2);
  });

  it('is not asked about what is closed: closing waits for nobody', async () => {
    const { worlds, look } = asked('records_unavailable', true);
    expect(await look(aWorld(withGrant(disabled())))).toEqual({ restored: undefined });
    expect(worlds).toEqual([]);
  });

  it('is asked again and again while it is, since no watch tells of what a person confirms', async () => {
    const { worlds, look } = asked('it came back');
    for (const _ of [1, 2]) expect((await look(open)).restored).toBe('it came back');
    expect(worlds).toHaveLength(2);
  });

  it.each(['records_unavailable', 'records_older'])(
    'stays unknown where the records say %s',
    async (code) => {
      const { worlds, look } = asked(code, true);
      for (const _ of [1, 2])
        expect(await look(open)).toMatchObject({ restored: undefined, unanswered: { code } });
      expect(worlds).toHaveLength(2);
    },
  );

  it('is taken for one where the records do not say, once this process saw that a backup was put back', async () => {
    const { look } = asked('records_unavailable', true, true);
    const { restored } = await look(open);
    expect(restored).toContain('the records did not answer since');
    expect(decideOpening({ world: { ...open, restored }, pins: nextPins(open), now: noon })).toMatchObject({
      open: false,
      reason: 'RolledBack',
    });
  });

  it('is not asked about who is kept out: the lock on one person says nothing against the others', async () => {
    const [ada, bob] = [aUser(), aUserNamed('bob')];
    const userRefs = [{ name: 'ada' }, { name: 'bob' }];
    const both = aWorld(withUsers(ada, bob), withGrant(withSpec({ userRefs })));
    const { worlds, look } = asked(undefined);
    await look(after({ ...both, locks: new Set([`user.${bob.metadata.uid}`]) }, noon));
    await look(after(both, noon));
    const people = worlds.map(({ cites = [] }) => cites.filter(({ kind }) => kind === 'SupportUser'));
    expect(people.map((cited) => cited.map(({ name }) => name))).toEqual([['ada'], ['ada', 'bob']]);
    const opening = planGrant({ ...both, locks: new Set([`user.${bob.metadata.uid}`]) }, noon).record.drafts;
    expect(opening.find(({ type }) => type === 'grant.activated')?.cites).toEqual(worlds[0]?.cites);
  });

  it('is asked about only after what is to go has gone', async () => {
    const done: string[] = [];
    const restored = new RestoredWorlds({
      now: () => noon,
      restoredIn: async () => void done.push('asked'),
    });
    await restored.look(open, { signal, closeFirst: async () => void done.push('closed') });
    expect(done).toEqual(['closed', 'asked']);
  });
});

describe('a grant of a world that is from a backup', () => {
  const world: GrantWorld = { ...open, restored: 'SupportAccessGrant ecase/case-4711: it was deleted' };

  it('is closed, says what is older, and is looked at again within seconds', () => {
    const decision = decideOpening({ world, pins: nextPins(world), now: noon });
    expect(decision).toMatchObject({ open: false, reason: 'RolledBack' });
    expect(decision).toHaveProperty('message', expect.stringContaining('it was deleted'));
    const plan = planGrant(world, noon);
    expect(plan.lookAgainAt).toBe(noon + 10_000);
    expect(plan.record.drafts.map(({ type }) => type)).toContain('grant.closed');
  });
});
