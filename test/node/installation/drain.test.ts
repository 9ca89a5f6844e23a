/** In which order a gateway goes on the real node: out of the Service first, and only then its port. */
import { beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../kit/clock/eventually.ts';
import { type PodInstallation, useInstalled } from '../../kit/pods/installed.ts';
import { useNode } from '../../kit/vitest/use-node.ts';

let installation: PodInstallation;

beforeAll(async () => {
  installation = await useInstalled(await useNode());
});

const inRelease = async (...args: readonly string[]): Promise<string> =>
  (await installation.kubectl(['-n', 'support-access', ...args])).stdout;

/** When a gateway's address left the Service, and when its port closed, in the order in which they are seen. */
async function leaving(address: string): Promise<{ readonly left: number; readonly closed: number }> {
  const slices = '/apis/discovery.k8s.io/v1/namespaces/support-access/endpointslices';
  const selector = 'labelSelector=kubernetes.io/service-name%3Dsupport-access-gateway';
  const isReady = async (): Promise<boolean> => {
    const { body } = await installation.node.admin.send('GET', `${slices}?${selector}`);
    const { items } = body as { items: { endpoints?: Endpoint[] }[] };
    const endpoints = items.flatMap(({ endpoints: some = [] }) => some);
    return endpoints.some((one) => one.addresses.includes(address) && one.conditions.ready === true);
  };
  const isOpen = async (): Promise<boolean> =>
    installation.node.insideNode(['bash', '-c', `: </dev/tcp/${address}/8443`]).then(
      () => true,
      () => false,
    );
  expect(await isOpen()).toBe(true);
  await eventually(async () => expect(await isReady()).toBe(false), { within: 30_000, every: 50 });
  const left = performance.now();
  expect(await isOpen()).toBe(true);
  await eventually(async () => expect(await isOpen()).toBe(false), { within: 60_000, every: 50 });
  return { left, closed: performance.now() };
}

interface Endpoint {
  readonly addresses: readonly string[];
  readonly conditions: { readonly ready?: boolean };
}

describe('a gateway that is told to stop', () => {
  it('leaves the Service first, and closes its port seconds later', async () => {
    const gateways = ['pods', '-l', 'app.kubernetes.io/component=gateway', '-o'];
    const pod = 'jsonpath={.items[0].metadata.name} {.items[0].status.podIP}';
    const [name = '', address = ''] = (await inRelease('get', ...gateways, pod)).split(' ');
    await inRelease('delete', 'pod', name, '--wait=false');
    const { left, closed } = await leaving(address);
    process.stderr.write(
      `node: out of the Service ${((closed - left) / 1000).toFixed(1)} s before its port closed\n`,
    );
    // Of the eight seconds of the drain, kube-proxy and balancers have these to learn of it.
    expect(closed - left).toBeGreaterThan(5_000);
    await inRelease('rollout', 'status', 'deployment/support-access-gateway', '--timeout=120s');
    await inRelease('wait', `pod/${name}`, '--for=delete', '--timeout=60s');
  });
});
