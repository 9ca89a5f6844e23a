/** How the way to the records fares; a rising `lost` means that something happened without a record. */
import type { MetricDefinitions, MetricsOf } from '../process/metrics.ts';
import type { TrailHealth } from './trail.ts';

export const trailMetrics = {
  recordsReachable: {
    type: 'gauge',
    name: 'supportaccess_records_reachable',
    help: 'Whether the last attempt to append records was answered (1) or not (0). While it is 0, nothing opens and no request passes.',
  },
  recordsAppended: {
    type: 'counter',
    name: 'supportaccess_records_appended_total',
    help: 'Records of this process that are durable.',
  },
  recordsWaiting: {
    type: 'gauge',
    name: 'supportaccess_records_waiting',
    help: 'Records that follow what has happened already and are not durable yet.',
  },
  recordsLost: {
    type: 'counter',
    name: 'supportaccess_records_lost_total',
    help: 'Records that never will be durable: the queue was full, or the store refused them.',
  },
} as const satisfies MetricDefinitions;

/** Has a client of the records asked at each scrape; nothing is said before there is one. */
export function measureTrail(
  metrics: MetricsOf<typeof trailMetrics>,
  health: () => TrailHealth | undefined,
): void {
  const { recordsReachable, recordsAppended, recordsWaiting, recordsLost } = metrics;
  recordsReachable.read(() => {
    const reachable = health()?.reachable;
    return reachable === undefined ? undefined : Number(reachable);
  });
  recordsAppended.read(() => health()?.appended);
  recordsWaiting.read(() => health()?.waiting);
  recordsLost.read(() => health()?.lost);
}
