import { expect, it } from 'vitest';
import { followClock } from '../../../../operator/observers/clock-watch.ts';
import { aStepClock } from '../../../kit/clock/step-clock.ts';

it('a clock that is off is told once, with the direction, and again when it changes; one that is right again too', async () => {
  const clock = aStepClock();
  const offsets = [undefined, 400, 95_000, 95_700, 94_000, -7200_000, -5001, -5000, 0];
  const logged: string[] = [];
  const watched = followClock({ clockOffsetMs: () => offsets.shift() }, clock, (problem) =>
    logged.push(problem),
  );
  const told: (string | undefined)[] = [];
  watched.onChange(() => told.push(watched.problem()));
  while (offsets.length > 0) await clock.step(4000);
  watched.stop();
  const words = (size: number, side: string) =>
    `the clock of the operator is ${size} s ${side} the clock of the API server`;
  expect(told).toEqual([words(95, 'behind'), words(7200, 'ahead of'), words(5, 'ahead of'), undefined]);
  expect(logged).toEqual([words(95, 'behind')]);
  expect(clock.waiting).toBe(0);
});
