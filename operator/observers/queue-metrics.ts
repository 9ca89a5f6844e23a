/**
 * The metrics of the work on keys, under the names that dashboards of controller-runtime read. There is one queue for all
 * controllers; each of them is told by itself. A key that runs for long, or keys that pile up in the lane `revocation`,
 * mean that closing may be late.
 */
import type { FinishedRun, Lane, QueueStats } from '../../kube/queue/work-queue.ts';
import type { MetricDefinitions, MetricsOf } from '../../process/metrics.ts';
import { secondsBuckets } from '../../process/process-metrics.ts';

const lanes: readonly Lane[] = ['normal', 'revocation'];
const results = { done: 'success', failed: 'error', preempted: 'requeue' } as const;

/** What the queue tells of itself; the key is `controller:id`. */
export interface QueueObserver {
  readonly added: (key: string, lane: Lane) => void;
  readonly finished: (run: FinishedRun) => void;
  /** The figures of the queue of a process that leads; undefined when it does not lead any more. */
  readonly stats: (stats: (() => QueueStats) | undefined) => void;
}

export const reconcileMetrics = (controller: readonly string[], workers: number) =>
  ({
    reconciles: {
      type: 'counter',
      name: 'controller_runtime_reconcile_total',
      help: 'Work on keys that has ended; `requeue` is work that was given up because the same key had to be closed.',
      labels: { controller, result: Object.values(results) },
    },
    reconcileErrors: {
      type: 'counter',
      name: 'controller_runtime_reconcile_errors_total',
      help: 'Work on keys that failed and is tried again, after at most 30 s.',
      labels: { controller },
    },
    reconcilePanics: {
      type: 'counter',
      name: 'controller_runtime_reconcile_panics_total',
      help: 'Work on keys that failed by a mistake of the program itself. Please report it.',
      labels: { controller },
    },
    reconcileSeconds: {
      type: 'histogram',
      name: 'controller_runtime_reconcile_time_seconds',
      help: 'How long the work on a key took.',
      labels: { controller },
      buckets: secondsBuckets,
    },
    mostReconciles: {
      type: 'gauge',
      name: 'controller_runtime_max_concurrent_reconciles',
      help: `Keys that are worked on at one time at most. All controllers share these ${workers}, and one more that closes only.`,
      labels: { controller },
    },
    activeWorkers: {
      type: 'gauge',
      name: 'controller_runtime_active_workers',
      help: 'Keys that are worked on.',
      labels: { controller },
    },
  }) as const satisfies MetricDefinitions;

export const workQueueMetrics = (name: readonly string[]) =>
  ({
    depth: {
      type: 'gauge',
      name: 'workqueue_depth',
      help: 'Keys that wait for a worker, by controller and lane.',
      labels: { name, lane: lanes },
    },
    adds: {
      type: 'counter',
      name: 'workqueue_adds_total',
      help: 'Keys that began to wait for a worker.',
      labels: { name },
    },
    waitedSeconds: {
      type: 'histogram',
      name: 'workqueue_queue_duration_seconds',
      help: 'How long a key waited for a worker, by controller and lane.',
      labels: { name, lane: lanes },
      buckets: secondsBuckets,
    },
    workedSeconds: {
      type: 'histogram',
      name: 'workqueue_work_duration_seconds',
      help: 'How long a worker was busy with a key.',
      labels: { name },
      buckets: secondsBuckets,
    },
    unfinishedSeconds: {
      type: 'gauge',
      name: 'workqueue_unfinished_work_seconds',
      help: 'How long the keys that are worked on have taken so far, together.',
      labels: { name },
    },
    longestSeconds: {
      type: 'gauge',
      name: 'workqueue_longest_running_processor_seconds',
      help: 'How long the oldest work on a key has taken so far.',
      labels: { name },
    },
    retries: {
      type: 'counter',
      name: 'workqueue_retries_total',
      help: 'Keys that were put back because the work on them failed.',
      labels: { name },
    },
    delayed: {
      type: 'gauge',
      name: 'supportaccess_workqueue_delayed',
      help: 'Keys that wait for their time: a retry, an end, or the look that each gets every ten minutes.',
    },
  }) as const satisfies MetricDefinitions;

type Measured = MetricsOf<ReturnType<typeof reconcileMetrics>> &
  MetricsOf<ReturnType<typeof workQueueMetrics>>;

/** Counts what the queue tells; a process that does not lead shows zeros. */
export function observeQueue(metrics: Measured, names: readonly string[], workers: number): QueueObserver {
  let current: (() => QueueStats) | undefined;
  const stats = (): QueueStats => current?.() ?? { ready: [], active: [], delayed: 0 };
  const running = (name: string): number[] =>
    stats().active.flatMap(({ key, ms }) => (controllerOf(key) === name ? [ms / 1000] : []));
  metrics.mostReconciles.read(() => names.map((name) => ({ labels: { controller: name }, value: workers })));
  metrics.activeWorkers.read(() =>
    names.map((name) => ({ labels: { controller: name }, value: running(name).length })),
  );
  metrics.depth.read(() => {
    const { ready } = stats();
    const keysOf = (name: string, lane: Lane) =>
      ready.filter((one) => one.lane === lane && controllerOf(one.key) === name).length;
    return names.flatMap((name) =>
      lanes.map((lane) => ({ labels: { name, lane }, value: keysOf(name, lane) })),
    );
  });
  metrics.unfinishedSeconds.read(() =>
    names.map((name) => ({ labels: { name }, value: sum(running(name)) })),
  );
  metrics.longestSeconds.read(() =>
    names.map((name) => ({ labels: { name }, value: Math.max(0, ...running(name)) })),
  );
  metrics.delayed.read(() => stats().delayed);
  return {
    added: (key) => metrics.adds.add({ name: controllerOf(key) }),
    finished: (run) => countRun(metrics, run),
    stats: (next) => {
      current = next;
    },
  };
}

function countRun(metrics: Measured, { key, lane, result, error, waitedMs, tookMs }: FinishedRun): void {
  const controller = controllerOf(key);
  metrics.reconciles.add({ controller, result: results[result] });
  metrics.reconcileSeconds.observe({ controller }, tookMs / 1000);
  metrics.workedSeconds.observe({ name: controller }, tookMs / 1000);
  metrics.waitedSeconds.observe({ name: controller, lane }, waitedMs / 1000);
  if (result !== 'failed') return;
  metrics.reconcileErrors.add({ controller });
  metrics.retries.add({ name: controller });
  if (isMistake(error)) metrics.reconcilePanics.add({ controller });
}

/** What Go would panic for. Node's own errors of sockets and files carry a code. */
function isMistake(error: unknown): boolean {
  const isKind = error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError;
  return isKind && !('code' in error);
}

function controllerOf(key: string): string {
  return key.slice(0, key.indexOf(':'));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
