import { describe, expect, it } from 'vitest';
import { createBuckets } from '../../../process/buckets.ts';

/** Buckets of ten, a token a second, with a clock that the test turns. */
function someBuckets() {
  const clock = { now: 0 };
  const buckets = createBuckets({ size: 10, everyMs: 1000, clock: () => clock.now });
  const taken = (key: string, times: number): number =>
    Array.from({ length: times }, () => buckets.take(key)).filter(Boolean).length;
  return { clock, taken };
}

describe('the bucket of a key', () => {
  it('gives what it holds, then a token a second, and never more than it holds', () => {
    const { clock, taken } = someBuckets();
    expect(taken('a', 50)).toBe(10);
    clock.now = 3000;
    expect(taken('a', 50)).toBe(3);
    clock.now = 1_000_000;
    expect(taken('a', 50)).toBe(10);
  });

  it('gives as much as something costs, or nothing at all', () => {
    const buckets = createBuckets({ size: 10, everyMs: 1000, clock: () => 0 });
    expect([buckets.take('a', 8), buckets.take('a', 3), buckets.take('a', 2)]).toEqual([true, false, true]);
  });

  it('takes back what was not needed, and never more than it holds', () => {
    const buckets = createBuckets({ size: 2, everyMs: 1000, clock: () => 0 });
    const taken = (): boolean[] => [buckets.take('a'), buckets.take('a'), buckets.take('a')];
    expect(taken()).toEqual([true, true, false]);
    buckets.give('a');
    expect(taken()).toEqual([true, false, false]);
    for (let times = 0; times < 9; times += 1) buckets.give('a');
    expect(taken()).toEqual([true, true, false]);
  });

  it('is its own', () => {
    const { taken } = someBuckets();
    expect([taken('a', 50), taken('b', 5)]).toEqual([10, 5]);
  });

  it('gives over any length of time at most what it held and what came back', () => {
    const { clock, taken } = someBuckets();
    let given = 0;
    for (clock.now = 0; clock.now < 100_000; clock.now += 130) given += taken('a', 1);
    expect(given).toBeLessThanOrEqual(10 + 100);
    expect(given).toBeGreaterThanOrEqual(105);
  });

  it('is shared by those who come when there are too many, and only by them', () => {
    const { taken } = someBuckets();
    taken('early', 4);
    for (let at = 0; at < 9999; at += 1) taken(`flood-${at}`, 1);
    const late = Array.from({ length: 100 }, (_, at) => taken(`late-${at}`, 1));
    expect(late.filter((each) => each === 1)).toHaveLength(10);
    expect(taken('early', 50)).toBe(6);
  });
});
