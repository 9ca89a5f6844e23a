/** The lists of all three processes: names and labels as Prometheus wants them, and what a process says of itself. */
import { describe, expect, it } from 'vitest';
import { operatorMetrics } from '../../../operator/metrics.ts';
import { createMetrics, type MetricDefinitions } from '../../../process/metrics.ts';
import { measureCalls, measureProcess } from '../../../process/process-metrics.ts';
import { gatewayMetrics } from '../../../webhook/gateway/metrics.ts';
import { inClusterMetrics } from '../../../webhook/in-cluster/metrics.ts';
import { complaintsAbout, readExposition, valueIn } from '../../kit/metrics/exposition.ts';

const lists: Readonly<Record<string, MetricDefinitions>> = {
  operator: operatorMetrics,
  gateway: gatewayMetrics,
  webhook: inClusterMetrics,
};

describe.each(Object.keys(lists))('the list of the %s', (name) => {
  const list = lists[name] ?? {};

  it('makes a page without a complaint', async () => {
    const { page } = createMetrics(list);
    expect(complaintsAbout(readExposition(await page.text()))).toEqual([]);
  });

  it('names no metric twice, and labels with a closed list each', () => {
    const all = Object.values(list);
    expect(new Set(all.map((one) => one.name)).size).toBe(all.length);
    const lists_ = all.flatMap(({ labels = {} }) => Object.values(labels));
    expect(lists_.filter((values) => values.length === 0 || new Set(values).size !== values.length)).toEqual(
      [],
    );
  });
});

it('one name means one thing in every process', () => {
  const all = Object.values(lists).flatMap((list) => Object.values(list));
  const shapes = new Map<string, Set<string>>();
  for (const { name, type, labels = {} } of all)
    shapes.set(name, (shapes.get(name) ?? new Set()).add(`${type} ${Object.keys(labels).join()}`));
  expect([...shapes].filter(([, seen]) => seen.size > 1)).toEqual([]);
});

it('a process says of itself what it uses, whether it is ready, and how far its clock is off', async () => {
  const { metrics, page } = createMetrics(operatorMetrics);
  const state = { ready: false, offset: undefined as number | undefined };
  measureProcess(metrics, { isReady: () => state.ready, clockOffsetMs: () => state.offset });
  const before = await page.text();
  for (const name of ['process_cpu_seconds_total', 'process_resident_memory_bytes', 'process_open_fds'])
    expect(valueIn(before, name), name).toBeGreaterThan(0);
  expect(Math.abs((valueIn(before, 'process_start_time_seconds') ?? 0) - Date.now() / 1000)).toBeLessThan(
    3600,
  );
  expect(valueIn(before, 'supportaccess_ready')).toBe(0);
  expect(valueIn(before, 'supportaccess_clock_offset_seconds')).toBeUndefined();
  Object.assign(state, { ready: true, offset: -95_500 });
  const after = await page.text();
  expect(valueIn(after, 'supportaccess_ready')).toBe(1);
  expect(valueIn(after, 'supportaccess_clock_offset_seconds')).toBe(-95.5);
});

it('calls to the API server are counted by method and status', async () => {
  const { metrics, page } = createMetrics(operatorMetrics);
  const told = measureCalls(metrics);
  told({ method: 'GET', status: 200, ms: 12 });
  told({ method: 'PUT', status: 409, ms: 3 });
  told({ method: 'GET', status: undefined, ms: 30_000 });
  const text = await page.text();
  const counted = (method: string, code: string) =>
    valueIn(text, 'rest_client_requests_total', { method, code });
  expect([counted('GET', '200'), counted('PUT', '409'), counted('GET', '<error>')]).toEqual([1, 1, 1]);
  expect(valueIn(text, 'rest_client_request_duration_seconds_bucket', { verb: 'GET', le: '0.025' })).toBe(1);
});
