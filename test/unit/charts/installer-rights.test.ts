/** The plugin asks before an installation for the rights that it takes: to make each sort of object that the chart renders. */
import { expect, it } from 'vitest';
import { installing } from '../../../cli/check/before-rights.ts';
import { renderChart } from '../../kit/installation/chart.ts';

/** As resources are called that have no rule of their own: `NetworkPolicy` is `networkpolicies`. */
const plural = (kind: string): string => {
  const lower = kind.toLowerCase();
  if (lower.endsWith('y')) return `${lower.slice(0, -1)}ies`;
  return lower.endsWith('s') ? `${lower}es` : `${lower}s`;
};

it('the rights that are asked for are those that the chart takes', async () => {
  const values = { records: { readers: [{ user: 'ada@example.com' }] } };
  const objects = await renderChart(values, { also: ['--include-crds'] });
  const rendered = objects
    .filter(({ metadata }) => metadata.annotations?.['helm.sh/hook'] !== 'test')
    .map(({ apiVersion, kind }) => {
      const group = apiVersion.includes('/') ? apiVersion.split('/', 1)[0] : '';
      return `${plural(kind)}.${group}`;
    });
  const asked = installing
    .filter(({ verb }) => verb === 'create')
    .map(({ resource, group }) => `${resource}.${group}`);
  expect([...new Set(asked)].sort()).toEqual([...new Set(rendered)].sort());
});
