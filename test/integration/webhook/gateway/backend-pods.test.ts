/** The addresses behind an application's Service are its pods, at the ports that it means, or nothing is dialled. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { installed } from '../../../../crds/names.ts';
import { backendKey, onItsNode } from '../../../../crds/rules/request/told-backends.ts';
import type { KubeObject } from '../../../../kube/objects.ts';
import { ConfigMaps, EndpointSlices, Pods, Services } from '../../../../kube/resources.ts';
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
  readonly ports?: readonly { name?: string; port?: number }[] | null;
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

/** What the records say of requests refused for a reason that holds this text. */
async function refusedFor(text: string): Promise<readonly string[]> {
  return (await installation.store.read({ after: 0, limit: 100_000 })).filter((line) => line.includes(text));
}

/** Else the controller would put the slice right, sooner or later. */
async function withControllersHeld(play: () => Promise<void>): Promise<void> {
  const pid = controlPlane.pids()['kube-controller-manager'];
  process.kill(pid, 'SIGSTOP');
  try {
    await play();
  } finally {
    process.kill(pid, 'SIGCONT');
  }
}

/**
 * It is not ready any more before it goes, as a kubelet sees to. Without a grace period: no kubelet ends it here, and
 * a pod that is terminating for ever would stay in a slice of its own, beside the one that a test looks at.
 */
async function gone(name: string): Promise<void> {
  await readiness(name, 'False');
  await admin().delete(Pods, { namespace: 'ecase', name }, { gracePeriodSeconds: 0 });
}

/** What the gateway tells the operator. */
const told = async () =>
  admin().get<KubeObject & { readonly data?: object }>(ConfigMaps, {
    namespace: 'support-access',
    name: installed.certificates,
  });
const onNode = { [backendKey({ namespace: 'ecase', name: 'ecase' })]: onItsNode };

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
    await eventually(() => expect(answers.length).toBeGreaterThan(before + 20), { within: 40_000 });
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
    await eventually(async () =>
      expect(await refusedFor('192.0.2.10')).toContainEqual(
        expect.stringContaining('run the application without hostNetwork'),
      ),
    );
    await eventually(async () => expect((await told()).data).toMatchObject(onNode), { within: 30_000 });
    await gone('on-its-node');
    await eventually(async () => expect((await ask(ada)).status).toBe(200));
    await eventually(async () => expect((await told()).data).not.toHaveProperty(Object.keys(onNode)), {
      within: 30_000,
    });
  });
});

describe('the ports behind the Service', () => {
  const service = { namespace: 'ecase', name: 'ecase' };
  const leadTo = async (targetPort: string | number): Promise<void> => {
    await admin().mergePatch(Services, service, {
      patch: { spec: { ports: [{ port: 80, targetPort, protocol: 'TCP' }] } },
    });
    await installation.reopen();
  };
  const containers = [
    { name: 'app', image: 'app', ports: [{ name: 'http', containerPort: 8080 }] },
    { name: 'admin', image: 'admin', ports: [{ name: 'admin', containerPort: 9999 }] },
  ];
  const theSlice = async (): Promise<Slice> => {
    const { items } = await admin().list<Slice>(EndpointSlices, { namespace: 'ecase' });
    const slice = items.find(({ endpoints }) => (endpoints ?? []).length > 0);
    if (slice === undefined) throw new Error('no slice has an endpoint');
    return slice;
  };
  const sliceAt = (port: number) =>
    eventually(async () => expect((await theSlice()).ports).toMatchObject([{ port }]), { within: 40_000 });

  beforeAll(() => aRunningPod('two-ports', '10.244.0.9', { containers }));
  afterAll(async () => {
    await gone('two-ports');
    await leadTo(80);
  });

  it.each([
    ['by its name', 'http', 8080],
    ['by its number', 7070, 7070],
  ])(
    'are dialled where the Service means one %s, and not where an editor turned the slice',
    async (_, targetPort, port) => {
      await leadTo(targetPort);
      await sliceAt(port);
      const ada = await installation.withSession();
      await eventually(async () => expect((await ask(ada)).status).toBe(200));
      const stream = await ada.open(`${installation.application}/static/stream`);
      await eventually(() => expect(stream.text()).toContain('data'));
      await withControllersHeld(async () => {
        const { name } = (await theSlice()).metadata;
        const ports = [{ name: '', port: 9999, protocol: 'TCP' }];
        await admin().mergePatch(EndpointSlices, { namespace: 'ecase', name }, { patch: { ports } });
        await stream.ended;
        for (let request = 0; request < 20; request += 1) expect((await ask(ada)).status).toBe(502);
        expect(await refusedFor(`9999/TCP in place of ${port}/TCP`)).not.toEqual([]);
      });
      await sliceAt(port);
      await eventually(async () => expect((await ask(ada)).status).toBe(200));
    },
  );
});

describe('an EndpointSlice that claims to be the controller’s', () => {
  const ref = { namespace: 'ecase', name: 'ecase-mine' };
  const labels = {
    'kubernetes.io/service-name': 'ecase',
    'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
  };

  it('cuts an open stream, and has nothing dialled until it is gone', async () => {
    const ada = await installation.withSession();
    const stream = await ada.open(`${installation.application}/static/stream`);
    await eventually(() => expect(stream.text()).toContain('data'));
    await withControllersHeld(async () => {
      const targetRef = { kind: 'Pod', namespace: 'ecase', name: 'x' };
      const endpoints = [{ addresses: ['198.51.100.7'], targetRef }];
      await admin().create(EndpointSlices, { metadata: { ...ref, labels }, addressType: 'IPv4', endpoints });
      const madeAt = performance.now();
      await stream.ended;
      expect(stream.lastByteAt() - madeAt).toBeLessThan(1000);
      for (let request = 0; request < 20; request += 1) expect((await ask(ada)).status).toBe(502);
      await admin().delete(EndpointSlices, ref);
    });
    await eventually(async () => expect((await ask(ada)).status).toBe(200));
  });
});
