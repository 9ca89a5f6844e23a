/** What the records are asked about when an operator begins. */
import { describe, expect, it } from 'vitest';
import type { CitedWorld } from '../../../../crds/audit/witness.ts';
import { SupportAccessError } from '../../../../crds/errors.ts';
import type { KubeObject } from '../../../../kube/objects.ts';
import { comparedAgainAfterMs, compareWithRecords } from '../../../../operator/observers/compared-objects.ts';
import { aStepClock } from '../../../kit/clock/step-clock.ts';
import { FollowedServer } from '../../../kit/objects/followed-server.ts';
import { aGrant, disabled } from '../../../kit/objects/grant.ts';
import { synced } from '../../../kit/objects/keys-after.ts';
import { aPolicy } from '../../../kit/objects/policy.ts';
import { aUser } from '../../../kit/objects/user.ts';

const many = (length: number): KubeObject[] =>
  Array.from({ length }, (_, at) => {
    const user = aUser();
    return { ...user, metadata: { ...user.metadata, name: `user-${at}`, uid: `uid-${at}` } };
  });

/** Compares these, with records that answer one call after the other so; without an error the last one stands. */
async function compared(users: readonly KubeObject[], answers: readonly (string | Error | undefined)[] = []) {
  const server = new FollowedServer({
    supportaccessgrants: [aGrant(disabled())],
    supportaccesspolicies: [aPolicy()],
    supportusers: users,
  });
  const caches = await synced(server);
  const clock = aStepClock();
  const worlds: CitedWorld[] = [];
  const told: string[] = [];
  const left = [...answers];
  const state = { isDone: false };
  const stop = new AbortController();
  const restoredIn = async (world: CitedWorld) => {
    worlds.push(world);
    const answer = left.shift();
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const ended = compareWithRecords(
    caches,
    { restoredIn, clock, onRestored: (what) => told.push(what) },
    stop.signal,
  ).then(() => Object.assign(state, { isDone: true }));
  await clock.step(0);
  return { clock, worlds, told, state, ended, stop: () => stop.abort(new Error('stopped')) };
}

const away = new SupportAccessError('records_unavailable', 'as the test wants it');
const late = new SupportAccessError('records_older', 'as the test wants it');

describe('an operator that begins to lead', () => {
  it('has all compared, also what opens nothing today', async () => {
    const { worlds, state } = await compared(many(1));
    expect(worlds.flatMap(({ cites = [] }) => cites.map(({ kind }) => kind))).toEqual([
      'SupportAccessPolicy',
      'SupportUser',
      'SupportAccessGrant',
    ]);
    expect(state.isDone).toBe(true);
  });

  it('asks about no more at once than the records take', async () => {
    const { worlds } = await compared(many(250));
    expect(worlds.map(({ cites = [] }) => cites.length)).toEqual([100, 100, 52]);
  });

  it('asks again, until they answer, about what they did not answer, and about nothing else', async () => {
    const { clock, worlds, told, state } = await compared(many(150), [undefined, away, away, 'it came back']);
    expect(worlds).toHaveLength(2);
    for (const calls of [3, 4]) {
      await clock.step(comparedAgainAfterMs);
      expect(worlds).toHaveLength(calls);
    }
    expect(worlds.slice(1).map(({ cites = [] }) => cites.length)).toEqual([52, 52, 52]);
    expect([told, state.isDone]).toEqual([['it came back'], true]);
  });

  it('takes a copy that is only late for answered', async () => {
    expect((await compared(many(1), [late])).state.isDone).toBe(true);
  });

  it('ends where it leads no more, and keeps no timer', async () => {
    const { clock, ended, stop } = await compared(many(1), [away]);
    stop();
    await ended;
    expect(clock.waiting).toBe(0);
  });
});
