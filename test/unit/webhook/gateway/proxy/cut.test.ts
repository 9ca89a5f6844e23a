import { describe, expect, it } from 'vitest';
import type { Decision } from '../../../../../crds/rules/ask.ts';
import { OpenResponses } from '../../../../../webhook/gateway/proxy/cut.ts';
import { aStepClock } from '../../../../kit/clock/step-clock.ts';
import { aLock } from '../../../../kit/objects/lock.ts';

const hour = 3_600_000;
const refused: Decision = { allow: false, reason: 'Locked', check: 'noLockStands' };

function someResponses() {
  const clock = aStepClock();
  const responses = new OpenResponses({ clock, now: () => clock.now(), everyMs: 800 });
  const open = (until = clock.now() + hour, set = 'ecase') => {
    const state = {
      decision: { allow: true, until } as Decision,
      byLastReading: undefined as Decision | undefined,
      asked: 0,
      cuts: [] as string[],
    };
    const finished = responses.register({
      set,
      until,
      check: async () => {
        state.asked += 1;
        return state.decision;
      },
      byLastReading: () => state.byLastReading,
      cut: (reason) => state.cuts.push(reason),
    });
    return { state, finished };
  };
  return { clock, responses, open };
}

/** One response, whose readings end when the test says so. */
function aResponseBeingRead() {
  const { clock, responses } = someResponses();
  const cuts: string[] = [];
  const readings: PromiseWithResolvers<Decision>[] = [];
  responses.register({
    set: 'ecase',
    until: clock.now() + hour,
    check: async () => {
      const reading = Promise.withResolvers<Decision>();
      readings.push(reading);
      return reading.promise;
    },
    byLastReading: () => undefined,
    cut: (reason) => cuts.push(reason),
  });
  const finish = async (at: number, decision: Decision): Promise<void> => {
    readings[at]?.resolve(decision);
    await clock.step(0);
  };
  return { clock, responses, cuts, readings, finish };
}

describe('open responses', () => {
  it('go on while every look says yes', async () => {
    const { clock, open } = someResponses();
    const { state } = open();
    await clock.step(8000);
    expect(state.asked).toBeGreaterThanOrEqual(9);
    expect(state.cuts).toEqual([]);
  });

  it('are cut within a second when no watch says anything', async () => {
    const { clock, open } = someResponses();
    const { state } = open();
    await clock.step(5);
    state.decision = refused;
    await clock.step(1000);
    expect(state.cuts).toEqual(['Locked']);
  });

  it('are cut at once when a watch says that something changed about them', async () => {
    const { clock, responses, open } = someResponses();
    const { state } = open();
    state.decision = refused;
    state.byLastReading = { allow: true, until: clock.now() + hour };
    responses.changed({ type: 'added', object: aLock('all') });
    responses.poke();
    await clock.step(0);
    expect(state.cuts).toEqual(['Locked']);
  });

  it('are not judged again for changes that are not about their set, however many', async () => {
    const { clock, responses, open } = someResponses();
    const [one, other] = [open(undefined, 'n1'), open(undefined, 'n2')];
    one.state.byLastReading = { allow: true, until: clock.now() + hour };
    for (let times = 0; times < 100; times += 1) {
      responses.changed({ type: 'added', object: aLock(`grant.${times}`) });
      responses.poke();
    }
    await clock.step(0);
    expect([one.state.asked, other.state.asked]).toEqual([100, 0]);
    responses.changedIn('n2');
    responses.poke();
    await clock.step(0);
    expect([one.state.asked, other.state.asked]).toEqual([100, 1]);
    responses.changedEverywhere();
    responses.poke();
    await clock.step(5);
    expect([one.state.asked, other.state.asked]).toEqual([101, 2]);
  });

  it('are judged again for any change while they are read, since that reading may name other objects', async () => {
    const { clock, responses, readings, finish } = aResponseBeingRead();
    const change = () => {
      responses.changed({ type: 'added', object: aLock('grant.of-another') });
      responses.poke();
    };
    change();
    expect(readings).toHaveLength(0);
    await clock.step(800);
    change();
    expect(readings).toHaveLength(2);
    for (const at of [0, 1]) await finish(at, { allow: true, until: clock.now() + hour });
    change();
    expect(readings).toHaveLength(2);
  });

  it('are cut by a change that ends them in that very moment, before anything is read', () => {
    const { responses, open } = someResponses();
    const one = open();
    const other = open();
    one.state.byLastReading = refused;
    responses.changed({ type: 'added', object: aLock('all') });
    expect([one.state.cuts, one.state.asked]).toEqual([['Locked'], 0]);
    expect([other.state.cuts, other.state.asked]).toEqual([[], 0]);
  });

  it('are cut at their deadline in that very moment, however long a reading takes', async () => {
    const { clock, responses } = someResponses();
    const cuts: string[] = [];
    responses.register({
      set: 'ecase',
      until: clock.now() + 500,
      check: () => new Promise(() => undefined),
      byLastReading: () => ({ allow: false, reason: 'Expired', check: 'windowIsOpen' }),
      cut: (reason) => cuts.push(reason),
    });
    await clock.step(499);
    expect(cuts).toEqual([]);
    await clock.step(1);
    expect(cuts).toEqual(['Expired']);
  });

  it('are asked about at their deadline, not before and not a second later', async () => {
    const { clock, open } = someResponses();
    const until = clock.now() + 1000;
    const { state } = open(until);
    await clock.step(999);
    state.decision = { allow: false, reason: 'Expired', check: 'windowIsOpen' };
    expect(state.cuts).toEqual([]);
    await clock.step(1);
    expect(state.cuts).toEqual(['Expired']);
  });

  it('are cut when it cannot be known whether they may go on', async () => {
    const { clock, responses } = someResponses();
    const cuts: string[] = [];
    responses.register({
      set: 'ecase',
      until: clock.now() + hour,
      check: () => Promise.reject(new Error('away')),
      byLastReading: () => undefined,
      cut: (reason) => cuts.push(reason),
    });
    await clock.step(1000);
    expect(cuts).toEqual(['StateUnavailable']);
  });

  it('are judged at the deadline of the last decision, not of the first', async () => {
    const { clock, open } = someResponses();
    const { state } = open();
    state.decision = { allow: true, until: clock.now() + 1300 };
    await clock.step(1299);
    state.decision = { allow: false, reason: 'Expired', check: 'windowIsOpen' };
    expect(state.cuts).toEqual([]);
    await clock.step(1);
    expect(state.cuts).toEqual(['Expired']);
  });

  it('have one timer each, however often they were judged', async () => {
    const { clock, open } = someResponses();
    open();
    const { finished } = open();
    await clock.step(80_000);
    // And one for all of them together.
    expect(clock.waiting).toBe(3);
    finished();
    expect(clock.waiting).toBe(2);
  });

  it('are cut once also when two checks fail at a time', async () => {
    const { clock, responses } = someResponses();
    const cuts: string[] = [];
    responses.register({
      set: 'ecase',
      until: clock.now() + hour,
      check: () => Promise.reject(new Error('away')),
      byLastReading: () => undefined,
      cut: (reason) => cuts.push(reason),
    });
    for (let times = 0; times < 2; times += 1) {
      responses.changedIn('ecase');
      responses.poke();
    }
    await clock.step(1);
    expect(cuts).toEqual(['StateUnavailable']);
  });

  const unread: Decision = { allow: false, reason: 'StateUnavailable', check: 'stateWasRead' };

  it.each([
    ['an earlier reading that came to nothing does not', 0, unread, []],
    ['a later reading that came to nothing does', 1, unread, ['StateUnavailable']],
    ['an earlier reading that refused does', 0, refused, ['Locked']],
  ] as const)(
    'are cut by what is known of the latest moment, and by every no: %s',
    async (_, at, no, expected) => {
      const { clock, cuts, finish } = aResponseBeingRead();
      await clock.step(1600);
      await finish(1 - at, { allow: true, until: clock.now() + hour });
      await finish(at, no);
      expect(cuts).toEqual(expected);
    },
  );

  it('are cut once, and each for itself', async () => {
    const { clock, responses, open } = someResponses();
    const one = open();
    const other = open();
    one.state.decision = refused;
    for (let times = 0; times < 2; times += 1) {
      responses.changedIn('ecase');
      responses.poke();
    }
    await clock.step(3000);
    expect(one.state.cuts).toEqual(['Locked']);
    expect(other.state.cuts).toEqual([]);
    expect(responses.size).toBe(1);
  });

  it('are forgotten when they are finished, and then nothing ticks any more', async () => {
    const { clock, responses, open } = someResponses();
    const { state, finished } = open();
    finished();
    state.decision = refused;
    await clock.step(3000);
    expect(state.cuts).toEqual([]);
    expect(responses.size).toBe(0);
    expect(clock.waiting).toBe(0);
  });

  it('are looked at every second again after there were none for a while', async () => {
    const { clock, open } = someResponses();
    open().finished();
    await clock.step(3000);
    const { state } = open();
    state.decision = refused;
    await clock.step(1000);
    expect(state.cuts).toEqual(['Locked']);
  });

  it('do not get longer by a deadline further away than Node can count', async () => {
    const { clock, open } = someResponses();
    const { state } = open(clock.now() + 400 * 24 * hour);
    await clock.step(2 * hour);
    expect(state.cuts).toEqual([]);
  });

  it('of many sets are judged one set after the other, all of them within 200 ms, and each set in one turn', async () => {
    const { clock, responses, open } = someResponses();
    const sets = Array.from({ length: 100 }, (_, at) => [
      open(undefined, `n${at}`),
      open(undefined, `n${at}`),
    ]);
    for (let at = 0; at < 100; at += 1) responses.changedIn(`n${at}`);
    responses.poke();
    const asked = () => sets.map((two) => two.map(({ state }) => state.asked));
    expect(asked().filter(([one]) => one === 1)).toHaveLength(1);
    await clock.step(100);
    expect(asked().every(([one, other]) => one === other)).toBe(true);
    expect(asked().filter(([one]) => one === 1).length).toBeLessThan(60);
    await clock.step(100);
    expect(asked().filter(([one]) => one === 1)).toHaveLength(100);
  });

  it('are all cut when the process ends', () => {
    const { responses, open } = someResponses();
    const { state } = open();
    responses.cutAll('GatewayStopped');
    expect(state.cuts).toEqual(['GatewayStopped']);
  });
});
