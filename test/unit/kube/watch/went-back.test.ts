/** What a new list says of the server's data: later as ever, or of an earlier moment. */
import { describe, expect, it } from 'vitest';
import type { WatchOptions } from '../../../../kube/api/watch-stream.ts';
import type { KubeObject } from '../../../../kube/objects.ts';
import { Secrets } from '../../../../kube/resources.ts';
import { WatchCache } from '../../../../kube/watch/watch-cache.ts';
import { wentBack } from '../../../../kube/watch/went-back.ts';
import { aStepClock } from '../../../kit/clock/step-clock.ts';

type State = readonly [name: string, version: string, uid?: string];

const anObject = ([name, resourceVersion, uid = name]: State): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, namespace: 'ns', uid, resourceVersion },
});

function isSeen(
  held: readonly State[],
  items: readonly State[],
  at: { listed: string; reached?: string },
): boolean {
  const copy = new Map(held.map((state) => [state[0], anObject(state)]));
  const { listed, reached } = at;
  return wentBack(items.map(anObject), { listed, reached }, ({ metadata }) => copy.get(metadata.name));
}

describe('a list', () => {
  const held: readonly State[] = [
    ['a', '10'],
    ['b', '20'],
  ];

  it.each<[string, readonly State[], string, boolean]>([
    ['of what is known', held, '20', false],
    ['of an earlier version', held, '19', true],
    [
      'with a change',
      [
        ['a', '10'],
        ['b', '21'],
      ],
      '21',
      false,
    ], // prettier-ignore
    ['with an object made since', [...held, ['c', '21']], '21', false],
    ['with one gone', [['a', '10']], '21', false],
    [
      'with one as it was before',
      [
        ['a', '10'],
        ['b', '15'],
      ],
      '900',
      true,
    ],
    ['with one that was deleted before', [...held, ['c', '12']], '900', true],
    [
      'with one that has the version, and is another',
      [
        ['a', '10', 'other'],
        ['b', '20'],
      ],
      '900',
      true,
    ],
  ])('%s', (_title, items, listed, expected) => {
    expect(isSeen(held, items, { listed, reached: '20' })).toBe(expected);
  });

  it('says nothing where there was no copy, or versions are no numbers', () => {
    expect(isSeen([], [['a', '10']], { listed: '20' })).toBe(false);
    expect(isSeen([], [['a', '10']], { listed: 'x', reached: 'y' })).toBe(false);
  });
});

async function* silence(signal: AbortSignal): AsyncGenerator<never> {
  const aborted = Promise.withResolvers<never>();
  signal.addEventListener('abort', () => aborted.reject(signal.reason as Error));
  yield await aborted.promise;
}

/** A server whose first watch breaks, and whose second list is another one. */
function aServer(lists: readonly (readonly State[])[], versions: readonly string[]) {
  const state = { lists: 0 };
  return {
    list: async () => {
      const items = (lists[state.lists] ?? []).map(anObject);
      const resourceVersion = versions[state.lists] ?? '0';
      state.lists += 1;
      return { items, resourceVersion };
    },
    versionOf: async () => '0',
    watch: async (_: unknown, { signal }: WatchOptions) => {
      if (state.lists === 1) throw new Error('the connection broke');
      return silence(signal);
    },
  };
}

describe('a cache of a server whose data went back', () => {
  const lists: readonly (readonly State[])[] = [[['a', '10', 'new']], [['a', '10', 'old']]];

  async function followed(onWentBack: (cache: WatchCache<KubeObject>) => void) {
    const clock = aStepClock();
    const told: string[] = [];
    const cache: WatchCache<KubeObject> = new WatchCache(aServer(lists, ['20', '15']) as never, Secrets, {
      clock,
      onWentBack: () => onWentBack(cache),
    });
    cache.start();
    await cache.synced;
    cache.onChange(({ type, object }) => told.push(`${type} ${object.metadata.uid}`));
    await clock.step(10_000);
    return { told, cache };
  }

  it('takes in also what has a version that it knows', async () => {
    const { told, cache } = await followed(() => undefined);
    expect(told).toEqual(['deleted new', 'added old']);
    await cache.stop();
  });

  it('takes in nothing where it is stopped when it says so', async () => {
    const { told, cache } = await followed((one) => void one.stop());
    expect(told).toEqual([]);
    expect(cache.get('ns', 'a')?.metadata.uid).toBe('new');
  });
});
