import { describe, expect, it } from 'vitest';
import { spacedCalls } from '../../../../../webhook/gateway/decisions/spaced-calls.ts';
import { aStepClock } from '../../../../kit/clock/step-clock.ts';

describe('calls that are kept apart', () => {
  it('obey the first at once, and the last of a burst when the time is over', async () => {
    const clock = aStepClock();
    let runs = 0;
    const call = spacedCalls(clock, 100, () => {
      runs += 1;
    });
    call();
    expect(runs).toBe(1);
    for (let times = 0; times < 60; times++) call();
    expect(runs).toBe(1);
    await clock.step(100);
    expect(runs).toBe(2);
    await clock.step(10_000);
    expect([runs, clock.waiting]).toEqual([2, 0]);
    call();
    expect(runs).toBe(3);
  });

  it('cost no more than the length of the burst allows', async () => {
    const clock = aStepClock();
    let runs = 0;
    const call = spacedCalls(clock, 100, () => {
      runs += 1;
    });
    for (let at = 0; at < 1000; at += 2) {
      call();
      await clock.step(2);
    }
    expect(runs).toBeLessThanOrEqual(11);
  });
});
