/** The metrics of a process: the page that is scraped, bounded labels, and that nothing is shared between two registries. */
import { describe, expect, it } from 'vitest';
import { createMetrics, type MetricDefinitions } from '../../../process/metrics.ts';
import { complaintsAbout, readExposition, seriesIn, valueIn } from '../../kit/metrics/exposition.ts';

const definitions = {
  made: {
    type: 'counter',
    name: 'things_made_total',
    help: 'Things that\nwere made.',
    labels: { kind: ['a', 'b'] },
  },
  kept: { type: 'gauge', name: 'things_kept', help: 'Things that are kept.', labels: { kind: ['a'] } },
  took: { type: 'histogram', name: 'making_seconds', help: 'How long making took.', buckets: [0.1, 1] },
  all: { type: 'counter', name: 'things_total', help: 'Things that there were.' },
} as const satisfies MetricDefinitions;

describe('the page', () => {
  it('has each metric once with help and type, in the format of Prometheus', async () => {
    const { metrics, page } = createMetrics(definitions);
    metrics.made.add({ kind: 'a' }, 2);
    metrics.kept.read(() => [{ labels: { kind: 'a' }, value: 0.5 }]);
    metrics.took.observe({}, 0.5);
    const text = await page.text();
    expect(page.contentType).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(text).toContain(
      '# HELP things_made_total Things that\\nwere made.\n# TYPE things_made_total counter\n',
    );
    expect(readExposition(text).map(({ name }) => name)).toEqual(
      Object.values(definitions).map(({ name }) => name),
    );
    expect(complaintsAbout(readExposition(text))).toEqual([]);
    expect(valueIn(text, 'things_made_total', { kind: 'a' })).toBe(2);
    expect(valueIn(text, 'things_kept')).toBe(0.5);
    expect(valueIn(text, 'making_seconds_bucket', { le: '1' })).toBe(1);
    expect(valueIn(text, 'making_seconds_bucket', { le: '0.1' })).toBe(0);
  });

  it('begins counters at zero, as a rate would miss the first thing that is counted', async () => {
    const { page } = createMetrics(definitions);
    const text = await page.text();
    expect(valueIn(text, 'things_total')).toBe(0);
    expect(seriesIn(text).filter(({ name }) => name === 'things_made_total')).toHaveLength(2);
  });

  it('says nothing of a gauge that nobody reads, or that has no value now', async () => {
    const { metrics, page } = createMetrics(definitions);
    expect(valueIn(await page.text(), 'things_kept')).toBeUndefined();
    metrics.kept.read(() => undefined);
    expect(valueIn(await page.text(), 'things_kept')).toBeUndefined();
  });

  it('keeps all others when one cannot be read', async () => {
    const { metrics, page } = createMetrics(definitions);
    metrics.all.add({});
    metrics.kept.read(() => {
      throw new Error('away');
    });
    const text = await page.text();
    expect(valueIn(text, 'things_kept')).toBeUndefined();
    expect(valueIn(text, 'things_total')).toBe(1);
  });
});

describe('labels', () => {
  it('have no other values than their lists, whatever is counted', async () => {
    const { metrics, page } = createMetrics(definitions);
    for (let number = 0; number < 1000; number += 1) metrics.made.add({ kind: `name-${number}` });
    metrics.kept.read(() => ['x', 'y'].map((kind) => ({ labels: { kind }, value: 1 })));
    const text = await page.text();
    expect(valueIn(text, 'things_made_total', { kind: 'other' })).toBe(1000);
    expect(seriesIn(text).filter(({ name }) => name === 'things_made_total')).toHaveLength(3);
    expect(valueIn(text, 'things_kept', { kind: 'other' })).toBe(2);
  });
});

describe('a counter that is read', () => {
  it('is what it was counted to elsewhere, at each scrape', async () => {
    const { metrics, page } = createMetrics(definitions);
    let lost = 3;
    metrics.all.read(() => lost);
    expect(valueIn(await page.text(), 'things_total')).toBe(3);
    lost = 5;
    expect(valueIn(await page.text(), 'things_total')).toBe(5);
  });
});

it('two registries share nothing', async () => {
  const [one, other] = [createMetrics(definitions), createMetrics(definitions)];
  one.metrics.all.add({});
  expect(valueIn(await other.page.text(), 'things_total')).toBe(0);
});
