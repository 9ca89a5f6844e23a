/**
 * A watch cache through everything that happens to servers and networks: killed, restarted, silent, forgetful. What it
 * must never do is lose a change, tell one twice, or not notice that it is blind.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { KubeClient } from '../../../kube/api/client.ts';
import { createKubeClient } from '../../../kube/api/create-client.ts';
import { isAlreadyExists, isExpired, isNotFound, ServerUnreachable } from '../../../kube/errors.ts';
import { ConfigMaps } from '../../../kube/resources.ts';
import type { WatchCacheOptions } from '../../../kube/watch/watch-cache.ts';
import { eventually } from '../../kit/clock/eventually.ts';
import type { OwnControlPlane } from '../../kit/control-plane/control-plane.ts';
import { aNamespace } from '../../kit/control-plane/namespaces.ts';
import {
  kubeconfigThrough,
  startTcpFaultProxy,
  type TcpFaultProxy,
} from '../../kit/control-plane/tcp-fault-proxy.ts';
import { dedicatedControlPlane } from '../../kit/vitest/use-control-plane.ts';
import { type ConfigMap, configMapsIn } from './config-maps.ts';

let controlPlane: OwnControlPlane;
let proxy: TcpFaultProxy;
/** The test's own client, straight to the server. */
let direct: KubeClient;
/** What is under test, through a network that can break. */
let client: KubeClient;
let namespace: string;
let maps: ReturnType<typeof configMapsIn>;

beforeAll(async () => {
  controlPlane = await dedicatedControlPlane();
  proxy = await startTcpFaultProxy(controlPlane);
  direct = await createKubeClient({ kubeconfigPath: controlPlane.kubeconfig });
  client = await createKubeClient({ kubeconfigPath: kubeconfigThrough(proxy, controlPlane.kubeconfig) });
});

beforeEach(async () => {
  namespace = await aNamespace(controlPlane);
  maps = configMapsIn({ direct, client, namespace });
});

afterAll(async () => {
  await Promise.all([client.close(), direct.close()]);
  await proxy.stop();
});

async function started(options: WatchCacheOptions<ConfigMap> = {}) {
  const scene = maps.aCache(options);
  await scene.started();
  return scene;
}

describe('when the API server is killed and comes back in the middle of a watch', () => {
  it('no change is lost and none is told twice', async () => {
    const { cache, told, problems, names } = await started();
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
    for (const name of expected.removed)
      expect(told.includes(`deleted ${name}`)).toBe(told.includes(`added ${name}`));

    await cache.stop();
  });

  /** Makes 150 objects and removes every third, insisting on each write until the server has taken it. */
  async function writeThroughOutage(): Promise<{ kept: string[]; removed: string[] }> {
    const kept: string[] = [];
    const removed: string[] = [];
    for (let at = 0; at < 150; at += 1) {
      const name = `object-${String(at).padStart(3, '0')}`;
      await insist(() => maps.make(name), isAlreadyExists);
      if (at % 3 === 0) await insist(() => maps.remove(name), isNotFound);
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
  it('since the server was away, it lists anew, and what changed meanwhile is told once, deletions and another uid included', async () => {
    const data = { a: '1' };
    for (const name of ['same', 'changed', 'removed', 'reborn']) await maps.make(name, data);
    const { cache, told, problems } = await started({ reflector: { backoff: { firstMs: 50, mostMs: 500 } } });
    told.length = 0;
    await proxy.refuse();
    proxy.cut();
    const patch = { data: { a: '2' } };
    await maps.change('changed', patch);
    await maps.remove('removed');
    await maps.remove('reborn');
    await maps.make('reborn', data);
    await maps.make('new', data);
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
    // By a list at once: a server that was away may be back with older data, where a watch would be silent.
    expect(problems.some((problem) => problem instanceof ServerUnreachable)).toBe(true);
    expect(problems.some(isExpired)).toBe(false);
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
    await maps.make('before');
    const reflector = { silenceMs: 1500, watchSeconds: { least: 300, most: 300 } };
    const { cache, told, problems } = await started({ reflector });
    const connections = proxy.connections();
    proxy.silence();
    await maps.make('hidden');
    const isSilence = (problem: unknown) =>
      problem instanceof ServerUnreachable && problem.code === 'DEADLINE';
    await eventually(() => expect(problems.some(isSilence)).toBe(true));
    expect(told).toEqual(['added before']);
    proxy.cut();
    await proxy.pass();
    await eventually(() => expect(told).toEqual(['added before', 'added hidden']), { within: 20_000 });
    expect(connections).toBeGreaterThan(0);
    await cache.stop();
  });

  it('a request gives up at its deadline and the next one works', async () => {
    await maps.make('asked');
    await controlPlane.pauseApiServer();
    const startedAt = performance.now();
    const asked = client.get(ConfigMaps, { namespace, name: 'asked' }, { deadlineMs: 500 });
    await expect(asked).rejects.toMatchObject({ name: 'ServerUnreachable', code: 'DEADLINE' });
    expect(performance.now() - startedAt).toBeLessThan(2000);
    await controlPlane.resumeApiServer();
    await client.get(ConfigMaps, { namespace, name: 'asked' }, { deadlineMs: 10_000 });
  });
});

describe('when the API server is away at the start', () => {
  it('the first list comes as soon as it is back', async () => {
    await maps.make('waiting');
    await proxy.refuse();
    proxy.cut();
    const { cache, problems } = maps.aCache();
    cache.start();
    await eventually(() => expect(problems.length).toBeGreaterThan(0));
    expect(cache.isSynced).toBe(false);
    expect(cache.list()).toEqual([]);
    await proxy.pass();
    await cache.synced;
    expect(cache.list()).toHaveLength(1);
    await cache.stop();
  });

  it('whoever waits for the first list is told when there will be none', async () => {
    await proxy.refuse();
    proxy.cut();
    const { cache } = maps.aCache();
    cache.start();
    await cache.stop();
    await expect(cache.synced).rejects.toThrow('before its first list');
    await proxy.pass();
  });
});
