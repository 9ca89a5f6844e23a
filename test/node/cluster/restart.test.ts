import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../../kit/clock/eventually.ts';
import { aNamespace } from '../../kit/control-plane/namespaces.ts';
import type { ClusterNode } from '../../kit/node/node.ts';
import { askFrom, PROBE_PORT, someProbePods } from '../../kit/node/probe-pods.ts';
import { useNode } from '../../kit/vitest/use-node.ts';

let node: ClusterNode;
let namespace: string;

beforeAll(async () => {
  node = await useNode();
  namespace = await aNamespace(node);
  await someProbePods(node, namespace, ['one', 'two']);
});

afterAll(async () => {
  await node.kubectl(['delete', 'namespace', namespace, '--wait=false']);
});

it('a node whose power was cut comes back with its objects, and starts its pods again', async () => {
  await node.restartNode();
  await eventually(
    async () => {
      const { body } = await node.admin.send('GET', `/api/v1/namespaces/${namespace}/pods/two`);
      const { podIP, containerStatuses } = (
        body as { status: { podIP: string; containerStatuses: [{ restartCount: number }] } }
      ).status;
      expect(containerStatuses[0].restartCount).toBe(1);
      expect(await askFrom(node, namespace, 'one', 'get', `http://${podIP}:${PROBE_PORT}/`)).toMatch(
        /^two answers /,
      );
    },
    { within: 60_000, every: 500 },
  );
});
