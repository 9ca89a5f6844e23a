/** The addresses behind an application's Service are its pods, or nothing is dialled. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../../kube/objects.ts';
import { EndpointSlices, Pods } from '../../../../kube/resources.ts';
import { eventually } from '../../../kit/clock/eventually.ts';
import type { OwnControlPlane } from '../../../kit/control-plane/control-plane.ts';
import { aGatewayInProcess, type GatewayInProcess } from '../../../kit/installation/gateway-in-process.ts';
import { Nodes } from '../../../kit/objects/kube-kinds.ts';
import type { Person } from '../../../kit/people/http-person.ts';
import { dedicatedControlPlane } from '../../../kit/vitest/use-control-plane.ts';

let controlPlane: OwnControlPlane;
let installation: GatewayInProcess;

beforeAll(async () => {
  controlPlane = await dedicatedControlPlane();
  installation = await aGatewayInProcess(controlPlane, (request, response) => {
    if (request.url !== '/static/stream') return response.end('ok');
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const timer = setInterval(() => response.write('data: on\n\n'), 20);
    return response.once('close', () => clearInterval(timer));
  });
});

afterAll(() => installation.stop());

beforeEach(async () => {
  await installation.reopen();
  await eventually(async () => expect((await ask(await installation.withSession())).status).toBe(200));
});

const admin = () => installation.admin;
const ask = (person: Person) =>
  person.visit(`${installation.application}/jobs`, { headers: { accept: 'application/json' }, stay: true });

/** A pod as a kubelet would leave it: there is none, but the controller makes slices of what stands in the status. */
async function aRunningPod(name: string, ip: string, spec: object = {}): Promise<void> {
  const ref = { namespace: 'ecase', name };
  const containers = [{ name: 'app', image: 'app' }];
  const pod = {
    metadata: { ...ref, labels: { app: 'ecase' } },
    spec: { containers, nodeName: 'a-node', ...spec },
  };
  await admin().create(Pods, pod);
  await readiness(name, 'True', { phase: 'Running', podIP: ip, podIPs: [{ ip }] });
}

async function readiness(name: string, status: 'True' | 'False', more: object = {}): Promise<void> {
  const ref = { namespace: 'ecase', name };
  const patch = { status: { ...more, conditions: [{ type: 'Ready', status }] } };
  await admin().mergePatch(Pods, ref, { patch, subresource: 'status' });
}

type Slice = KubeObject & {
  readonly endpoints?: readonly { addresses: string[]; conditions: { ready?: boolean } }[] | null;
};

/** Waits until the controller's slices say that these addresses are ready, and no others. */
const readyBehind = (...addresses: readonly string[]) =>
  eventually(async () => {
    const { items } = await admin().list<Slice>(EndpointSlices, { namespace: 'ecase' });
    const endpoints = items.flatMap((slice) => slice.endpoints ?? []);
    const ready = endpoints.filter(({ conditions }) => conditions.ready !== false);
    expect(ready.flatMap((one) => one.addresses).toSorted()).toEqual(addresses);
  });

/** It is not ready any more before it goes, as a kubelet sees to. */
async function gone(name: string): Promise<void> {
  await readiness(name, 'False');
  await admin().delete(Pods, { namespace: 'ecase', name });
}

describe('the pods behind the Service', () => {
  // The controller leaves out pods of nodes that are not there.
  beforeAll(() => admin().create(Nodes, { metadata: { name: 'a-node' } }));

  it('come and go without one refused request', async () => {
    await aRunningPod('old', '10.244.0.7');
    await readyBehind('10.244.0.7');
    const ada = await installation.withSession();
    const answers: number[] = [];
    const stop = new AbortController();
    const asking = (async () => {
      while (!stop.signal.aborted) answers.push((await ask(ada)).status);
    })();
    await aRunningPod('new', '10.244.0.8');
    await readyBehind('10.244.0.7', '10.244.0.8');
    await gone('old');
    await readyBehind('10.244.0.8');
    const before = answers.length;
    await eventually(() => expect(answers.length).toBeGreaterThan(before + 20));
    stop.abort();
    await asking;
    expect(answers.filter((status) => status !== 200)).toEqual([]);
    await gone('new');
    await readyBehind();
  });

  it('are not dialled on the network of their node, and the record says why', async () => {
    await aRunningPod('on-its-node', '192.0.2.10', { hostNetwork: true });
    const ada = await installation.withSession();
    await eventually(async () => expect((await ask(ada)).status).toBe(502));
    const refused = async () =>
      (await installation.store.read({ after: 0, limit: 100_000 })).filter((line) =>
        line.includes('192.0.2.10'),
      );
    await eventually(async () =>
      expect(await refused()).toContainEqual(
        expect.stringContaining('run the application without hostNetwork'),
      ),
    );
    await gone('on-its-node');
    await eventually(async () => expect((await ask(ada)).status).toBe(200));
  });
});

describe('an EndpointSlice that claims to be the controller’s', () => {
  const ref = { namespace: 'ecase', name: 'ecase-mine' };
  const labels = {
    'kubernetes.io/service-name': 'ecase',
    'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
  };
  const signalControllers = (signal: 'SIGSTOP' | 'SIGCONT') =>
    process.kill(controlPlane.pids()['kube-controller-manager'], signal);

  it('cuts an open stream, and has nothing dialled until it is gone', async () => {
    const ada = await installation.withSession();
    const stream = await ada.open(`${installation.application}/static/stream`);
    await eventually(() => expect(stream.text()).toContain('data'));
    // Else the controller would put the slice right, sooner or later.
    signalControllers('SIGSTOP');
    try {
      const targetRef = { kind: 'Pod', namespace: 'ecase', name: 'x' };
      const endpoints = [{ addresses: ['198.51.100.7'], targetRef }];
      await admin().create(EndpointSlices, { metadata: { ...ref, labels }, addressType: 'IPv4', endpoints });
      const madeAt = performance.now();
      await stream.ended;
      expect(stream.lastByteAt() - madeAt).toBeLessThan(1000);
      for (let request = 0; request < 20; request += 1) expect((await ask(ada)).status).toBe(502);
      await admin().delete(EndpointSlices, ref);
    } finally {
      signalControllers('SIGCONT');
    }
    await eventually(async () => expect((await ask(ada)).status).toBe(200));
  });
});
