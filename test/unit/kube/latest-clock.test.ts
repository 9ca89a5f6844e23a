import { describe, expect, it } from 'vitest';
import { createLatestClock } from '../../../kube/latest-clock.ts';

const noon = Date.parse('2026-12-01T12:00:00.000Z');
const hour = 3_600_000;

function steppingClock() {
  const at = { wall: noon, monotonic: 0, offset: undefined as number | undefined };
  const clock = createLatestClock({
    wall: () => at.wall,
    monotonic: () => at.monotonic,
    serverOffset: () => at.offset,
  });
  return { at, clock };
}

describe('the clock of decisions', () => {
  it('is the wall clock while nobody disagrees', () => {
    const { at, clock } = steppingClock();
    expect(clock()).toBe(noon);
    at.wall += 5;
    at.monotonic += 5;
    expect(clock()).toBe(noon + 5);
  });

  it('follows the API server when that one is ahead, and not when it is behind', () => {
    const { at, clock } = steppingClock();
    at.offset = -hour;
    expect(clock()).toBe(noon);
    at.offset = hour;
    expect(clock()).toBe(noon + hour);
  });

  it('does not go back when the wall clock is set back, and goes on with the time that really passes', () => {
    const { at, clock } = steppingClock();
    clock();
    at.wall -= hour;
    expect(clock()).toBe(noon);
    at.monotonic += 90_000;
    at.wall += 90_000;
    expect(clock()).toBe(noon + 90_000);
  });

  it('starts from what the clocks say, not from the age of the process', () => {
    const { at, clock } = steppingClock();
    at.monotonic = 10 * hour;
    expect(clock()).toBe(noon);
  });
});
