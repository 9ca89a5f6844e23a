import { describe, expect, it } from 'vitest';
import { Stop } from '../../../kube/errors.ts';
import { createWorkQueue, type Outcome, type WorkQueueSettings } from '../../../kube/work-queue.ts';
import { aStepClock } from '../../kit/step-clock.ts';

/** A handler whose runs wait until the test lets them go. */
function aHeldHandler() {
  const started: string[] = [];
  const signals = new Map<string, AbortSignal>();
  const gates = new Map<string, PromiseWithResolvers<{ again?: number }>>();
  return {
    started,
    signals,
    handle: async (key: string, signal: AbortSignal) => {
      started.push(key);
      signals.set(key, signal);
      const gate = Promise.withResolvers<{ again?: number }>();
      gates.set(key, gate);
      signal.addEventListener('abort', () => gate.reject(signal.reason));
      return gate.promise;
    },
    finish: (key: string, handled: { again?: number } = {}) => gates.get(key)?.resolve(handled),
  };
}

function aQueue(settings: Partial<WorkQueueSettings> & Pick<WorkQueueSettings, 'handle'>) {
  const clock = aStepClock();
  const outcomes: Outcome[] = [];
  const onOutcome = (outcome: Outcome) => outcomes.push(outcome);
  const queue = createWorkQueue({ workers: 1, clock, onOutcome, ...settings });
  return { clock, queue, outcomes };
}

const minutes = 60_000;
const days = 24 * 60 * minutes;

describe('adding', () => {
  it('works once on a key that is added many times while it waits', async () => {
    const { handle, started, finish } = aHeldHandler();
    const { clock, queue } = aQueue({ handle });
    queue.add('first');
    for (let times = 0; times < 5; times += 1) queue.add('second');
    await clock.step(0);
    finish('first');
    await clock.step(0);
    finish('second');
    await clock.step(0);
    expect(started).toEqual(['first', 'second']);
    expect(queue.stats()).toMatchObject({ ready: 0, active: 0 });
  });

  it('never works twice at once on a key, and once more after a change that came meanwhile', async () => {
    const { handle, started, finish } = aHeldHandler();
    const { clock, queue } = aQueue({ handle, workers: 4 });
    queue.add('grant');
    await clock.step(0);
    queue.add('grant');
    queue.add('grant');
    await clock.step(0);
    expect(started).toEqual(['grant']);
    finish('grant');
    await clock.step(0);
    expect(started).toEqual(['grant', 'grant']);
    finish('grant');
    await clock.step(0);
    expect(started).toHaveLength(2);
  });

  it('works on as many keys at once as it has workers', async () => {
    const { handle, started, finish } = aHeldHandler();
    const { clock, queue } = aQueue({ handle, workers: 2 });
    for (const key of ['a', 'b', 'c']) queue.add(key);
    await clock.step(0);
    expect(started).toEqual(['a', 'b']);
    finish('b');
    await clock.step(0);
    expect(started).toEqual(['a', 'b', 'c']);
  });

  it('does not run the handler inside add, where a watch listener stands', async () => {
    let ran = false;
    const { clock, queue } = aQueue({
      handle: async () => {
        ran = true;
      },
    });
    queue.add('key');
    expect(ran).toBe(false);
    await clock.step(0);
    expect(ran).toBe(true);
  });
});

describe('the revocation lane', () => {
  it('goes before everything that waits, also when the key waited in the other lane', async () => {
    const { handle, started, finish } = aHeldHandler();
    const { clock, queue } = aQueue({ handle, workers: 1 });
    queue.add('busy', 'revocation');
    queue.add('alsoBusy', 'revocation');
    await clock.step(0);
    for (const key of ['a', 'b', 'c']) queue.add(key);
    queue.add('c', 'revocation');
    finish('busy');
    await clock.step(0);
    expect(started).toEqual(['busy', 'alsoBusy', 'c']);
  });

  it('is not moved back by a later change of the same key', async () => {
    const { handle, started, finish } = aHeldHandler();
    const { clock, queue } = aQueue({ handle });
    queue.add('x', 'revocation');
    queue.add('y', 'revocation');
    await clock.step(0);
    queue.add('a');
    queue.add('b', 'revocation');
    queue.add('b', 'normal');
    finish('x');
    await clock.step(0);
    expect(started.at(-1)).toBe('b');
  });

  it('has a worker of its own when all others hang in openings', async () => {
    const { handle, started } = aHeldHandler();
    const { clock, queue } = aQueue({ handle, workers: 2 });
    for (const key of ['a', 'b', 'c']) queue.add(key);
    await clock.step(0);
    queue.add('close', 'revocation');
    await clock.step(0);
    expect(started).toEqual(['a', 'b', 'close']);
  });

  it('takes an opening of the same key out of its way and counts no failure for it', async () => {
    const { handle, started, signals, finish } = aHeldHandler();
    const { clock, queue, outcomes } = aQueue({ handle });
    queue.add('grant');
    await clock.step(0);
    queue.add('grant', 'revocation');
    expect(signals.get('grant')?.aborted).toBe(true);
    await clock.step(0);
    expect(started).toEqual(['grant', 'grant']);
    finish('grant');
    await clock.step(0);
    expect(outcomes.map(({ lane, result }) => [lane, result])).toEqual([
      ['normal', 'preempted'],
      ['revocation', 'done'],
    ]);
  });

  it('lets a revocation of the same key that runs already finish', async () => {
    const { handle, signals } = aHeldHandler();
    const { clock, queue } = aQueue({ handle });
    queue.add('grant', 'revocation');
    await clock.step(0);
    queue.add('grant', 'revocation');
    expect(signals.get('grant')?.aborted).toBe(false);
  });
});

describe('waiting', () => {
  it('asks again after ten minutes when the wait is longer, also beyond what a timer can count', async () => {
    for (const wait of [30 * days, 2 ** 31, Number.POSITIVE_INFINITY]) {
      let runs = 0;
      const handle = async () => {
        runs += 1;
        return { again: wait };
      };
      const { clock, queue } = aQueue({ handle });
      queue.add('grant');
      await clock.step(10 * minutes - 1);
      expect(runs).toBe(1);
      await clock.step(1);
      expect(runs).toBe(2);
      await clock.step(60 * minutes);
      expect(runs).toBe(8);
    }
  });

  it.each([
    [4999, 1],
    [5000, 2],
    [5001, 2],
  ])('after %i ms of a wait of 5 s the handler has run %i times', async (passed, runs) => {
    let seen = 0;
    const handle = async () => {
      seen += 1;
      return seen === 1 ? { again: 5000 } : {};
    };
    const { clock, queue } = aQueue({ handle });
    queue.add('grant');
    await clock.step(passed);
    expect(seen).toBe(runs);
  });

  it('keeps the earliest of several wishes for a key', async () => {
    const started: number[] = [];
    const { clock, queue } = aQueue({
      handle: async () => {
        started.push(clock.monotonic());
      },
    });
    queue.addAfter('grant', 5000);
    queue.addAfter('grant', 1000);
    queue.addAfter('grant', 3000);
    await clock.step(10_000);
    expect(started).toEqual([1000]);
  });

  it('keeps many keys apart and in order', async () => {
    const started: string[] = [];
    const { clock, queue } = aQueue({
      handle: async (key) => {
        started.push(key);
      },
    });
    for (const ms of [300, 100, 500, 200, 400]) queue.addAfter(`at-${ms}`, ms);
    await clock.step(1000);
    expect(started).toEqual(['at-100', 'at-200', 'at-300', 'at-400', 'at-500']);
  });

  it('is not fooled by a wall clock that is set', async () => {
    const { handle, started } = aHeldHandler();
    const { clock, queue } = aQueue({ handle });
    queue.addAfter('grant', 5000);
    clock.setWall(Date.parse('2020-01-01T00:00:00Z'));
    await clock.step(5000);
    expect(started).toEqual(['grant']);
  });

  it('does not wait for no number of milliseconds, neither for ever nor in a hot loop', async () => {
    let runs = 0;
    const handle = async () => {
      runs += 1;
      return { again: Number.NaN };
    };
    const { clock, queue } = aQueue({ handle });
    expect(() => queue.addAfter('grant', Number.NaN)).toThrow(RangeError);
    queue.add('grant');
    await clock.step(100);
    expect(runs).toBeGreaterThan(1);
    expect(runs).toBeLessThan(10);
  });

  it('yields at least a millisecond to a handler that wants to run again at once', async () => {
    let runs = 0;
    const handle = async () => {
      runs += 1;
      return { again: 0 };
    };
    const { clock, queue } = aQueue({ handle });
    queue.add('grant');
    await clock.step(10);
    expect(runs).toBeLessThanOrEqual(11);
  });
});

describe('failing', () => {
  it('backs off from 5 ms, doubling to 1000 s, and starts anew after a success', async () => {
    const starts: number[] = [];
    let healthy = false;
    const { clock, queue } = aQueue({
      handle: async () => {
        starts.push(clock.monotonic());
        if (!healthy) throw new Error('the server is away');
      },
    });
    queue.add('grant');
    await clock.step(4_000_000);
    const waits = starts.slice(1).map((at, index) => at - (starts[index] ?? 0));
    expect(waits.slice(0, 6)).toEqual([5, 10, 20, 40, 80, 160]);
    expect(Math.max(...waits)).toBe(1_000_000);

    healthy = true;
    queue.add('grant');
    await clock.step(0);
    healthy = false;
    const from = starts.length;
    queue.add('grant');
    await clock.step(6);
    expect(starts.slice(from).map((at) => at - (starts[from] ?? 0))).toEqual([0, 5]);
  });

  it('tries a revocation again within five seconds, however long it has been failing', async () => {
    const starts: number[] = [];
    const { clock, queue, outcomes } = aQueue({
      handle: async () => {
        starts.push(clock.monotonic());
        throw new Error('the server is away');
      },
    });
    queue.add('grant', 'revocation');
    await clock.step(2 * 60 * minutes);
    const waits = starts.slice(1).map((at, index) => at - (starts[index] ?? 0));
    expect(Math.max(...waits)).toBe(5000);
    expect(new Set(outcomes.map(({ lane }) => lane))).toEqual(new Set(['revocation']));
  });

  it('counts failures of each key for itself', async () => {
    const starts: Record<string, number[]> = { bad: [], good: [] };
    const { clock, queue } = aQueue({
      handle: async (key) => {
        starts[key]?.push(clock.monotonic());
        throw new Error('no');
      },
    });
    queue.add('bad');
    await clock.step(1000);
    queue.add('good');
    await clock.step(5);
    expect(starts['good']).toEqual([1000, 1005]);
  });

  it('does not try again what only a human can help, until it is added again', async () => {
    let runs = 0;
    const { clock, queue, outcomes } = aQueue({
      handle: async () => {
        runs += 1;
        throw new Stop('the name is taken by somebody else');
      },
    });
    queue.add('grant');
    await clock.step(1 * days);
    expect(runs).toBe(1);
    expect(outcomes).toMatchObject([{ result: 'stopped', error: { message: /name is taken/ } }]);
    queue.add('grant');
    await clock.step(0);
    expect(runs).toBe(2);
  });

  it('goes on when the listener of outcomes throws', async () => {
    const { handle, started, finish } = aHeldHandler();
    const onOutcome = () => {
      throw new Error('telemetry is broken');
    };
    const { clock, queue } = aQueue({ handle, onOutcome });
    queue.add('a');
    queue.add('b');
    await clock.step(0);
    finish('a');
    await clock.step(0);
    expect(started).toEqual(['a', 'b']);
  });
});

describe('ending', () => {
  it('drains: takes nothing more, finishes what it has, keeps no timers', async () => {
    const { handle, started, finish } = aHeldHandler();
    const { clock, queue } = aQueue({ handle });
    queue.add('a');
    queue.add('b');
    queue.addAfter('later', 1000);
    await clock.step(0);
    const drained = queue.drain(30_000);
    queue.add('too-late');
    finish('a');
    await clock.step(0);
    finish('b', { again: 5 });
    expect(await drained).toBe(true);
    await clock.step(10 * minutes);
    expect(started).toEqual(['a', 'b']);
    expect(clock.waiting).toBe(0);
  });

  it('gives up draining after the time it was given, and says so', async () => {
    const { handle, signals } = aHeldHandler();
    const { clock, queue } = aQueue({ handle });
    queue.add('stuck');
    await clock.step(0);
    const drained = queue.drain(30_000);
    await clock.step(29_999);
    expect(signals.get('stuck')?.aborted).toBe(false);
    await clock.step(1);
    expect(signals.get('stuck')?.aborted).toBe(true);
    expect(await drained).toBe(false);
  });

  it('stops: aborts what runs and drops what is ready', async () => {
    const { handle, started, signals } = aHeldHandler();
    const { clock, queue } = aQueue({ handle });
    queue.add('running');
    queue.add('ready');
    await clock.step(0);
    await queue.stop();
    await clock.step(10 * minutes);
    expect(started).toEqual(['running']);
    expect(signals.get('running')?.aborted).toBe(true);
  });

  it('drains at once when there is nothing to do', async () => {
    const { queue } = aQueue({ handle: async () => undefined });
    expect(await queue.drain(1000)).toBe(true);
  });
});

describe('telemetry', () => {
  it('says how long a key waited for a worker and how long it took', async () => {
    const { handle, finish } = aHeldHandler();
    const { clock, queue, outcomes } = aQueue({ handle });
    queue.add('a');
    queue.add('b');
    await clock.step(300);
    expect(queue.stats()).toEqual({ ready: 1, active: 1, delayed: 0, longestRunningMs: 300 });
    finish('a');
    await clock.step(200);
    finish('b');
    await clock.step(0);
    expect(outcomes.map(({ key, waitedMs, tookMs }) => [key, waitedMs, tookMs])).toEqual([
      ['a', 0, 300],
      ['b', 300, 200],
    ]);
  });
});
