/** Who reaches the pods of webhook and operator, and what the operator is told of the gateway's network. */
import { beforeAll, describe, expect, it } from 'vitest';
import { parseGatewayNetwork, usualGatewayNetwork } from '../../../operator/outputs/gateway-network.ts';
import { type RenderedObject, renderChart } from '../../kit/installation/chart.ts';
import { judgeTraffic, type Pod } from '../../kit/laws/network-policy.ts';
import { ofKind } from './fixture.ts';

let objects: RenderedObject[];

beforeAll(async () => {
  objects = await renderChart();
}, 120_000);

describe('the network policies of webhook and operator', () => {
  const policies = (rendered: readonly RenderedObject[]) => ofKind(rendered, 'NetworkPolicy') as never;
  const ours = (component: string): Pod => ({
    namespace: 'support-access',
    labels: { 'app.kubernetes.io/name': 'support-access', 'app.kubernetes.io/component': component },
  });
  const enters = (rendered: readonly RenderedObject[], component: string, pod: Pod, port: number) =>
    judgeTraffic(policies(rendered), {
      direction: 'Ingress',
      pod: ours(component),
      peer: { pod, ip: '10.244.3.3' },
      port,
    }).allowed;
  const foreign: Pod = { namespace: 'ecase', labels: {} };
  const monitoring: Pod = { namespace: 'monitoring', labels: {} };

  it('let the records be reached by gateway and operator alone, and admission by the API server, wherever it is', () => {
    for (const caller of ['gateway', 'operator'])
      expect(enters(objects, 'webhook', ours(caller), 8445)).toBe(true);
    for (const caller of [foreign, { ...ours('gateway'), namespace: 'ecase' }])
      expect(enters(objects, 'webhook', caller, 8445)).toBe(false);
    expect(enters(objects, 'webhook', foreign, 10_250)).toBe(true);
    for (const port of [1, 443, 8443, 8444]) expect(enters(objects, 'webhook', foreign, port)).toBe(false);
    for (const port of [1, 443, 8443]) expect(enters(objects, 'operator', foreign, port)).toBe(false);
    for (const component of ['webhook', 'operator'])
      expect(enters(objects, component, foreign, 8081)).toBe(true);
  });

  it('admit to each port whom the values name', async () => {
    const from = [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } }];
    const networkPolicy = { metricsFrom: from, recordsFrom: from, admissionFrom: from };
    const rendered = await renderChart({ networkPolicy });
    for (const port of [8081, 8445, 10_250]) {
      expect(enters(rendered, 'webhook', monitoring, port)).toBe(true);
      expect(enters(rendered, 'webhook', foreign, port)).toBe(false);
    }
    expect(enters(rendered, 'operator', monitoring, 8081)).toBe(true);
    expect(enters(rendered, 'operator', foreign, 8081)).toBe(false);
    expect(ofKind(await renderChart({ networkPolicy: { enabled: false } }), 'NetworkPolicy')).toEqual([]);
  });

  it.each(['metricsFrom', 'recordsFrom', 'admissionFrom'])(
    'refuse a caller of %s who is no one, or is written wrongly, before anything is installed',
    async (key) => {
      for (const caller of [{}, { podselector: {} }, { ipBlock: '192.0.2.0/24' }]) {
        const rendering = renderChart({ networkPolicy: { [key]: [caller] } });
        const stderr = expect.stringContaining(`networkPolicy/${key}/0`);
        await expect(rendering).rejects.toMatchObject({ stderr });
      }
    },
  );

  it('follow the ports, and callers on the network of their node, which no selector names', async () => {
    const rendered = await renderChart({
      gateway: { hostNetwork: true },
      webhook: { ports: { admission: 9443, records: 9445, health: 9081 } },
    });
    for (const port of [9443, 9445, 9081]) expect(enters(rendered, 'webhook', foreign, port)).toBe(true);
    for (const port of [10_250, 8445, 8081]) expect(enters(rendered, 'webhook', foreign, port)).toBe(false);
  });

  const told = (rendered: readonly RenderedObject[]) => {
    const [operator] = ofKind(rendered, 'Deployment').filter(
      ({ metadata }) => metadata.name === 'support-access-operator',
    );
    interface Spec {
      readonly template: { readonly spec: { readonly containers: readonly { readonly args: string[] }[] } };
    }
    const spec = operator?.['spec'] as Spec | undefined;
    const args = spec?.template.spec.containers[0]?.args ?? [];
    const text = args.find((arg) => arg.startsWith('--gateway-network='))?.slice('--gateway-network='.length);
    return parseGatewayNetwork(text ?? '');
  };

  it('of the gateway is told to the operator as the operator takes it', async () => {
    expect(told(objects)).toEqual(usualGatewayNetwork);
    const cilium = await renderChart({}, { also: ['--api-versions', 'cilium.io/v2'] });
    expect(told(cilium)).toEqual({ ...usualGatewayNetwork, apiServer: 'Ports' });
    const egress = [{ to: [{ ipBlock: { cidr: '198.51.100.9/32' } }] }];
    const values = {
      gateway: { ports: { support: 9443, health: 9081 } },
      webhook: { hostNetwork: true, ports: { records: 9445 } },
      networkPolicy: { gateway: { apiServer: 'Ports', egress } },
    };
    expect(told(await renderChart(values))).toEqual({
      supportPort: 9443,
      innerPort: 8444,
      healthPort: 9081,
      recordsPort: 9445,
      apiServer: 'Ports',
      metricsFrom: [],
      ingress: [],
      egress: [...egress, { ports: [{ protocol: 'TCP', port: 9445 }] }],
    });
  });
});
