/** The metrics of the queue: what is scraped is what the queue says, by controller, in the units of Prometheus. */
import { expect, it } from 'vitest';
import {
  observeQueue,
  reconcileMetrics,
  workQueueMetrics,
} from '../../../../operator/observers/queue-metrics.ts';
import { createMetrics } from '../../../../process/metrics.ts';
import { valueIn } from '../../../kit/metrics/exposition.ts';
import { aHeldHandler, aQueue } from '../../kube/queue/scene.ts';

const names = ['grant', 'lock'];

function observed() {
  const { metrics, page } = createMetrics({ ...reconcileMetrics(names, 8), ...workQueueMetrics(names) });
  const observer = observeQueue(metrics, names, 8);
  const value = async (name: string, labels: Record<string, string> = {}) =>
    valueIn(await page.text(), name, labels);
  return { observer, value };
}

const aRun = { key: 'grant:a/b', lane: 'normal', result: 'done', waitedMs: 20, tookMs: 300 } as const;

it('says by controller and lane which keys wait, which are worked on, and for how long', async () => {
  const { observer, value } = observed();
  const { handle } = aHeldHandler();
  const { clock, queue } = aQueue({ handle, onAdded: observer.added, onFinished: observer.finished });
  observer.stats(() => queue.stats());
  queue.add('grant:a/b');
  queue.add('grant:a/c');
  queue.add('grant:a/c');
  queue.addAfter('lock:d', 5000);
  await clock.step(1500);
  queue.add('lock:e', 'revocation');
  await clock.step(500);
  expect(await value('workqueue_depth', { name: 'grant', lane: 'normal' })).toBe(1);
  expect(await value('workqueue_depth', { name: 'lock' })).toBe(0); // its own worker took it
  expect(await value('workqueue_adds_total', { name: 'grant' })).toBe(2);
  expect(await value('workqueue_adds_total', { name: 'lock' })).toBe(1);
  expect(await value('controller_runtime_active_workers')).toBe(2);
  expect(await value('workqueue_longest_running_processor_seconds', { name: 'grant' })).toBe(2);
  expect(await value('workqueue_unfinished_work_seconds', { name: 'lock' })).toBe(0.5);
  expect(await value('supportaccess_workqueue_delayed')).toBe(1);
  observer.stats(undefined);
  expect(await value('workqueue_depth')).toBe(0);
  expect(await value('controller_runtime_active_workers')).toBe(0);
  expect(await value('controller_runtime_max_concurrent_reconciles', { controller: 'lock' })).toBe(8);
});

it('counts work by how it ended, and mistakes of the program beside failures', async () => {
  const { observer, value } = observed();
  observer.finished(aRun);
  observer.finished({ ...aRun, result: 'preempted' });
  observer.finished({ ...aRun, result: 'failed', error: new Error('the API server is away') });
  observer.finished({ ...aRun, result: 'failed', error: new TypeError('undefined is not a function') });
  const badUrl = Object.assign(new TypeError('Invalid URL'), { code: 'ERR_INVALID_URL' });
  observer.finished({ ...aRun, result: 'failed', error: badUrl });
  const total = 'controller_runtime_reconcile_total';
  for (const [result, count] of Object.entries({ success: 1, requeue: 1, error: 3 }))
    expect(await value(total, { controller: 'grant', result }), result).toBe(count);
  expect(await value('controller_runtime_reconcile_errors_total')).toBe(3);
  expect(await value('controller_runtime_reconcile_panics_total')).toBe(1);
  expect(await value('workqueue_retries_total', { name: 'grant' })).toBe(3);
  expect(await value('controller_runtime_reconcile_time_seconds_sum')).toBeCloseTo(1.5);
  expect(await value('workqueue_queue_duration_seconds_sum', { lane: 'normal' })).toBeCloseTo(0.1);
});
