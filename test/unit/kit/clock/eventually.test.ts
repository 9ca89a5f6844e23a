import { expect, it } from 'vitest';
import { eventually } from '../../../kit/clock/eventually.ts';

it('returns what the first look that does not throw returned', async () => {
  let looks = 0;
  const seen = await eventually(
    () => {
      looks += 1;
      if (looks < 3) throw new Error('not yet');
      return looks;
    },
    { every: 1 },
  );
  expect(seen).toBe(3);
});

it('gives up at the deadline and tells the last failure', async () => {
  const never = eventually(() => expect('closed').toBe('open'), { within: 30, every: 5 });
  await expect(never).rejects.toThrow(/not within 30 ms.*expected 'closed' to be 'open'/s);
});

it('gives up on a look that never comes back', async () => {
  const from = performance.now();
  await expect(eventually(async () => new Promise(() => {}), { within: 50 })).rejects.toThrow(
    /not within 50 ms/,
  );
  expect(performance.now() - from).toBeLessThan(1_000);
});
