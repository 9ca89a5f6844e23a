/** The rendered chart on a real API server: everything is accepted, and a second application changes nothing. */
import { beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../kit/clock/eventually.ts';
import type { ControlPlane } from '../../kit/control-plane/control-plane.ts';
import type { RenderedObject } from '../../kit/installation/chart.ts';
import { installChart } from '../../kit/installation/install.ts';
import { dedicatedControlPlane } from '../../kit/vitest/use-control-plane.ts';

interface PolicyStatus {
  readonly status?: { readonly typeChecking?: { readonly expressionWarnings?: readonly unknown[] } };
}

describe('the chart on a real API server', () => {
  let cp: ControlPlane;
  let objects: RenderedObject[];

  beforeAll(async () => {
    cp = await dedicatedControlPlane();
    objects = await installChart(cp);
  });

  it('is accepted as a whole', () => {
    expect(objects.filter(({ kind }) => kind === 'CustomResourceDefinition')).toHaveLength(7);
  });

  it('may be applied again, and writes nothing then', async () => {
    const kinds = 'clusterroles,roles,rolebindings,services,deployments,validatingadmissionpolicies';
    const args = ['get', kinds, '-A', '-l', 'app.kubernetes.io/part-of=support-access', '-o', 'json'];
    const generations = async (): Promise<unknown[]> => {
      const { items } = JSON.parse((await cp.kubectl(args)).stdout) as { items: RenderedObject[] };
      return items.map(({ kind, metadata }) => ({
        kind,
        name: metadata.name,
        generation: Reflect.get(metadata, 'generation'),
      }));
    };
    const before = await generations();
    await installChart(cp);
    expect(await generations()).toEqual(before);
    expect(before.length).toBeGreaterThan(20);
  });

  it('has expressions that the API server finds no fault with', async () => {
    const warnings = await eventually(async () => {
      const { stdout } = await cp.kubectl(['get', 'validatingadmissionpolicies', '-o', 'json']);
      const { items } = JSON.parse(stdout) as { items: PolicyStatus[] };
      expect(items.every(({ status }) => status?.typeChecking !== undefined)).toBe(true);
      return items.flatMap(({ status }) => status?.typeChecking?.expressionWarnings ?? []);
    });
    expect(warnings).toEqual([]);
  });
});
