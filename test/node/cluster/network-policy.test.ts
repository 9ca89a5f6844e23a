/** That NetworkPolicy is really enforced here, or no other test of this suite would prove anything by a refusal. */
import { afterEach, beforeAll, expect, it } from 'vitest';
import { eventually } from '../../kit/clock/eventually.ts';
import { aNamespace } from '../../kit/control-plane/namespaces.ts';
import type { ClusterNode } from '../../kit/node/node.ts';
import { askFrom, PROBE_PORT, someProbePods } from '../../kit/node/probe-pods.ts';
import { useNode } from '../../kit/vitest/use-node.ts';

let node: ClusterNode;
let namespace: string;
let url: string;

beforeAll(async () => {
  node = await useNode();
  namespace = await aNamespace(node);
  await someProbePods(node, namespace, ['server', 'friend', 'other']);
  const { body } = await node.admin.send('GET', `/api/v1/namespaces/${namespace}/pods/server`);
  url = `http://${(body as { status: { podIP: string } }).status.podIP}:${PROBE_PORT}/`;
});

afterEach(async () => {
  await node.resumeProgram('kube-router');
  await node.kubectl(['-n', namespace, 'delete', 'networkpolicy', '--all']);
  await passes('friend', 'other');
});

/** Eventually: rules follow their object within moments, not at once. */
async function passes(...pods: readonly string[]): Promise<void> {
  await eventually(async () => {
    for (const pod of pods)
      expect(await askFrom(node, namespace, pod, 'get', url)).toMatch(/^server answers /);
  });
}

async function isRefused(pod: string): Promise<void> {
  await eventually(
    async () =>
      expect(askFrom(node, namespace, pod, 'get', url)).rejects.toThrow(
        /connection refused|deadline exceeded/,
      ),
    { within: 20_000 },
  );
}

async function apply(spec: Readonly<Record<string, unknown>>): Promise<void> {
  const policy = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'one' },
    spec,
  };
  await node.kubectl(['-n', namespace, 'apply', '-f', '-'], { input: JSON.stringify(policy) });
}

const of = (role: string) => ({ podSelector: { matchLabels: { role } } });
const onlyTheFriend = {
  ...of('server'),
  policyTypes: ['Ingress'],
  ingress: [{ from: [of('friend')], ports: [{ port: PROBE_PORT }] }],
};

it('lets through who may come in, and refuses the other', async () => {
  await passes('friend', 'other');
  await apply(onlyTheFriend);
  await isRefused('other');
  await passes('friend');
});

it('refuses a port that the policy does not name', async () => {
  await apply({ ...onlyTheFriend, ingress: [{ from: [of('friend')], ports: [{ port: PROBE_PORT + 1 }] }] });
  await isRefused('friend');
});

it('refuses what may not go out, of that pod alone', async () => {
  await apply({ ...of('other'), policyTypes: ['Egress'], egress: [] });
  await isRefused('other');
  await passes('friend');
});

it('is what refuses: with the enforcing program paused, a new policy changes nothing', async () => {
  await node.pauseProgram('kube-router');
  await apply(onlyTheFriend);
  for (let time = 0; time < 10; time += 1)
    expect(await askFrom(node, namespace, 'other', 'get', url)).toMatch(/^server answers /);
  await node.resumeProgram('kube-router');
  await isRefused('other');
});
