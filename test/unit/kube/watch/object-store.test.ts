import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../../kube/objects.ts';
import { ObjectStore } from '../../../../kube/watch/object-store.ts';

interface Person extends KubeObject {
  readonly friends?: readonly string[];
}

function aPerson(name: string, more: { uid?: string; version?: string; friends?: string[] } = {}): Person {
  const { uid = `uid-${name}`, version = '1', friends = [] } = more;
  const metadata = { name, namespace: 'ns', uid, resourceVersion: version };
  return { apiVersion: 'v1', kind: 'Person', metadata, friends };
}

function aStore(...people: Person[]): ObjectStore<Person> {
  const store = new ObjectStore<Person>({ friend: (person) => person.friends ?? [] });
  store.replace(people);
  return store;
}

function told(changes: ReturnType<ObjectStore<Person>['put']>): string[] {
  return changes.map(({ type, object }) => `${type} ${object.metadata.name} ${object.metadata.uid}`);
}

describe('an event', () => {
  it('adds, updates and deletes, each with what was there before', () => {
    const store = aStore();
    const [first, second] = [aPerson('ada'), aPerson('ada', { version: '2' })];
    expect(store.put(first)).toEqual([{ type: 'added', object: first }]);
    expect(store.put(second)).toEqual([{ type: 'updated', object: second, old: first }]);
    const last = aPerson('ada', { version: '3' });
    expect(store.remove(last)).toEqual([{ type: 'deleted', object: last, old: second }]);
    expect(store.get('ns', 'ada')).toBeUndefined();
  });

  it('that is seen twice changes nothing the second time', () => {
    const store = aStore(aPerson('ada'));
    expect(store.put(aPerson('ada'))).toEqual([]);
    store.remove(aPerson('ada'));
    expect(store.remove(aPerson('ada'))).toEqual([]);
  });

  it('with another uid under the same name is a deletion and an addition', () => {
    const store = aStore(aPerson('ada'));
    const reborn = aPerson('ada', { uid: 'another', version: '9' });
    expect(told(store.put(reborn))).toEqual(['deleted ada uid-ada', 'added ada another']);
    expect(store.get('ns', 'ada')).toBe(reborn);
  });
});

describe('a new list', () => {
  it('tells what changed while nobody watched, deletions first, and nothing else', () => {
    const store = aStore(aPerson('ada'), aPerson('bob'), aPerson('cyd'), aPerson('dan'));
    const changes = store.replace([
      aPerson('ada'),
      aPerson('bob', { version: '2' }),
      aPerson('dan', { uid: 'another', version: '7' }),
      aPerson('eve'),
    ]);
    expect(told(changes)).toEqual([
      'deleted cyd uid-cyd',
      'updated bob uid-bob',
      'deleted dan uid-dan',
      'added dan another',
      'added eve uid-eve',
    ]);
    expect(store.size).toBe(4);
  });
});

describe('an index', () => {
  it('follows every change of its keys', () => {
    const names = (key: string) => store.byIndex('friend', key).map((person) => person.metadata.name);
    const store = aStore(aPerson('ada', { friends: ['x', 'y'] }), aPerson('bob', { friends: ['x'] }));
    expect(names('x')).toEqual(['ada', 'bob']);
    store.put(aPerson('ada', { friends: ['y'], version: '2' }));
    expect(names('x')).toEqual(['bob']);
    expect(names('y')).toEqual(['ada']);
    store.remove(aPerson('bob'));
    expect(names('x')).toEqual([]);
    store.replace([]);
    expect(names('y')).toEqual([]);
  });

  it('that nobody declared is an error, not an empty answer', () => {
    expect(() => aStore().byIndex('enemy', 'x')).toThrow('no index "enemy"');
  });
});
