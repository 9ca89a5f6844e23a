import { expect, it } from 'vitest';
import { metricsText } from '../../../process/metrics.ts';
import { trailMetrics } from '../../../trail/metrics.ts';

const samples = (health: Parameters<typeof trailMetrics>[0]): string[] =>
  metricsText(trailMetrics(health))
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));

it('the way to the records is told as figures', () => {
  expect(samples({ reachable: true, waiting: 3, lost: 1 })).toEqual([
    'supportaccess_records_reachable 1',
    'supportaccess_records_waiting 3',
    'supportaccess_records_lost_total 1',
  ]);
  expect(samples({ reachable: false, waiting: 0, lost: 0 })[0]).toBe('supportaccess_records_reachable 0');
});
