/** The PodMonitor: there only when it is asked for, and it finds the three processes at a port that each of them has. */
import { expect, it } from 'vitest';
import { type RenderedObject, renderChart } from '../../kit/installation/chart.ts';
import { ofKind } from './fixture.ts';

const monitorsIn = (objects: readonly RenderedObject[]) => ofKind(objects, 'PodMonitor');

it('is not there by default', async () => {
  expect(monitorsIn(await renderChart())).toEqual([]);
});

it('has the labels and the interval that are given, and selects the health ports of the three processes alone', async () => {
  const podMonitor = { enabled: true, labels: { release: 'kube-prometheus-stack' }, interval: '30s' };
  const objects = await renderChart({ metrics: { podMonitor } });
  const [monitor] = monitorsIn(objects);
  expect(monitor?.metadata.labels).toMatchObject(podMonitor.labels);
  const { selector, podMetricsEndpoints } = monitor!['spec'] as {
    readonly selector: {
      readonly matchLabels: Record<string, string>;
      readonly matchExpressions: readonly { readonly key: string; readonly values: readonly string[] }[];
    };
    readonly podMetricsEndpoints: readonly { readonly port: string; readonly interval?: string }[];
  };
  expect(podMetricsEndpoints).toEqual([{ port: 'health', path: '/metrics', interval: '30s' }]);
  const templates = ofKind(objects, 'Deployment').map(
    (one) =>
      (one['spec'] as { template: unknown }).template as {
        readonly metadata: { readonly labels: Record<string, string> };
        readonly spec: { readonly containers: readonly { readonly ports?: readonly { name: string }[] }[] };
      },
  );
  expect(templates).toHaveLength(3);
  for (const { metadata, spec } of templates) {
    expect(metadata.labels).toMatchObject(selector.matchLabels);
    for (const { key, values } of selector.matchExpressions) expect(values).toContain(metadata.labels[key]);
    expect(spec.containers.flatMap(({ ports = [] }) => ports.map(({ name }) => name))).toContain('health');
  }
});

it('renders no interval where none is given', async () => {
  const [monitor] = monitorsIn(await renderChart({ metrics: { podMonitor: { enabled: true } } }));
  expect(monitor?.['spec']).toMatchObject({ podMetricsEndpoints: [{ port: 'health', path: '/metrics' }] });
});
