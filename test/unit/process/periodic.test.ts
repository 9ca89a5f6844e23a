import { expect, it } from 'vitest';
import { startPeriodic } from '../../../process/periodic.ts';

it('a task is run again after a failure, never twice at a time, until it is stopped', async () => {
  const enough = Promise.withResolvers<void>();
  const failures: [string, unknown][] = [];
  let [runs, atOnce, most] = [0, 0, 0];
  const run = async (): Promise<void> => {
    atOnce += 1;
    most = Math.max(most, atOnce);
    runs += 1;
    await new Promise((resolve) => setImmediate(resolve));
    atOnce -= 1;
    if (runs === 3) enough.resolve();
    if (runs === 1) throw new Error('first');
  };
  const stop = startPeriodic([{ name: 'task', everyMs: 1, run }], (name, error) =>
    failures.push([name, error]),
  );
  await enough.promise;
  stop();
  expect(most).toBe(1);
  expect(failures).toEqual([['task', new Error('first')]]);
  const stoppedAt = runs;
  const later = Promise.withResolvers<void>();
  const stopLater = startPeriodic(
    [{ name: 'later', everyMs: 1, firstAfterMs: 10, run: async () => later.resolve() }],
    later.reject,
  );
  await later.promise;
  stopLater();
  expect(runs).toBe(stoppedAt);
});

it('a task with a time before its first run does not run at once', () => {
  let runs = 0;
  const run = async () => {
    runs += 1;
  };
  const stop = startPeriodic([{ name: 'later', everyMs: 1, firstAfterMs: 60_000, run }], () => undefined);
  expect(runs).toBe(0);
  stop();
});
