/** The metrics of the queue: what is scraped is what the queue says, in the units of Prometheus. */
import { expect, it } from 'vitest';
import { queueMetrics } from '../../../../operator/observers/queue-metrics.ts';

const valuesOf = (...given: Parameters<typeof queueMetrics>) =>
  Object.fromEntries(queueMetrics(...given).map(({ name, value }) => [name, value]));

it('says how many keys wait, are worked on and are delayed, and how old the oldest work is', () => {
  const stats = { ready: 3, active: 2, delayed: 5, longestRunningMs: 1500 };
  expect(valuesOf(stats)).toEqual({
    leading: 1,
    queue_ready: 3,
    queue_active: 2,
    queue_delayed: 5,
    queue_longest_running_seconds: 1.5,
  });
});

it('is all zeros in a process that does not lead', () => {
  expect(new Set(Object.values(valuesOf(undefined)))).toEqual(new Set([0]));
});
