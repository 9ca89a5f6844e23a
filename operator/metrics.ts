/** THE list of what the operator measures. `docs/metrics.md` is made from it. */
import { installed } from '../crds/names.ts';
import type { MetricDefinitions, MetricsOf } from '../process/metrics.ts';
import { processMetrics } from '../process/process-metrics.ts';
import { trailMetrics } from '../trail/metrics.ts';
import { controllers, workers } from './controllers.ts';
import { noticeMetrics } from './notices/metrics.ts';
import { objectMetrics } from './observers/object-metrics.ts';
import { reconcileMetrics, workQueueMetrics } from './observers/queue-metrics.ts';

export const controllerNames: readonly string[] = controllers.map(({ name }) => name);

export const operatorMetrics = {
  ...processMetrics,
  leading: {
    type: 'gauge',
    name: 'leader_election_master_status',
    help: 'Whether this process leads (1) or waits for the Lease (0). Where none leads, nothing opens.',
    labels: { name: [installed.operatorLease] },
  },
  ...reconcileMetrics(controllerNames, workers),
  ...workQueueMetrics(controllerNames),
  ...objectMetrics,
  ...noticeMetrics,
  ...trailMetrics,
} as const satisfies MetricDefinitions;

export type OperatorMetrics = MetricsOf<typeof operatorMetrics>;
