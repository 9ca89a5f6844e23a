import { describe, expect, it } from 'vitest';
import { evenlyFrom, evenMs } from '../../../../../webhook/gateway/sign-in/even-time.ts';
import { aStepClock } from '../../../../kit/clock/step-clock.ts';

/** After how many milliseconds a refusal goes out that was ready after `work`. */
async function toldAfter(work: number): Promise<number> {
  const clock = aStepClock();
  const due = evenlyFrom(clock);
  await clock.step(work);
  let told: number | undefined;
  void due().then(() => {
    told = clock.monotonic();
  });
  await clock.step(10 * evenMs);
  return told ?? Number.NaN;
}

describe('a refusal that goes out evenly', () => {
  it.each([0, 1, 4, 15, 40, 249])(
    'takes a quarter of a second, though it was ready after %d ms',
    async (work) => {
      expect(await toldAfter(work)).toBe(evenMs);
    },
  );

  it.each([
    [250, 500],
    [251, 500],
    [499, 500],
    [1001, 1250],
  ])('takes a whole number of quarters where it was ready after %d ms', async (work, told) => {
    expect(await toldAfter(work)).toBe(told);
  });
});
