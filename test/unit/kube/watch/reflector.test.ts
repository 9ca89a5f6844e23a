import { describe, expect, it } from 'vitest';
import type { KubeClient } from '../../../../kube/api/client.ts';
import type { WatchEvent, WatchOptions } from '../../../../kube/api/watch-stream.ts';
import { KubeError } from '../../../../kube/errors.ts';
import type { KubeObject } from '../../../../kube/objects.ts';
import { ConfigMaps } from '../../../../kube/resources.ts';
import { reflect, type Sink } from '../../../../kube/watch/reflector.ts';
import type { ListedAt } from '../../../../kube/watch/went-back.ts';
import { aStepClock } from '../../../kit/clock/step-clock.ts';

type Event = WatchEvent<KubeObject>;

function anObject(name: string, version: string): KubeObject {
  const metadata = { name, namespace: 'ns', uid: name, resourceVersion: version };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata };
}

function added(name: string, version: string): Event {
  return { type: 'ADDED', object: anObject(name, version) };
}

/** A server whose watches play a script: each its events and then its end, the last one staying open. */
function aScene(
  watches: readonly (readonly (Event | Error)[])[],
  { holdList = false, versions = [] }: { holdList?: boolean; versions?: string[] } = {},
) {
  const clock = aStepClock();
  const stop = new AbortController();
  const seen: string[] = [];
  const problems: unknown[] = [];
  const at: ListedAt[] = [];
  const state = { lists: 0, watches: 0, putFails: false, asked: 0 };
  const listGate = Promise.withResolvers<void>();

  async function* play(script: readonly (Event | Error)[], isLast: boolean, signal: AbortSignal) {
    for (const event of script) {
      if (event instanceof Error) throw event;
      yield event;
    }
    if (!isLast) return;
    await new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error));
    });
  }

  const client = {
    list: async () => {
      state.lists += 1;
      if (holdList) await listGate.promise;
      return { items: [anObject('listed', '1')], resourceVersion: String(state.lists * 100) };
    },
    versionOf: async () => {
      state.asked += 1;
      return versions.shift() ?? '1000';
    },
    watch: async (_: unknown, { resourceVersion, signal }: WatchOptions) => {
      seen.push(`watch from ${resourceVersion}`);
      const script = watches[state.watches] ?? [];
      state.watches += 1;
      return play(script, state.watches >= watches.length, signal);
    },
  } as unknown as KubeClient;

  const sink: Sink<KubeObject> = {
    replace: (objects, listed) => {
      seen.push(`list of ${objects.length}`);
      at.push(listed);
    },
    put: ({ metadata }) => {
      if (state.putFails) throw new Error('the copy is broken');
      seen.push(`put ${metadata.name}`);
    },
    remove: ({ metadata }) => seen.push(`remove ${metadata.name}`),
  };
  const onProblem = (problem: unknown) => problems.push(problem);
  const ended = reflect({
    client,
    resource: ConfigMaps,
    selection: {},
    sink,
    clock,
    signal: stop.signal,
    onProblem,
    settings: { silenceMs: 5000 },
  });
  return { clock, seen, at, problems, state, listGate, ended, stop: () => stop.abort(new Error('stopped')) };
}

describe('a copy', () => {
  it('goes on from the last event or bookmark that it saw', async () => {
    const bookmark: Event = { type: 'BOOKMARK', resourceVersion: '170' };
    const scene = aScene([[added('a', '150')], [bookmark], []]);
    await scene.clock.step(0);
    expect(scene.seen).toEqual(['list of 1', 'watch from 100', 'put a', 'watch from 150', 'watch from 170']);
    scene.stop();
    await scene.ended;
  });

  it('lists anew after 410, in the middle of a stream too', async () => {
    const expired = new KubeError({ method: 'WATCH', path: '/', status: 410, body: '' });
    const scene = aScene([[added('a', '150'), expired], []]);
    await scene.clock.step(0);
    expect(scene.seen).toEqual(['list of 1', 'watch from 100', 'put a', 'list of 1', 'watch from 200']);
    expect(scene.problems).toEqual([expired]);
    scene.stop();
    await scene.ended;
  });

  it('lists anew after five watches in a row that were empty and over at once', async () => {
    const scene = aScene([[], [], [], [], [], []]);
    await scene.clock.step(120_000);
    expect(scene.seen.filter((line) => line.startsWith('list'))).toHaveLength(2);
    expect(scene.seen.at(-1)).toBe('watch from 200');
    scene.stop();
    await scene.ended;
  });

  it('lists anew, not at once, when it could not take an event in', async () => {
    const scene = aScene([[added('bad', '150')], []]);
    scene.state.putFails = true;
    await scene.clock.step(700);
    expect(scene.state.lists).toBe(1);
    expect(scene.problems).toMatchObject([{ message: 'the copy is broken' }]);
    scene.state.putFails = false;
    await scene.clock.step(1000);
    expect(scene.seen).toEqual(['list of 1', 'watch from 100', 'list of 1', 'watch from 200']);
    scene.stop();
    await scene.ended;
  });

  it.each([
    [4999, 1],
    [5000, 2],
    [5001, 2],
  ])('after %i ms of silence on a connection it has opened %i', async (passed, watches) => {
    const scene = aScene([[]]);
    await scene.clock.step(passed);
    expect(scene.state.watches).toBe(watches);
    scene.stop();
    await scene.ended;
  });
});

describe('a copy of a server whose data went back', () => {
  it('asks for the version of the collection where it goes on, and lists anew where that is an earlier one', async () => {
    const scene = aScene([[added('a', '150')], []], { versions: ['149'] });
    await scene.clock.step(0);
    const before = ['list of 1', 'watch from 100', 'put a', 'watch from 150'];
    expect(scene.seen).toEqual([...before, 'list of 1', 'watch from 200']);
    expect(scene.problems).toMatchObject([{ name: 'ServerWentBack' }]);
    expect(scene.state.asked).toBe(1);
    scene.stop();
    await scene.ended;
  });

  it('goes on where the version is the one that it has, or a later one', async () => {
    const scene = aScene([[added('a', '150')], [added('b', '151')], []], { versions: ['150', '160'] });
    await scene.clock.step(0);
    expect(scene.state).toMatchObject({ asked: 2, lists: 1, watches: 3 });
    scene.stop();
    await scene.ended;
  });

  it('says with each list up to which version the copy was true', async () => {
    const lost = new Error('the connection broke');
    const scene = aScene([[added('a', '150'), lost], [lost], []]);
    await scene.clock.step(5000);
    expect(scene.at).toEqual([
      { listed: '100', reached: undefined },
      { listed: '200', reached: '150' },
      { listed: '300', reached: '200' },
    ]);
    scene.stop();
    await scene.ended;
  });
});

describe('a copy that is stopped', () => {
  it('during its list, neither tells the list nor opens a watch', async () => {
    const scene = aScene([[]], { holdList: true });
    await scene.clock.step(0);
    expect(scene.state.lists).toBe(1);
    scene.stop();
    scene.listGate.resolve();
    await scene.ended;
    expect(scene.seen).toEqual([]);
  });

  it('keeps no timer', async () => {
    const scene = aScene([[]]);
    await scene.clock.step(1000);
    scene.stop();
    await scene.ended;
    expect(scene.clock.waiting).toBe(0);
  });
});
