import { expect, it } from 'vitest';
import { createMetrics } from '../../../process/metrics.ts';
import { measureTrail, trailMetrics } from '../../../trail/metrics.ts';
import type { TrailHealth } from '../../../trail/trail.ts';
import { seriesIn } from '../../kit/metrics/exposition.ts';

it('the way to the records is told as figures, as soon as there is one', async () => {
  const { metrics, page } = createMetrics(trailMetrics);
  let health: TrailHealth | undefined;
  measureTrail(metrics, () => health);
  const figures = async () =>
    Object.fromEntries(seriesIn(await page.text()).map(({ name, value }) => [name.slice(22), value]));
  expect(await figures()).toEqual({});
  health = { reachable: true, appended: 7, waiting: 3, lost: 1 };
  expect(await figures()).toEqual({ reachable: 1, appended_total: 7, waiting: 3, lost_total: 1 });
  health = { ...health, reachable: false };
  expect(await figures()).toMatchObject({ reachable: 0 });
});
