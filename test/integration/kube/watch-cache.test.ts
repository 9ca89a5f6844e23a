/**
 * A watch cache through everything that happens to servers and networks: killed, restarted, silent, forgetful. What it
 * must never do is lose a change, tell one twice, or not notice that it is blind.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createKubeClient } from '../../../kube/client.ts';
import { isAlreadyExists, isExpired, isNotFound, ServerUnreachable } from '../../../kube/errors.ts';
import type { KubeClient } from '../../../kube/kube-client.ts';
import type { KubeObject } from '../../../kube/objects.ts';
import { ConfigMaps } from '../../../kube/resources.ts';
import { type CacheChange, createWatchCache, type WatchCacheOptions } from '../../../kube/watch-cache.ts';
import type { OwnControlPlane } from '../../kit/control-plane/control-plane.ts';
import { eventually } from '../../kit/eventually.ts';
import { aNamespace } from '../../kit/namespaces.ts';
import { kubeconfigThrough, startTcpFaultProxy, type TcpFaultProxy } from '../../kit/tcp-fault-proxy.ts';
import { dedicatedControlPlane } from '../../kit/vitest/use-control-plane.ts';

interface ConfigMap extends KubeObject {
  data?: Record<string, string>;
}

let controlPlane: OwnControlPlane;
let proxy: TcpFaultProxy;
/** The test's hands, straight to the server. */
let direct: KubeClient;
/** What is under test, through a network that can break. */
let client: KubeClient;
let namespace: string;

beforeAll(async () => {
  controlPlane = await dedicatedControlPlane();
  proxy = await startTcpFaultProxy(controlPlane);
  direct = await createKubeClient({ kubeconfigPath: controlPlane.kubeconfig });
  client = await createKubeClient({ kubeconfigPath: kubeconfigThrough(proxy, controlPlane.kubeconfig) });
});

beforeEach(async () => {
  namespace = await aNamespace(controlPlane);
});

afterAll(async () => {
  await Promise.all([client.close(), direct.close()]);
  await proxy.stop();
});

/** A started cache of the labelled ConfigMaps of this test, with everything that it told. */
async function aCache(options: WatchCacheOptions<ConfigMap> = {}) {
  const told: string[] = [];
  const problems: unknown[] = [];
  const cache = createWatchCache<ConfigMap>(client, ConfigMaps, {
    namespace,
    labelSelector: 'of=test',
    onProblem: (problem) => problems.push(problem),
    ...options,
  });
  cache.onChange(({ type, object }: CacheChange<ConfigMap>) => told.push(`${type} ${object.metadata.name}`));
  cache.start();
  await cache.synced;
  return {
    cache,
    told,
    problems,
    names: () =>
      cache
        .list()
        .map((one) => one.metadata.name)
        .sort(),
  };
}

function configMap(name: string, data: Record<string, string> = {}) {
  return { metadata: { name, namespace, labels: { of: 'test' } }, data };
}

async function make(name: string, data: Record<string, string> = {}): Promise<ConfigMap> {
  return direct.create<ConfigMap>(ConfigMaps, configMap(name, data));
}

async function remove(name: string): Promise<void> {
  await direct.delete(ConfigMaps, { namespace, name });
}

describe('in good weather', () => {
  it('holds what is there, without the bookkeeping, and follows every change', async () => {
    const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': '{}', ours: 'kept' };
    const { metadata } = configMap('first');
    await direct.create(ConfigMaps, { metadata: { ...metadata, annotations }, data: { a: '1' } });
    const { cache, told } = await aCache({ indexers: { byData: (map) => Object.keys(map.data ?? {}) } });
    const held = cache.get(namespace, 'first');
    expect(held).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap', data: { a: '1' } });
    expect(held?.metadata).not.toHaveProperty('managedFields');
    expect(held?.metadata.annotations).toEqual({ ours: 'kept' });

    await make('second', { a: '1', b: '2' });
    const patch = { data: { a: null } };
    await direct.mergePatch(ConfigMaps, { namespace, name: 'first' }, { patch });
    await remove('second');
    await eventually(() => expect(told).toHaveLength(4));
    expect(told).toEqual(['added first', 'added second', 'updated first', 'deleted second']);
    expect(cache.byIndex('byData', 'a')).toEqual([]);
    await cache.stop();
  });

  it('forgets what no longer carries the label', async () => {
    await make('labelled');
    const { cache, told } = await aCache();
    const patch = { metadata: { labels: { of: 'other' } } };
    await direct.mergePatch(ConfigMaps, { namespace, name: 'labelled' }, { patch });
    await eventually(() => expect(told).toEqual(['added labelled', 'deleted labelled']));
    await cache.stop();
  });

  it('holds only metadata when that is enough', async () => {
    await make('secretive', { a: 'canary' });
    const { cache } = await aCache({ metadataOnly: true });
    await make('later', { a: 'canary' });
    await eventually(() => expect(cache.size).toBe(2));
    expect(JSON.stringify(cache.list())).not.toContain('canary');
    expect(cache.get(namespace, 'later')?.kind).toBe('ConfigMap');
    await cache.stop();
  });

  it('tells nothing twice although its watches end again and again', async () => {
    await make('steady');
    const { cache, told, problems } = await aCache({ reflector: { watchSeconds: { least: 1, most: 1 } } });
    for (let turn = 0; turn < 4; turn += 1) {
      const before = cache.lastSyncAt ?? 0;
      await eventually(() => expect(cache.lastSyncAt).toBeGreaterThan(before + 500));
      await make(`turn-${turn}`);
    }
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
    const { cache, told, problems } = await aCache();
    cache.onChange(() => {
      throw new Error('the listener is broken');
    });
    await make('one');
    await make('two');
    await eventually(() => expect(told).toEqual(['added one', 'added two']));
    expect(problems).toMatchObject([
      { message: 'the listener is broken' },
      { message: 'the listener is broken' },
    ]);
    await cache.stop();
  });

  it('after a stop tells nothing more, and after another start what it missed', async () => {
    await make('one');
    const { cache, told } = await aCache();
    const stopped = cache.stop();
    cache.start();
    await stopped;
    await cache.stop();
    await make('two');
    await remove('one');
    expect(told).toEqual(['added one']);
    cache.start();
    cache.start();
    await eventually(() => expect(told).toEqual(['added one', 'deleted one', 'added two']));
    await make('three');
    await eventually(() => expect(told).toContain('added three'));
    expect(told).toHaveLength(4);
    await cache.stop();
  });
});

describe('when the API server is killed and comes back in the middle of a watch', () => {
  it('no change is lost and none is told twice', async () => {
    const { cache, told, problems, names } = await aCache();
    const writing = writeThroughOutage();
    await eventually(() => expect(told.length).toBeGreaterThan(20));
    await controlPlane.killApiServer();
    await controlPlane.startApiServer();
    const expected = await writing;
    await eventually(() => expect(names()).toEqual(expected.kept), { within: 30_000 });
    expect(problems.length).toBeGreaterThan(0);
    for (const kind of ['added', 'deleted']) {
      const of = told.filter((line) => line.startsWith(kind));
      expect(of).toHaveLength(new Set(of).size);
    }
    for (const name of expected.kept) expect(told).toContain(`added ${name}`);
    // What was made and removed between two looks need not be told; what was told as added must be told as gone.
    for (const name of expected.removed) {
      expect(told.includes(`deleted ${name}`)).toBe(told.includes(`added ${name}`));
    }
    await cache.stop();
  });

  /** Makes 150 objects and removes every third, insisting on each write until the server has taken it. */
  async function writeThroughOutage(): Promise<{ kept: string[]; removed: string[] }> {
    const kept: string[] = [];
    const removed: string[] = [];
    for (let at = 0; at < 150; at += 1) {
      const name = `object-${String(at).padStart(3, '0')}`;
      await insist(() => make(name), isAlreadyExists);
      if (at % 3 === 0) await insist(() => remove(name), isNotFound);
      (at % 3 === 0 ? removed : kept).push(name);
    }
    return { kept, removed };
  }

  async function insist(write: () => Promise<unknown>, done: (error: unknown) => boolean): Promise<void> {
    const look = () =>
      write().catch((error: unknown) => (done(error) ? undefined : Promise.reject(error as Error)));
    await eventually(look, { within: 40_000, every: 20 });
  }
});

describe('when its version is too old', () => {
  it('the server says 410, and what changed meanwhile is told once, deletions and another uid included', async () => {
    const data = { a: '1' };
    for (const name of ['same', 'changed', 'removed', 'reborn']) await make(name, data);
    const { cache, told, problems } = await aCache({ reflector: { backoff: { firstMs: 50, mostMs: 500 } } });
    told.length = 0;
    await proxy.refuse();
    proxy.cut();
    const patch = { data: { a: '2' } };
    await direct.mergePatch(ConfigMaps, { namespace, name: 'changed' }, { patch });
    await remove('removed');
    await remove('reborn');
    await make('reborn', data);
    await make('new', data);
    // A new API server remembers no changes from before its start, so it cannot go on from our version.
    await controlPlane.killApiServer();
    await controlPlane.startApiServer();
    await proxy.pass();
    await eventually(() => expect(told).toContain('added new'), { within: 40_000 });
    expect([...told].sort()).toEqual([
      'added new',
      'added reborn',
      'deleted reborn',
      'deleted removed',
      'updated changed',
    ]);
    expect(told.indexOf('deleted reborn')).toBeLessThan(told.indexOf('added reborn'));
    expect(problems.some(isExpired)).toBe(true);
    await cache.stop();
  });

  it('a watch from the beginning of time is refused with 410', async () => {
    const options = {
      namespace,
      resourceVersion: '1',
      timeoutSeconds: 5,
      signal: new AbortController().signal,
    };
    const watched = async () => {
      for await (const _ of await client.watch(ConfigMaps, options)) return 'an event';
      return 'an end';
    };
    await expect(watched()).rejects.toSatisfy(isExpired);
  });
});

describe('when the connection is half open', () => {
  it('the silence is noticed, and the change that it hid is told', async () => {
    await make('before');
    const reflector = { silenceMs: 1500, watchSeconds: { least: 300, most: 300 } };
    const { cache, told, problems } = await aCache({ reflector });
    const connections = proxy.connections();
    proxy.silence();
    await make('hidden');
    const isSilence = (problem: unknown) =>
      problem instanceof ServerUnreachable && problem.code === 'DEADLINE';
    await eventually(() => expect(problems.some(isSilence)).toBe(true));
    expect(told).toEqual(['added before']);
    expect(cache.silentForMs()).toBeGreaterThan(1400);
    proxy.cut();
    await proxy.pass();
    await eventually(() => expect(told).toEqual(['added before', 'added hidden']), { within: 20_000 });
    expect(connections).toBeGreaterThan(0);
    await cache.stop();
  });

  it('a request gives up at its deadline and the next one works', async () => {
    await make('asked');
    await controlPlane.pauseApiServer();
    const asked = client.get(ConfigMaps, { namespace, name: 'asked' }, { deadlineMs: 500 });
    await expect(asked).rejects.toMatchObject({ name: 'ServerUnreachable', code: 'DEADLINE' });
    await controlPlane.resumeApiServer();
    await client.get(ConfigMaps, { namespace, name: 'asked' }, { deadlineMs: 10_000 });
  });
});

describe('when the API server is away at the start', () => {
  it('the first list comes as soon as it is back', async () => {
    await make('waiting');
    await proxy.refuse();
    proxy.cut();
    const problems: unknown[] = [];
    const cache = createWatchCache<ConfigMap>(client, ConfigMaps, {
      namespace,
      labelSelector: 'of=test',
      onProblem: (problem) => problems.push(problem),
    });
    cache.start();
    await eventually(() => expect(problems.length).toBeGreaterThan(0));
    expect(cache.isSynced).toBe(false);
    expect(cache.silentForMs()).toBe(Number.POSITIVE_INFINITY);
    await proxy.pass();
    await cache.synced;
    expect(cache.list()).toHaveLength(1);
    await cache.stop();
  });

  it('whoever waits for the first list is told when there will be none', async () => {
    await proxy.refuse();
    proxy.cut();
    const cache = createWatchCache<ConfigMap>(client, ConfigMaps, { namespace });
    cache.start();
    await cache.stop();
    await expect(cache.synced).rejects.toThrow('before its first list');
    await proxy.pass();
  });
});
