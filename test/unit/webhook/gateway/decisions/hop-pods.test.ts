import { describe, expect, it } from 'vitest';
import { KubeError } from '../../../../../kube/errors.ts';
import type { ObjectRef } from '../../../../../kube/objects.ts';
import type { FollowedSlice } from '../../../../../webhook/gateway/decisions/backend-pods.ts';
import { createHopPods } from '../../../../../webhook/gateway/decisions/hop-pods.ts';
import { isTrustedHop, type Network } from '../../../../../webhook/gateway/listener/source-address.ts';
import { anEndpoint, aPod, aSlice, type Pod } from '../../../../kit/objects/endpoints.ts';

const hop = '10.244.0.7';
const network: Network = {
  exposure: 'BehindProxy',
  trustedHopPods: [{ namespace: 'ecase', labels: [{ name: 'app', value: 'ecase' }] }],
};

function aScene(policy: Network = network) {
  const pods = new Map<string, Pod>([['ecase/ecase-0', aPod()]]);
  const state = { now: 0, away: false, slices: [aSlice()] as FollowedSlice[], network: policy };
  const reads: string[] = [];
  const hops = createHopPods({
    network: () => state.network,
    slicesIn: (namespace) => state.slices.filter(({ metadata }) => metadata.namespace === namespace),
    client: {
      get: (_resource: unknown, { namespace, name }: ObjectRef) => {
        reads.push(`${namespace}/${name}`);
        if (state.away) return Promise.reject(new Error('away'));
        const pod = pods.get(`${namespace}/${name}`);
        return pod === undefined
          ? Promise.reject(new KubeError({ method: 'GET', path: '/', status: 404, body: '' }))
          : Promise.resolve(pod as never);
      },
    } as never,
    clock: () => state.now,
    onFailure: () => undefined,
  });
  const isTrusted = (address = hop, asked = state.network) => {
    state.now += 100;
    return isTrustedHop(hops.inForce(asked), address);
  };
  return { pods, state, reads, hops, isTrusted };
}

describe('a trusted hop that the policy names by its pods', () => {
  it('is trusted once its pod was read, and no other address is', async () => {
    const { hops, isTrusted } = aScene();
    expect(isTrusted()).toBe(false);
    await hops.refresh();
    expect(isTrusted()).toBe(true);
    expect(isTrusted('10.244.0.8')).toBe(false);
  });

  it('is read at once when a slice of its namespace changes, and of no other', async () => {
    const { hops, reads } = aScene();
    hops.changedIn('other');
    expect(reads).toEqual([]);
    hops.changedIn('ecase');
    expect(reads).toEqual(['ecase/ecase-0']);
  });

  it.each([
    ['whose pod lacks a label', () => aPod({ metadata: { labels: { app: 'other' } } } as never)],
    ['whose pod is on the network of its node', () => aPod({ spec: { hostNetwork: true } })],
    [
      'whose pod has another address',
      () => aPod({ status: { phase: 'Running', podIPs: [{ ip: '10.244.9.9' }] } }),
    ],
    ['whose pod has finished', () => aPod({ status: { phase: 'Failed', podIPs: [{ ip: hop }] } })],
  ])('is none, %s', async (_, pod) => {
    const { hops, pods, isTrusted } = aScene();
    await hops.refresh();
    pods.set('ecase/ecase-0', pod());
    await hops.refresh();
    expect(isTrusted()).toBe(false);
  });

  it('is none any more once its slice names it no more, without any reading', async () => {
    const { hops, state, isTrusted, reads } = aScene();
    await hops.refresh();
    const before = reads.length;
    state.slices = [aSlice([anEndpoint({ addresses: ['10.244.0.8'] })])];
    expect(isTrusted()).toBe(false);
    expect(reads).toHaveLength(before);
  });

  it('is none any more once its pod is gone', async () => {
    const { hops, pods, isTrusted } = aScene();
    await hops.refresh();
    pods.clear();
    await hops.refresh();
    expect(isTrusted()).toBe(false);
  });

  it('is none in another namespace, whatever its labels', async () => {
    const other = {
      ...network,
      trustedHopPods: [{ namespace: 'other', labels: [{ name: 'app', value: 'ecase' }] }],
    };
    const { hops, isTrusted, reads } = aScene(other);
    await hops.refresh();
    expect(isTrusted()).toBe(false);
    expect(reads).toEqual([]);
  });

  it('counts for a quarter of a minute while its pod cannot be read, and then no more', async () => {
    const { hops, state, isTrusted } = aScene();
    await hops.refresh();
    state.away = true;
    await expect(hops.refresh()).rejects.toThrow('away');
    expect(isTrusted()).toBe(true);
    state.now = 15_000;
    expect(isTrusted()).toBe(false);
  });

  it('is none of a policy that is read later and names other labels', async () => {
    const { hops, isTrusted } = aScene();
    await hops.refresh();
    const later = {
      ...network,
      trustedHopPods: [{ namespace: 'ecase', labels: [{ name: 'app', value: 'other' }] }],
    };
    expect(isTrusted(hop, later)).toBe(false);
    expect(isTrusted(hop, { ...network })).toBe(true);
    expect(isTrusted(hop, { ...network, exposure: 'Direct' })).toBe(false);
  });

  it('leaves a policy that names none as it is', () => {
    const { hops } = aScene();
    const plain: Network = { exposure: 'BehindProxy', trustedHops: ['10.0.0.0/24'] };
    expect(hops.inForce(plain)).toBe(plain);
    expect(hops.inForce(undefined)).toBeUndefined();
  });
});
