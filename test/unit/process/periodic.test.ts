import { expect, it, vi } from 'vitest';
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

it('a task with a long time between its runs is run again soon after a failure, and then in its own time', async () => {
  vi.useFakeTimers();
  let runs = 0;
  const run = async () => {
    runs += 1;
    if (runs <= 2) throw new Error('away');
  };
  const stop = startPeriodic([{ name: 'hourly', everyMs: 3_600_000, run }], () => undefined);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(runs).toBe(3);
  await vi.advanceTimersByTimeAsync(3_590_000);
  expect(runs).toBe(3);
  stop();
  vi.useRealTimers();
});
