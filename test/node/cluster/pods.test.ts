import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../kit/clock/eventually.ts';
import { aNamespace } from '../../kit/control-plane/namespaces.ts';
import type { ClusterNode } from '../../kit/node/node.ts';
import { type PortForward, portForward } from '../../kit/node/port-forward.ts';
import { askFrom, PROBE_PORT, probePodSpec, someProbePods } from '../../kit/node/probe-pods.ts';
import { useNode } from '../../kit/vitest/use-node.ts';

let node: ClusterNode;
let namespace: string;
let nodePort: number;

beforeAll(async () => {
  node = await useNode();
  namespace = await aNamespace(node, { labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } });
  await node.kubectl(['-n', namespace, 'apply', '-f', '-'], { input: JSON.stringify(web) });
  await someProbePods(node, namespace, ['asker']);
  await node.kubectl(['-n', namespace, 'rollout', 'status', 'deployment/web', '--timeout=60s']);
  const service = await node.admin.send('GET', `/api/v1/namespaces/${namespace}/services/web`);
  nodePort = (service.body as { spec: { ports: [{ nodePort: number }] } }).spec.ports[0].nodePort;
});

const labels = { app: 'web' };
const web = {
  apiVersion: 'v1',
  kind: 'List',
  items: [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web' },
      spec: {
        replicas: 2,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: probePodSpec },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web' },
      spec: { type: 'NodePort', selector: labels, ports: [{ port: 80, targetPort: PROBE_PORT }] },
    },
  ],
};

const ask = async (...question: readonly string[]): Promise<string> =>
  askFrom(node, namespace, 'asker', ...question);

describe('a pod', () => {
  it('is Ready on a node that is Ready', async () => {
    const { stdout: nodes } = await node.kubectl(['get', 'nodes', '--no-headers']);
    expect(nodes).toMatch(/^node +Ready .* v1\.37\.1\s*$/);
    const { stdout: pods } = await node.kubectl(['-n', namespace, 'get', 'pods', '--no-headers']);
    expect(pods.match(/ 1\/1 +Running /g)).toHaveLength(3);
  });

  it('finds a Service by its name', async () => {
    const service = await node.admin.send('GET', `/api/v1/namespaces/${namespace}/services/web`);
    const { clusterIP } = (service.body as { spec: { clusterIP: string } }).spec;
    expect(await ask('lookup', 'web')).toBe(clusterIP);
    await expect(ask('lookup', `nothing.${namespace}.svc.cluster.local.`)).rejects.toThrow(/no such host/);
  });

  it('reaches a Service, and each pod behind it', async () => {
    const seen = new Set<string>();
    await eventually(async () => {
      seen.add((await ask('get', 'http://web/')).split(' ')[0] ?? '');
      expect(seen.size).toBe(2);
    });
    expect([...seen].every((name) => name.startsWith('web-'))).toBe(true);
  });

  it('is reached from the machine by a port of the node', async () => {
    const response = await fetch(`http://${node.nodeAddress}:${nodePort}/`);
    expect(await response.text()).toMatch(/^web-\S+ answers /);
  });

  it('reaches the API server by its Service', async () => {
    expect(await ask('get', 'http://kubernetes.default:443/')).toContain('HTTP request to an HTTPS server');
  });
});

describe('the API server', () => {
  let forward: PortForward | undefined;
  afterAll(async () => forward?.stop());

  it('leads into a pod: its standard input and output, and the status with which a program ended', async () => {
    const input = 'what is said is heard';
    const echo = await node.kubectl(['-n', namespace, 'exec', '-i', 'asker', '--', '/probe', 'echo'], {
      input,
    });
    expect(echo.stdout).toBe(input);
    const failed = await node.kubectl(['-n', namespace, 'exec', 'asker', '--', '/probe', 'nonsense'], {
      expectFailure: true,
    });
    expect(failed.code).toBe(1);
    expect(failed.stderr).toContain('usage: probe');
  });

  it('leads to a port of a pod, and shows what the pod writes', async () => {
    forward = await portForward(node, namespace, 'pod/asker', PROBE_PORT);
    const response = await fetch(`http://127.0.0.1:${forward.port}/through-the-api-server`);
    expect(await response.text()).toMatch(/^asker answers 127\.0\.0\.1/);
    await eventually(async () => {
      const { stdout } = await node.kubectl(['-n', namespace, 'logs', 'asker']);
      expect(stdout).toContain('asks for "/through-the-api-server"');
    });
  });
});
