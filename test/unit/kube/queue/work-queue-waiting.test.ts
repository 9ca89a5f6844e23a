import { describe, expect, it } from 'vitest';
import { aHeldHandler, aQueue, minutes } from './scene.ts';

const days = 24 * 60 * minutes;

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
