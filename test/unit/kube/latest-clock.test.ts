import { describe, expect, it } from 'vitest';
import { createEarliestClock, createLatestClock, followBackAfterMs } from '../../../kube/latest-clock.ts';

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

  const minutes = (count: number): number => count * 60_000;

  /** A clock that was ahead by five minutes and is right again, asked each second for so long; its distance from noon. */
  const afterCorrection = (
    { at, clock }: ReturnType<typeof steppingClock>,
    { seconds, offset }: { seconds: number; offset: number | undefined },
  ): number => {
    at.offset = 0;
    at.wall += minutes(5);
    clock();
    at.wall -= minutes(5);
    at.offset = offset;
    for (let second = 0; second < seconds; second += 1) {
      clock();
      at.wall += 1000;
      at.monotonic += 1000;
    }
    return clock() - at.wall;
  };

  it('that was ahead once heals within a minute, once both clocks have said so for half of it', () => {
    expect(afterCorrection(steppingClock(), { seconds: 29, offset: 0 })).toBe(minutes(5));
    expect(afterCorrection(steppingClock(), { seconds: 31, offset: -900 })).toBe(0);
    expect(afterCorrection(steppingClock(), { seconds: 3600, offset: 0 })).toBe(0);
  });

  it('heals also where it was the API server that was ahead', () => {
    const { at, clock } = steppingClock();
    at.offset = minutes(5);
    expect(clock()).toBe(noon + minutes(5));
    at.offset = 0;
    clock();
    at.monotonic += followBackAfterMs;
    at.wall += followBackAfterMs;
    expect(clock()).toBe(at.wall);
  });

  it('is taken back by no clock alone, for however long', () => {
    expect(afterCorrection(steppingClock(), { seconds: 600, offset: undefined })).toBe(minutes(5));
    const setBack = steppingClock();
    setBack.at.offset = 0;
    setBack.clock();
    setBack.at.wall -= hour;
    setBack.at.offset = hour;
    for (let second = 0; second < 600; second += 1) {
      setBack.clock();
      setBack.at.wall += 1000;
      setBack.at.monotonic += 1000;
    }
    expect(setBack.clock()).toBe(noon + 600_000);
  });

  it('begins to wait anew where the clocks come to disagree meanwhile', () => {
    const scene = steppingClock();
    afterCorrection(scene, { seconds: 25, offset: 0 });
    scene.at.offset = minutes(5);
    scene.clock();
    scene.at.offset = 0;
    scene.clock();
    scene.at.monotonic += 10_000;
    scene.at.wall += 10_000;
    expect(scene.clock() - scene.at.wall).toBe(minutes(5));
  });

  it('tells by how much it is held ahead', () => {
    const scene = steppingClock();
    afterCorrection(scene, { seconds: 1, offset: 0 });
    expect(scene.clock.heldAheadMs()).toBe(minutes(5));
    afterCorrection(scene, { seconds: 60, offset: 0 });
    expect(scene.clock.heldAheadMs()).toBe(0);
  });
});

describe('the clock of what nothing takes back', () => {
  const scene = (offset: number | undefined) => {
    const at = { wall: noon, monotonic: 5000, offset };
    const clock = createEarliestClock({
      wall: () => at.wall,
      monotonic: () => at.monotonic,
      serverOffset: () => at.offset,
    });
    const pass = (ms: number): void => {
      at.wall += ms;
      at.monotonic += ms;
    };
    return { at, clock, pass };
  };

  it.each([
    ['not known', undefined, Number.NEGATIVE_INFINITY],
    ['ahead', hour, noon],
    ['the same', 0, noon],
    ['behind', -hour, noon - hour],
  ])('is the earlier one where the API server’s is %s', (_, offset, told) => {
    expect(scene(offset).clock()).toBe(told);
  });

  it('goes on with the time that passes, however seldom it is asked', () => {
    const { at, clock, pass } = scene(0);
    clock();
    pass(40 * 24 * hour);
    expect(clock()).toBe(at.wall);
  });

  it('does not follow a clock that is set ahead before the API server has answered', () => {
    const { at, clock, pass } = scene(0);
    clock();
    at.wall += 31 * 24 * hour;
    expect(clock()).toBe(noon);
    pass(10_000);
    expect(clock()).toBe(noon + 10_000);
    at.offset = -31 * 24 * hour;
    expect(clock()).toBe(noon + 10_000);
    at.wall -= 31 * 24 * hour;
    at.offset = 0;
    expect(clock()).toBe(noon + 10_000);
  });

  it('follows one that was behind and is right, half a minute later', () => {
    const { at, clock, pass } = scene(0);
    clock();
    at.wall += hour;
    clock();
    pass(followBackAfterMs - 1);
    expect(clock()).toBe(noon + followBackAfterMs - 1);
    pass(1);
    expect(clock()).toBe(at.wall);
  });

  it('goes back at once', () => {
    const { at, clock } = scene(0);
    clock();
    at.offset = -hour;
    expect(clock()).toBe(noon - hour);
    at.wall -= 2 * hour;
    expect(clock()).toBe(noon - 3 * hour);
  });
});
