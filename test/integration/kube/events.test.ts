/** The real server accepts what the recorder writes, and people see it. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { KubeClient } from '../../../kube/api/client.ts';
import { createKubeClient } from '../../../kube/api/create-client.ts';
import { createEventRecorder } from '../../../kube/events/events.ts';
import type { KubeObject } from '../../../kube/objects.ts';
import { ClusterRoles, ConfigMaps, Events, type Resource } from '../../../kube/resources.ts';
import type { ControlPlane } from '../../kit/control-plane/control-plane.ts';
import { aNamespace } from '../../kit/control-plane/namespaces.ts';
import { useControlPlane } from '../../kit/vitest/use-control-plane.ts';

interface Event extends KubeObject {
  readonly note: string;
  readonly series?: { readonly count: number };
  readonly regarding: { readonly name: string; readonly uid: string };
}

let controlPlane: ControlPlane;
let client: KubeClient;
let namespace: string;
const problems: unknown[] = [];

beforeAll(async () => {
  controlPlane = await useControlPlane();
  client = await createKubeClient({ kubeconfigPath: controlPlane.kubeconfig });
  namespace = await aNamespace(controlPlane);
});

afterAll(async () => client.close());

function aRecorder() {
  const onProblem = (problem: unknown) => problems.push(problem);
  return createEventRecorder(client, { controller: 'supportaccess.dev/test', instance: 'test-0', onProblem });
}

async function eventsAbout(resource: Resource, name: string, where: string): Promise<Event[]> {
  const fieldSelector = `regarding.kind=${resource.kind},regarding.name=${name}`;
  return (await client.list<Event>(Events, { namespace: where, fieldSelector })).items;
}

it('an event, its repetition as a series, and another one are seen by kubectl', async () => {
  const regarding = await client.create(ConfigMaps, { metadata: { name: 'thing', namespace } });
  const recorder = aRecorder();
  const said = { regarding, type: 'Normal', reason: 'Activated', action: 'Activate' } as const;
  recorder.record({ ...said, note: 'open for ada' });
  await recorder.flush();
  for (let times = 0; times < 3; times += 1) recorder.record({ ...said, note: 'open for ada' });
  recorder.record({ ...said, type: 'Warning', reason: 'Denied', action: 'Refuse', note: 'é'.repeat(2000) });
  await recorder.flush();
  expect(problems).toEqual([]);
  const seen = await eventsAbout(ConfigMaps, 'thing', namespace);
  const counts = new Map(seen.map(({ note, series }) => [note.slice(0, 12), series?.count]));
  expect(counts).toEqual(
    new Map([
      ['open for ada', 4],
      ['é'.repeat(12), undefined],
    ]),
  );
  expect(seen.every((event) => event.regarding.uid === regarding.metadata.uid)).toBe(true);
  const { stdout } = await controlPlane.kubectl(['get', 'events', '-n', namespace]);
  expect(stdout).toMatch(/Normal\s+Activated\s+configmap\/thing\s+open for ada/);
});

it('events about cluster-wide objects, also with a colon in the name, live in default', async () => {
  const name = `system:test-${namespace}`;
  const regarding = await client.create(ClusterRoles, { metadata: { name }, rules: [] });
  const recorder = aRecorder();
  recorder.record({ regarding, type: 'Warning', reason: 'Drifted', action: 'Repair', note: 'put back' });
  await recorder.flush();
  expect(problems).toEqual([]);
  expect(await eventsAbout(ClusterRoles, name, 'default')).toHaveLength(1);
  await client.delete(ClusterRoles, { name });
});
