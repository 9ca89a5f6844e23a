import { describe, expect, it } from 'vitest';
import type { SupportSession } from '../../../../../crds/generated/support-session.ts';
import { kinds } from '../../../../../crds/kinds.ts';
import { endOfSession } from '../../../../../crds/rules/access.ts';
import { parseAddress } from '../../../../../crds/rules/address/address.ts';
import type { KubeObject } from '../../../../../kube/objects.ts';
import { ObjectStore } from '../../../../../kube/watch/object-store.ts';
import type { ReadWorld } from '../../../../../webhook/gateway/decisions/decision.ts';
import { createSeenWorlds } from '../../../../../webhook/gateway/decisions/seen-worlds.ts';
import { SessionEnds } from '../../../../../webhook/gateway/decisions/session-ends.ts';
import { aStepClock } from '../../../../kit/clock/step-clock.ts';
import { anApplication } from '../../../../kit/objects/application.ts';
import { noon } from '../../../../kit/objects/ask.ts';
import { aGrant, fromAddresses, opened } from '../../../../kit/objects/grant.ts';
import { aLock } from '../../../../kit/objects/lock.ts';
import { aMatrix } from '../../../../kit/objects/matrix.ts';
import { metadataOf, named, withMetadata, withSpec } from '../../../../kit/objects/object.ts';
import { aPolicy, switchedOff, withSession } from '../../../../kit/objects/policy.ts';
import { watched } from '../../../../kit/objects/release.ts';
import { aService, withServiceMetadata, withServiceSpec } from '../../../../kit/objects/service.ts';
import { aSession } from '../../../../kit/objects/session.ts';
import { aUser, aUserNamed, deactivated } from '../../../../kit/objects/user.ts';

const minute = 60_000;

/** The gateway's ends of sessions over a cluster that the test writes; reads say what is there at that moment. */
function aCluster({ isStale = false } = {}) {
  const clock = aStepClock(noon);
  const stored = new Map(
    [...Object.keys(kinds), 'Service'].map((kind) => [kind, new ObjectStore<KubeObject>()]),
  );
  const lists = { over: [] as string[], gone: [] as unknown[], failed: [] as string[] };
  const state = { version: 100, away: false, reads: 0, ...lists };
  const storeOf = (kind: string): ObjectStore<KubeObject> => stored.get(kind) ?? new ObjectStore();
  const sessions = () => storeOf('SupportSession').list() as unknown as SupportSession[];
  const worlds = createSeenWorlds((kind, namespace, name) => storeOf(kind).get(namespace, name), watched());
  const endIn = ({ session: object, ...world }: ReadWorld) =>
    object &&
    endOfSession({
      ...world,
      now: clock.now(),
      address: parseAddress(object.spec.boundAddress),
      session: { object, sealValid: true, secretMatches: true },
    });
  const ends: SessionEnds = new SessionEnds({
    sessions,
    worlds,
    judge: {
      endIn,
      readAgain: (session) => {
        state.reads += 1;
        const found = storeOf('SupportSession').get(session.metadata.namespace, session.metadata.name);
        const world = worlds.of(session);
        // What the watches hold lags behind: the server says that the policy is on.
        const now = isStale ? { ...world, policy: aPolicy() } : world;
        return state.away
          ? Promise.reject(new Error('away'))
          : Promise.resolve({ ...now, session: found as unknown as SupportSession });
      },
    },
    end: (session, reason) => {
      if (state.away) return Promise.reject(new Error('away'));
      state.over.push(`${session.metadata.name}: ${reason}`);
      remove(session);
      return Promise.resolve();
    },
    onGone: (session, reason) => state.gone.push([session.metadata.name, reason]),
    clock,
    onFailure: (handle) => state.failed.push(handle),
  });
  const put = (...objects: readonly object[]): void => {
    for (const object of objects as KubeObject[]) {
      state.version += 1;
      const metadata = { ...object.metadata, resourceVersion: String(state.version) };
      for (const change of storeOf(object.kind).put({ ...object, metadata })) ends.onSeen(change);
    }
  };
  const remove = (object: object): void => {
    const { kind, metadata } = object as KubeObject;
    const found = storeOf(kind).get(metadata.namespace, metadata.name);
    if (found === undefined) return;
    state.version += 1;
    const last = { ...found, metadata: { ...found.metadata, resourceVersion: String(state.version) } };
    for (const change of storeOf(kind).remove(last)) ends.onSeen(change);
  };
  put(aPolicy(), aGrant(opened()), aUser(), anApplication(), aMatrix(), aService());
  return { ends, clock, state, put, remove };
}

async function aQuietSession(...given: Parameters<typeof aCluster>) {
  const cluster = aCluster(...given);
  cluster.put(aSession());
  await cluster.ends.judgeAll();
  return cluster;
}

const toOtherPods = withServiceSpec({ selector: { app: 'mine' } });
const closed = aGrant(opened(), withSpec({ access: 'Disabled' }));

describe('a session whose person keeps still', () => {
  type Cluster = Awaited<ReturnType<typeof aQuietSession>>;
  it.each<[string, string, (cluster: Cluster) => void]>([
    ['a lock', 'Locked', ({ put, remove }) => [aLock('all')].forEach((lock) => [put(lock), remove(lock)])],
    ['the policy', 'PolicyDisabled', ({ put }) => put(aPolicy(switchedOff()), aPolicy())],
    ['the grant', 'Disabled', ({ put }) => put(closed, aGrant(opened()))],
    ['the grant’s deletion', 'NoGrant', ({ put, remove }) => [remove(aGrant()), put(aGrant(opened()))]],
    [
      'its window',
      'Expired',
      ({ put }) => {
        put(aGrant(opened(), withSpec({ expirationTime: '2026-12-01T11:00:00Z' })), aGrant(opened()));
      },
    ],
    ['the Service', 'ServiceChanged', ({ put }) => put(aService(toOtherPods), aService())],
    [
      'the Service’s deletion',
      'ServiceChanged',
      ({ put, remove }) => {
        remove(aService());
        put(aService(withServiceMetadata({ uid: 'anew' })));
      },
    ],
    ['the person', 'UserDisabled', ({ put }) => put(aUser(deactivated()), aUser())],
    [
      'the person’s name in the grant',
      'UserNotNamed',
      ({ put }) => {
        put(aGrant(opened(), withSpec({ userRefs: [{ name: 'bob' }] })), aGrant(opened()));
      },
    ],
    [
      'the consent',
      'NotOpened',
      ({ put }) => put(aGrant(opened(), withSpec({ consent: 2 })), aGrant(opened())),
    ],
    [
      'its own address, taken off the list',
      'AddressNotAllowed',
      ({ put }) => put(aGrant(opened(), fromAddresses('192.0.2.0/24')), aGrant(opened())),
    ],
    ['the matrix', 'NoMatrix', ({ put, remove }) => [remove(aMatrix()), put(aMatrix())]],
  ])(
    'is ended by what was taken back and given again in one breath, without a reading: %s',
    async (_, reason, act) => {
      const cluster = await aQuietSession();
      act(cluster);
      await cluster.clock.step(0);
      expect(cluster.state.over).toEqual([`ada-1: ${reason}`]);
      expect(cluster.state.reads).toBe(0);
    },
  );

  it('is ended within a minute by time alone, after its object was read again', async () => {
    const { ends, clock, state } = await aQuietSession();
    await clock.step(20 * minute - 1);
    await ends.judgeAll();
    expect([state.over, state.reads]).toEqual([[], 0]);
    await clock.step(1);
    await ends.judgeAll();
    expect([state.over, state.reads]).toEqual([['ada-1: SessionIdle'], 1]);
  });

  it('lives on through what does not concern it', async () => {
    const { put, clock, state } = await aQuietSession();
    put(
      aLock('ns.other'),
      aGrant(named('other'), withMetadata({ uid: 'x' })),
      aUserNamed('bob', deactivated()),
    );
    put(aPolicy(withSession({ boundAddress: 'Disabled' })), aGrant(opened(), fromAddresses('192.0.2.0/24')));
    await clock.step(0);
    expect(state.over).toEqual([]);
  });

  it('lives on where the watches only lag: what they tell was before the sign-in', async () => {
    const cluster = aCluster({ isStale: true });
    await cluster.ends.judgeAll();
    cluster.state.version = 500;
    cluster.put(aSession());
    cluster.state.version = 200;
    cluster.put(aPolicy(switchedOff()));
    await cluster.clock.step(0);
    expect([cluster.state.over, cluster.state.reads]).toEqual([[], 1]);
  });

  it('is ended later where it could not be ended now, also though the lock was lifted long ago', async () => {
    const { put, remove, clock, state } = await aQuietSession();
    state.away = true;
    put(aLock('all'));
    remove(aLock('all'));
    await clock.step(10_000);
    expect(state.over).toEqual([]);
    expect(new Set(state.failed)).toEqual(new Set([aSession().spec.handle]));
    state.away = false;
    await clock.step(2000);
    expect(state.over).toEqual(['ada-1: Locked']);
  });

  it('is told with the reason for which it was over when another deletes it', async () => {
    const { put, remove, clock, state } = await aQuietSession();
    state.away = true;
    put(aLock('all'));
    remove(aLock('all'));
    remove(aSession());
    await clock.step(0);
    expect(state.gone).toEqual([['ada-1', 'Locked']]);
  });

  it('is not judged before all lists are in', async () => {
    const { put, clock, state } = aCluster();
    put(aSession(), aPolicy(switchedOff()));
    await clock.step(0);
    expect([state.over, state.reads]).toEqual([[], 0]);
  });
});

it('a thousand that are over are ended, a few at a time', async () => {
  const { put, ends, clock, state } = aCluster();
  for (let at = 0; at < 1000; at++)
    put(aSession(withMetadata(metadataOf('SupportSession', `s-${at}`, 'ecase'))));
  await ends.judgeAll();
  put(aLock('all'));
  await clock.step(0);
  await expect.poll(() => state.over.length).toBe(1000);
  expect(state.reads).toBe(0);
});
