import { describe, expect, it } from 'vitest';
import { createSharedBudget } from '../../../process/shared-budget.ts';

/** A hundred tokens, one a second, forty of them for keys that took fewer than five lately. */
function aBudget() {
  const clock = { now: 0 };
  const budget = createSharedBudget({
    size: 100,
    everyMs: 1000,
    reserve: 40,
    few: 5,
    clock: () => clock.now,
  });
  const taken = (key: string, times: number): number =>
    Array.from({ length: times }, () => budget.take(key)).filter(Boolean).length;
  return { clock, budget, taken };
}

describe('a budget that many share', () => {
  it('gives one key all but the reserve, and others their part of that', () => {
    const { taken } = aBudget();
    expect(taken('flood', 1000)).toBe(60);
    expect(taken('flood', 1000)).toBe(0);
    expect(taken('ada', 10)).toBe(5);
    expect(taken('grace', 3)).toBe(3);
  });

  it('has a reserve that no key uses up, however long it tries', () => {
    const { clock, taken } = aBudget();
    for (clock.now = 0; clock.now < 1_000_000; clock.now += 250) taken('flood', 2);
    expect(taken('ada', 10)).toBe(5);
  });

  it('gives over any time at most what it held and what came back, to however many keys', () => {
    const { clock, taken } = aBudget();
    let given = 0;
    for (clock.now = 0; clock.now < 100_000; clock.now += 100) given += taken(`key-${clock.now}`, 3);
    expect(given).toBeLessThanOrEqual(100 + 100);
    expect(given).toBeGreaterThan(190);
  });

  it('fills again, and forgets who took much', () => {
    const { clock, taken } = aBudget();
    taken('flood', 1000);
    clock.now = 200_000;
    expect(taken('flood', 1000)).toBe(60);
  });

  it('gives as much as something costs, or nothing', () => {
    const { budget } = aBudget();
    expect([budget.take('a', 50), budget.take('a', 50), budget.take('a', 10)]).toEqual([true, false, true]);
  });
});
