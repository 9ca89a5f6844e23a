/** Counts refusals by what they are about, for metrics: the label of each reason stands in the table of reasons. */
import type { MetricLabel } from '../../../crds/rules/reason-rule.ts';
import { type Reason, reasons } from '../../../crds/rules/reasons.ts';
import type { Metric } from '../../../process/metrics.ts';

export interface RefusalCounts {
  readonly add: (reason: Reason) => void;
  readonly metrics: () => readonly Metric[];
}

export function createRefusalCounts(): RefusalCounts {
  const counts = new Map<MetricLabel, number>();
  return {
    add: (reason) => {
      const { metric } = reasons[reason];
      counts.set(metric, (counts.get(metric) ?? 0) + 1);
    },
    metrics: () =>
      [...counts].map(([about, value]) => ({
        name: 'refusals_total',
        help: 'Refused requests, by what stood against them.',
        type: 'counter',
        labels: { about },
        value,
      })),
  };
}
