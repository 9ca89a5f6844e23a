/** Says as metrics how the way to the records fares; a rising `lost` means that something happened without a record. */
import type { Metric } from '../process/metrics.ts';
import type { TrailHealth } from './trail.ts';

/** The metrics of one client of the records. */
export function trailMetrics({ reachable, waiting, lost }: TrailHealth): Metric[] {
  return [
    {
      name: 'records_reachable',
      help: 'Whether the last attempt to append records was answered (1) or not (0).',
      type: 'gauge',
      value: reachable ? 1 : 0,
    },
    {
      name: 'records_waiting',
      help: 'Records that follow what has happened already and are not durable yet.',
      type: 'gauge',
      value: waiting,
    },
    {
      name: 'records_lost_total',
      help: 'Records that never will be durable: the queue was full, or the store refused them.',
      type: 'counter',
      value: lost,
    },
  ];
}
