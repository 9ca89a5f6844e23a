/** What a watch cache holds and tells in good weather, on a real server. */
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { KubeClient } from '../../../kube/api/client.ts';
import { createKubeClient } from '../../../kube/api/create-client.ts';
import { ConfigMaps } from '../../../kube/resources.ts';
import type { WatchCacheOptions } from '../../../kube/watch/watch-cache.ts';
import { eventually } from '../../kit/clock/eventually.ts';
import type { ControlPlane } from '../../kit/control-plane/control-plane.ts';
import { aNamespace } from '../../kit/control-plane/namespaces.ts';
import { useControlPlane } from '../../kit/vitest/use-control-plane.ts';
import { type ConfigMap, configMapsIn } from './config-maps.ts';

let controlPlane: ControlPlane;
let client: KubeClient;
let direct: KubeClient;
let namespace: string;
let maps: ReturnType<typeof configMapsIn>;

beforeAll(async () => {
  controlPlane = await useControlPlane();
  client = await createKubeClient({ kubeconfigPath: controlPlane.kubeconfig });
  direct = await createKubeClient({ kubeconfigPath: controlPlane.kubeconfig });
});

beforeEach(async () => {
  namespace = await aNamespace(controlPlane);
  maps = configMapsIn({ direct, client, namespace });
});

afterAll(async () => {
  await Promise.all([client.close(), direct.close()]);
});

async function started(options: WatchCacheOptions<ConfigMap> = {}) {
  const scene = maps.aCache(options);
  await scene.started();
  return scene;
}

describe('a watch cache', () => {
  it('holds what is there, without the bookkeeping, and follows every change', async () => {
    const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': '{}', ours: 'kept' };
    const { metadata } = maps.configMap('first');
    await direct.create(ConfigMaps, { metadata: { ...metadata, annotations }, data: { a: '1' } });
    const { cache, told } = await started({ indexers: { byData: (map) => Object.keys(map.data ?? {}) } });
    const held = cache.get(namespace, 'first');
    expect(held).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap', data: { a: '1' } });
    expect(held?.metadata).not.toHaveProperty('managedFields');
    expect(held?.metadata.annotations).toEqual({ ours: 'kept' });

    await maps.make('second', { a: '1', b: '2' });
    const patch = { data: { a: null } };
    await maps.change('first', patch);
    await maps.remove('second');
    await eventually(() => expect(told).toHaveLength(4));
    expect(told).toEqual(['added first', 'added second', 'updated first', 'deleted second']);
    expect(cache.byIndex('byData', 'a')).toEqual([]);
    await cache.stop();
  });

  it('forgets what no longer carries the label', async () => {
    await maps.make('labelled');
    const { cache, told } = await started();
    const patch = { metadata: { labels: { of: 'other' } } };
    await maps.change('labelled', patch);
    await eventually(() => expect(told).toEqual(['added labelled', 'deleted labelled']));
    await cache.stop();
  });

  it('holds only metadata when that is enough', async () => {
    await maps.make('secretive', { a: 'canary' });
    const { cache } = await started({ metadataOnly: true });
    await maps.make('later', { a: 'canary' });
    await eventually(() => expect(cache.size).toBe(2));
    expect(JSON.stringify(cache.list())).not.toContain('canary');
    expect(cache.get(namespace, 'later')?.kind).toBe('ConfigMap');
    await cache.stop();
  });

  it('tells nothing twice although its watches end again and again', async () => {
    await maps.make('steady');
    const watched = vi.spyOn(client, 'watch');
    const { cache, told, problems } = await started({ reflector: { watchSeconds: { least: 1, most: 1 } } });
    for (let turn = 0; turn < 4; turn += 1) {
      const before = watched.mock.calls.length;
      await eventually(() => expect(watched.mock.calls.length).toBeGreaterThan(before));
      await maps.make(`turn-${turn}`);
    }
    watched.mockRestore();
    await eventually(() => expect(told).toHaveLength(5));
    expect(told).toEqual(['added steady', 'added turn-0', 'added turn-1', 'added turn-2', 'added turn-3']);
    expect(problems).toEqual([]);
    await cache.stop();
  });

  it('learns how far the server is by bookmarks while nothing changes in its own selection', async () => {
    const elsewhere = await aNamespace(controlPlane);
    const other = { metadata: { generateName: 'other-', namespace: elsewhere } };
    const asked = new AbortController();
    const { resourceVersion } = await client.list(ConfigMaps, { namespace });
    const options = { namespace, resourceVersion, timeoutSeconds: 6, signal: asked.signal };
    const watch = await client.watch(ConfigMaps, options);
    const changing = setInterval(() => void direct.create(ConfigMaps, other).catch(() => undefined), 500);
    const seen: string[] = [];
    for await (const event of watch) {
      seen.push(event.type);
      if (event.type !== 'BOOKMARK') continue;
      expect(Number(event.resourceVersion)).toBeGreaterThan(Number(resourceVersion));
    }
    clearInterval(changing);
    expect(new Set(seen)).toEqual(new Set(['BOOKMARK']));
  });

  it('goes on when a listener throws', async () => {
    const { cache, told, problems } = await started();
    cache.onChange(() => {
      throw new Error('the listener is broken');
    });
    await maps.make('one');
    await maps.make('two');
    await eventually(() => expect(told).toEqual(['added one', 'added two']));
    expect(problems).toMatchObject([
      { message: 'the listener is broken' },
      { message: 'the listener is broken' },
    ]);
    await cache.stop();
  });

  it('after a stop tells nothing more, and after another start what it missed', async () => {
    await maps.make('one');
    const { cache, told } = await started();
    const stopped = cache.stop();
    cache.start();
    await stopped;
    await cache.stop();
    await maps.make('two');
    await maps.remove('one');
    expect(told).toEqual(['added one']);
    cache.start();
    cache.start();
    await eventually(() => expect(told).toEqual(['added one', 'deleted one', 'added two']));
    await maps.make('three');
    await eventually(() => expect(told).toContain('added three'));
    expect(told).toHaveLength(4);
    await cache.stop();
  });
});
