/** One reading for several requests: which may be served by it, for how long, and what ends it. */
import { describe, expect, it } from 'vitest';
import { lockOnAll } from '../../../../../crds/rules/locks.ts';
import type { KubeObject } from '../../../../../kube/objects.ts';
import { createDecider } from '../../../../../webhook/gateway/decisions/decider.ts';
import type { DecisionRequest } from '../../../../../webhook/gateway/decisions/decision.ts';
import { FreshReader } from '../../../../../webhook/gateway/decisions/fresh-reader.ts';
import { withKeptReadings } from '../../../../../webhook/gateway/decisions/kept-decider.ts';
import { KeptWorlds } from '../../../../../webhook/gateway/decisions/kept-worlds.ts';
import { ToldChanges } from '../../../../../webhook/gateway/decisions/told-changes.ts';
import type { SeenChange } from '../../../../../webhook/gateway/decisions/world-after.ts';
import { WorldReader } from '../../../../../webhook/gateway/decisions/world-reader.ts';
import { anApplication, aRoute } from '../../../../kit/objects/application.ts';
import { noon } from '../../../../kit/objects/ask.ts';
import { aGrant, fromAddresses, opened } from '../../../../kit/objects/grant.ts';
import { aLock } from '../../../../kit/objects/lock.ts';
import { adasObjects, adasProof } from '../../../../kit/objects/memory-gateway.ts';
import { withMetadata, withSpec } from '../../../../kit/objects/object.ts';
import { allowing, aPolicy, switchedOff } from '../../../../kit/objects/policy.ts';
import { watched } from '../../../../kit/objects/release.ts';

const routes = [...anApplication().spec.routes, aRoute('GET /jobs/{id}/run', 'Scheduled Jobs: Run')];

/** Ada's application with readings that may be so old. */
const stale = (maxStalenessSeconds?: number) =>
  anApplication(
    withSpec({ routes, ...(maxStalenessSeconds !== undefined && { freshness: { maxStalenessSeconds } }) }),
    withMetadata({ resourceVersion: `${2 + (maxStalenessSeconds ?? 0)}` }),
  );

function aScene(maxStalenessSeconds?: number) {
  const objects = adasObjects();
  objects.put(stale(maxStalenessSeconds));
  let passed = 0;
  let wallClock = noon;
  const monotonic = (): number => passed;
  const toldChanges = new ToldChanges({ monotonic, keepMs: 10_000 });
  const kept = new KeptWorlds(monotonic);
  const reader = new FreshReader({ client: objects.client, timeoutMs: 1000, onGet: () => undefined });
  const fresh = createDecider({
    world: new WorldReader(reader, watched()),
    now: () => wallClock,
    timeoutMs: 1000,
    recentMs: 60_000,
    againTimeoutMs: 1000,
    told: () => toldChanges.fromNow(),
    sealIsValid: () => true,
    secretMatches: () => true,
    onDecided: () => undefined,
  });
  const decider = withKeptReadings({
    decider: fresh,
    kept,
    told: () => toldChanges.fromNow(),
    onDecided: () => undefined,
  });
  const requestOf = (change: Partial<NonNullable<DecisionRequest['request']>> = {}): DecisionRequest => ({
    entryPoint: 'application',
    grant: { namespace: 'ecase', name: 'case-4711' },
    origin: { peer: '127.0.0.1', forwardedFor: [] },
    session: adasProof,
    request: {
      method: 'GET',
      path: '/jobs',
      host: anApplication().spec.host,
      application: { namespace: 'ecase', name: 'ecase' },
      ...change,
    },
  });
  /** Whether it was allowed, and by a reading of which age; undefined is one of its own. */
  const ask = async (change: Parameters<typeof requestOf>[0] = {}) => {
    const before = objects.gets.length;
    const { decision, readingAgeMs } = await decider.decide(requestOf(change));
    const reads = objects.gets.length - before;
    expect(reads === 0).toBe(readingAgeMs !== undefined);
    return {
      allow: decision.allow,
      age: readingAgeMs,
      ...(decision.allow ? {} : { reason: decision.reason }),
    };
  };
  return {
    objects,
    kept,
    decider,
    requestOf,
    ask,
    tell: (change: SeenChange) => {
      toldChanges.add(change);
      kept.changed(change);
    },
    pass: (ms: number) => {
      passed += ms;
      wallClock += ms;
    },
  };
}

const added = (object: object): SeenChange => ({ type: 'added', object: object as KubeObject });
const own = { allow: true, age: undefined };

describe('a reading', () => {
  it.each([undefined, 0])('serves one request where the application says %j', async (seconds) => {
    const { ask } = aScene(seconds);
    expect(await ask()).toEqual(own);
    expect(await ask()).toEqual(own);
  });

  it('serves GET and HEAD that only look for as long as the application says, and not a moment longer', async () => {
    const { ask, pass } = aScene(2);
    expect(await ask()).toEqual(own);
    pass(1999);
    expect(await ask({ path: '/jobs/7' })).toEqual({ allow: true, age: 1999 });
    expect(await ask({ method: 'HEAD' })).toEqual({ allow: true, age: 1999 });
    pass(1);
    expect(await ask()).toEqual(own);
  });

  it('serves no longer than five seconds, whatever an object says', async () => {
    const { ask, pass } = aScene(3600);
    await ask();
    pass(4999);
    expect((await ask()).age).toBe(4999);
    pass(1);
    expect(await ask()).toEqual(own);
  });

  it.each<[string, Parameters<ReturnType<typeof aScene>['requestOf']>[0]]>([
    ['a write', { method: 'POST', path: '/jobs/7/run' }],
    ['a GET that acts', { path: '/jobs/7/run' }],
    ['what lasts', { lasts: true }],
  ])('does not serve %s', async (_, change) => {
    const { ask } = aScene(5);
    await ask();
    expect(await ask(change)).toMatchObject({ age: undefined });
  });

  it.each<[string, Parameters<ReturnType<typeof aScene>['requestOf']>[0]]>([
    ['a write', { method: 'POST', path: '/jobs/7/run' }],
    ['what lasts', { lasts: true }],
    ['a request that is refused', { path: '/unknown' }],
  ])('that was made for %s serves no other', async (_, change) => {
    const { ask, kept } = aScene(5);
    await ask(change);
    expect(kept.size).toBe(0);
  });

  it('does not serve another session', async () => {
    const { ask, decider, requestOf } = aScene(5);
    await ask();
    const another = { ...adasProof, session: { ...adasProof.session, name: 'ada-2' } };
    const judged = await decider.decide({ ...requestOf(), session: another });
    expect(judged.readingAgeMs).toBeUndefined();
    expect(judged.decision.allow).toBe(false);
  });

  it('refuses nothing: what it does not allow is read anew', async () => {
    const { ask } = aScene(5);
    await ask();
    expect(await ask({ path: '/unknown' })).toEqual({ allow: false, age: undefined, reason: 'NoRoute' });
    const { ask: askOther, decider, requestOf } = aScene(5);
    await askOther();
    const elsewhere = { ...requestOf(), origin: { peer: '192.0.2.1', forwardedFor: [] } };
    expect((await decider.decide(elsewhere)).readingAgeMs).toBeUndefined();
  });

  it.each<[string, SeenChange]>([
    ['a lock', added(aLock(lockOnAll))],
    ['the policy', added(aPolicy(switchedOff(), withMetadata({ resourceVersion: '9' })))],
    ['a policy that allows the same', added(aPolicy(allowing(), withMetadata({ resourceVersion: '9' })))],
    ['the application', added(anApplication(withMetadata({ resourceVersion: '9' })))],
  ])('is over at once when a watch tells of %s', async (_, change) => {
    const { ask, tell, kept } = aScene(5);
    await ask();
    expect(kept.size).toBe(1);
    tell(change);
    expect(kept.size).toBe(0);
    expect((await ask()).age).toBeUndefined();
  });

  it('goes on where a change is about something else', async () => {
    const { ask, tell, kept } = aScene(5);
    await ask();
    tell(added(aLock('user.00000000-0000-0000-0000-000000000001')));
    kept.changedIn('elsewhere');
    expect((await ask()).age).toBe(0);
  });

  it('is over when something changes that it does not show: addresses behind the Service, the installation', async () => {
    const { ask, kept } = aScene(5);
    await ask();
    kept.changedIn('ecase');
    expect(await ask()).toEqual(own);
    kept.changedEverywhere();
    expect(await ask()).toEqual(own);
  });

  it('is not kept where something changed while it was made', async () => {
    const { decider, requestOf, kept, tell } = aScene(5);
    const deciding = decider.decide(requestOf());
    tell(added(aPolicy(allowing(), withMetadata({ resourceVersion: '9' }))));
    await deciding;
    expect(kept.size).toBe(0);
    const again = decider.decide(requestOf());
    kept.changedIn('elsewhere');
    await again;
    expect(kept.size).toBe(0);
  });

  it('allows nothing any more for which a lock was told between the decision and its effect', async () => {
    const { ask, decider, requestOf, tell } = aScene(5);
    await ask();
    const judged = await decider.decide(requestOf());
    expect([judged.readingAgeMs, judged.refusedSince()]).toEqual([0, undefined]);
    tell(added(aLock(lockOnAll)));
    expect(judged.refusedSince()?.decision).toMatchObject({ allow: false, reason: 'Locked' });
  });

  it('outlives no deadline', async () => {
    const { ask, objects, pass, kept } = aScene(5);
    const expirationTime = new Date(noon + 3000).toISOString();
    objects.put(aGrant(opened(), fromAddresses('127.0.0.0/8'), withSpec({ expirationTime })));
    await ask();
    pass(2999);
    expect((await ask()).age).toBe(2999);
    pass(1);
    expect(kept.size).toBe(1);
    expect(await ask()).toMatchObject({ allow: false, reason: 'Expired' });
  });
});
