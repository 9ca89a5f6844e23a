import { describe, expect, it } from 'vitest';
import type { KubeObject, ObjectRef } from '../../../../../kube/objects.ts';
import type { Resource } from '../../../../../kube/resources.ts';
import { BackendPods, type FollowedSlice } from '../../../../../webhook/gateway/decisions/backend-pods.ts';
import { anEndpoint, aPod, aSlice, type Pod } from '../../../../kit/objects/endpoints.ts';
import { aService, withServiceSpec } from '../../../../kit/objects/service.ts';

function aScene() {
  const pods = new Map<string, Pod>([['ecase/ecase-0', aPod()]]);
  const state = { now: 0, away: false };
  const reads: string[] = [];
  const judge = new BackendPods(() => state.now);
  const reader = {
    object: <T extends KubeObject>(_: Resource, { namespace, name }: ObjectRef): Promise<T | undefined> => {
      reads.push(`${namespace}/${name}`);
      if (state.away) return Promise.reject(new Error('away'));
      return Promise.resolve(pods.get(`${namespace}/${name}`) as T | undefined);
    },
  };
  const straysOf = (service: ReturnType<typeof aService>, ...slices: readonly FollowedSlice[]) =>
    judge.strays(slices, service, reader);
  const strays = (...slices: readonly FollowedSlice[]) => straysOf(aService(), ...slices);
  return { pods, state, reads, strays, straysOf };
}

describe('the pods behind a Service', () => {
  it('are read once for a version of a slice, and again after 5 s', async () => {
    const { strays, reads, state } = aScene();
    const slice = aSlice();
    for (let request = 0; request < 10; request += 1) expect(await strays(slice)).toEqual([]);
    expect(reads).toEqual(['ecase/ecase-0']);
    state.now = 5000;
    expect(await strays(slice)).toEqual([]);
    expect(reads).toHaveLength(2);
  });

  it('are read anew when the slice changes: a forged one is not taken for the one before it', async () => {
    const { strays } = aScene();
    expect(await strays(aSlice())).toEqual([]);
    expect(await strays(aSlice([anEndpoint({ addresses: ['198.51.100.7'] })]))).toHaveLength(1);
  });

  it('are judged anew when the Service leads to another port of them', async () => {
    const { strays, straysOf } = aScene();
    const slice = aSlice();
    expect(await strays(slice)).toEqual([]);
    const moved = aService(withServiceSpec({ ports: [{ port: 80, targetPort: 9090 }] }));
    expect(await straysOf(moved, slice)).toEqual([expect.stringContaining('in place of 9090/TCP')]);
  });

  it('are allowed at once when a new pod has come', async () => {
    const { strays, pods } = aScene();
    expect(await strays(aSlice())).toEqual([]);
    const second = aPod({ status: { phase: 'Running', podIPs: [{ ip: '10.244.0.8' }] } }, 'ecase-1');
    pods.set('ecase/ecase-1', second);
    const both = [anEndpoint(), anEndpoint({ addresses: ['10.244.0.8'] }, second)];
    expect(await strays(aSlice(both))).toEqual([]);
  });

  it('are refused, and read again each time, as long as one of them is wrong', async () => {
    const { strays, pods, reads } = aScene();
    const slice = aSlice();
    pods.delete('ecase/ecase-0');
    expect(await strays(slice)).toEqual([expect.stringContaining('there is no pod ecase-0')]);
    expect(await strays(slice)).toHaveLength(1);
    expect(reads).toHaveLength(2);
    pods.set('ecase/ecase-0', aPod());
    expect(await strays(slice)).toEqual([]);
  });

  it('are refused within 5 s of a pod’s end, though its slice stays', async () => {
    const { strays, pods, state } = aScene();
    const slice = aSlice();
    expect(await strays(slice)).toEqual([]);
    pods.delete('ecase/ecase-0');
    state.now = 5000;
    expect(await strays(slice)).toHaveLength(1);
  });

  it('are all judged: one bad slice beside a good one is enough', async () => {
    const { strays } = aScene();
    const stray = aSlice([{ addresses: ['198.51.100.7'] }], 'ecase-mine');
    expect(await strays(aSlice(), stray)).toEqual([expect.stringContaining('EndpointSlice ecase-mine')]);
    expect(await strays(stray, aSlice())).toHaveLength(1);
  });

  it('are not read in other namespaces, nor where kube-proxy dials nothing', async () => {
    const { strays, reads } = aScene();
    const elsewhere = anEndpoint({ targetRef: { ...anEndpoint().targetRef, namespace: 'vendor' } });
    expect(await strays(aSlice([elsewhere]))).toHaveLength(1);
    const starting = anEndpoint({ conditions: { ready: false, serving: false } });
    expect(await strays(aSlice([starting]), aSlice([]), aSlice(null), aSlice(undefined))).toEqual([]);
    expect(reads.filter((one) => one !== 'ecase/ecase-0')).toEqual([]);
  });

  it('are unknown when they cannot be read', async () => {
    const { strays, state } = aScene();
    state.away = true;
    await expect(strays(aSlice())).rejects.toThrow('away');
  });
});
