/** The metrics of the queue of keys. A key that runs for long, or keys that pile up, mean that closing may be late. */
import type { QueueStats } from '../../kube/queue/work-queue.ts';
import type { Metric } from '../../process/metrics.ts';

/** The metrics of a queue; a process that does not lead has none, and shows zeros. */
export function queueMetrics(stats: QueueStats | undefined): Metric[] {
  const { ready = 0, active = 0, delayed = 0, longestRunningMs = 0 } = stats ?? {};
  const gauge = (name: string, help: string, value: number): Metric => ({ name, help, type: 'gauge', value });
  return [
    gauge(
      'leading',
      'Whether this process leads (1) or waits for the lease (0).',
      stats === undefined ? 0 : 1,
    ),
    gauge('queue_ready', 'Keys that wait for a worker.', ready),
    gauge('queue_active', 'Keys that are worked on.', active),
    gauge('queue_delayed', 'Keys that wait for their time: a retry, an end, or the next look.', delayed),
    gauge(
      'queue_longest_running_seconds',
      'How long the oldest work on a key has taken.',
      longestRunningMs / 1000,
    ),
  ];
}
