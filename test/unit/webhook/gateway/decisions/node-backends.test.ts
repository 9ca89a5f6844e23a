/** Which Services lead to a pod on its node's network: found before anyone asks, each pod read once, and said for as long as it is so. */
import { describe, expect, it } from 'vitest';
import {
  backendKey,
  mostBackends,
  onItsNode,
  toldStrays,
} from '../../../../../crds/rules/request/told-backends.ts';
import type { FollowedSlice } from '../../../../../webhook/gateway/decisions/backend-pods.ts';
import { NodeBackends } from '../../../../../webhook/gateway/decisions/node-backends.ts';
import { anEndpoint, aPod, aSlice } from '../../../../kit/objects/endpoints.ts';
import { knownObjects } from '../../../../kit/objects/known-objects.ts';

const service = { namespace: 'ecase', name: 'ecase' };
const told = { [backendKey(service)]: onItsNode };
const onNode = aPod({ spec: { hostNetwork: true } });

function aLook(slices: readonly FollowedSlice[] | undefined, ...pods: readonly unknown[]) {
  const known = knownObjects(...pods);
  const state = { slices, services: [service] };
  const failures: unknown[] = [];
  const backends = new NodeBackends({
    client: known.client,
    services: () => state.services,
    slices: () => state.slices,
    onFailure: (error) => failures.push(error),
  });
  return { known, state, failures, entries: async () => backends.entries() };
}

describe('a Service whose pod has the address of its node', () => {
  it.each([
    ['by its spec', onNode],
    ['by its status', aPod({ status: { podIPs: [{ ip: '192.0.2.1' }], hostIPs: [{ ip: '192.0.2.1' }] } })],
  ])('is told, %s', async (_, pod) => {
    expect(await aLook([aSlice()], pod).entries()).toEqual(told);
  });

  it('is told as long as it is so, and each pod is read once', async () => {
    const { entries, known, state } = aLook([aSlice()], onNode);
    await entries();
    // The controller writes the slice anew.
    state.slices = [aSlice()];
    expect(await entries()).toEqual(told);
    expect(known.gets).toEqual(['Pod ecase-0']);
    const ordinary = aPod({}, 'ecase-1');
    known.put(ordinary);
    state.slices = [aSlice([anEndpoint({}, ordinary)])];
    expect(await entries()).toEqual({});
    expect(known.gets).toEqual(['Pod ecase-0', 'Pod ecase-1']);
  });

  it('is told once, however many applications name it', async () => {
    const { entries, state } = aLook([aSlice()], onNode);
    state.services = [service, service];
    expect(await entries()).toEqual(told);
  });
});

describe('nothing is told of a Service', () => {
  const other = aPod({ metadata: { ...aPod().metadata, uid: 'another' }, spec: { hostNetwork: true } });
  const dead = anEndpoint({ conditions: { ready: false, serving: false } });
  const foreign = anEndpoint({
    targetRef: { kind: 'Pod', namespace: 'kube-system', name: 'etcd', uid: 'e' },
  });
  it.each<readonly [string, readonly FollowedSlice[] | undefined, unknown[]]>([
    ['whose pods have addresses of their own', [aSlice()], [aPod()]],
    ['whose slices are not known yet', undefined, [onNode]],
    ['whose pod is gone', [aSlice()], []],
    ['whose slice means another pod of that name', [aSlice()], [other]],
    ['whose pod is not dialled any more', [aSlice([dead])], [onNode]],
    ['whose slice names a pod of another namespace', [aSlice([foreign])], [onNode]],
  ])('%s', async (_, slices, pods) => {
    const { entries, failures } = aLook(slices, ...pods);
    expect(await entries()).toEqual({});
    expect(failures).toEqual([]);
  });

  it('whose pod cannot be read, and that is looked at again the next time', async () => {
    const { entries, failures, known } = aLook([aSlice()], onNode);
    const away = new Error('away');
    known.answer('Pod', 'ecase-0', () => Promise.reject(away));
    expect(await entries()).toEqual({});
    expect(failures).toEqual([away]);
    known.answer('Pod', 'ecase-0', () => Promise.resolve(onNode));
    expect(await entries()).toEqual(told);
  });
});

it('a slice with any number of made-up pods has 50 of them read at a look', async () => {
  const made = Array.from({ length: 300 }, (_, at) => anEndpoint({}, aPod({}, `made-up-${at}`)));
  const { entries, known } = aLook([aSlice(made)]);
  await entries();
  expect(known.gets).toHaveLength(50);
});

it('so many Services are told that the certificates keep their place in the ConfigMap', async () => {
  const { entries, state } = aLook([aSlice()], onNode);
  state.services = Array.from({ length: 300 }, (_, at) => ({ namespace: 'ecase', name: `s-${at}` }));
  expect(Object.keys(await entries())).toHaveLength(mostBackends);
});

it('what is told is a word, which is made into a sentence with the way out; any other word says nothing', () => {
  expect(toldStrays(service, told)).toEqual([
    expect.stringContaining('run the application without hostNetwork'),
  ]);
  for (const data of [
    undefined,
    {},
    { [backendKey(service)]: 'a sentence' },
    { [backendKey({ ...service, name: 'x' })]: onItsNode },
  ])
    expect(toldStrays(service, data)).toEqual([]);
});
