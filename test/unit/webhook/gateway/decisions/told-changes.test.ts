import { describe, expect, it } from 'vitest';
import { lockOnAll } from '../../../../../crds/rules/locks.ts';
import type { KubeObject } from '../../../../../kube/objects.ts';
import { createDecider } from '../../../../../webhook/gateway/decisions/decider.ts';
import { FreshReader } from '../../../../../webhook/gateway/decisions/fresh-reader.ts';
import { ToldChanges } from '../../../../../webhook/gateway/decisions/told-changes.ts';
import type { SeenChange } from '../../../../../webhook/gateway/decisions/world-after.ts';
import { WorldReader } from '../../../../../webhook/gateway/decisions/world-reader.ts';
import { noon } from '../../../../kit/objects/ask.ts';
import { aLock } from '../../../../kit/objects/lock.ts';
import { adasObjects, adasProof } from '../../../../kit/objects/memory-gateway.ts';
import { withMetadata } from '../../../../kit/objects/object.ts';
import { allowing, aPolicy, switchedOff } from '../../../../kit/objects/policy.ts';
import { watched } from '../../../../kit/objects/release.ts';

const added = (object: object): SeenChange => ({ type: 'added', object: object as KubeObject });
const updated = (object: object): SeenChange => ({
  type: 'updated',
  object: object as KubeObject,
  old: object as KubeObject,
});
const deleted = (object: object): SeenChange => ({ type: 'deleted', object: object as KubeObject });

/** Keeps what was told for ten seconds. */
function toldChanges() {
  let passed = 0;
  const clock = {
    pass: (ms: number): void => {
      passed += ms;
    },
  };
  return { clock, told: new ToldChanges({ monotonic: () => passed, keepMs: 10_000 }) };
}

describe('the changes that were told', () => {
  it('are those since the moment, in order, as long as they are asked for', () => {
    const { told } = toldChanges();
    const [one, two, three] = ['all', 'ns.a', 'ns.b'].map((name) => added(aLock(name)));
    if (!one || !two || !three) throw new Error('three were made');
    told.add(one);
    const since = told.fromNow();
    expect(since()).toEqual([]);
    told.add(two);
    expect(since()).toEqual([two]);
    told.add(three);
    expect(since()).toEqual([two, three]);
    expect(told.fromNow()()).toEqual([]);
  });

  it('are dropped when they are old, and who asks for those is told so', () => {
    const { told, clock } = toldChanges();
    const since = told.fromNow();
    for (let second = 0; second < 30; second += 1) {
      told.add(added(aLock('all')));
      clock.pass(1000);
    }
    expect(told.size).toBe(11);
    expect(since).toThrow('not kept any more');
  });
});

/** A decider, Ada’s request, and what watches tell while it is decided. */
function whileDeciding(...changes: readonly SeenChange[]) {
  const objects = adasObjects();
  const { told, clock } = toldChanges();
  const reader = new FreshReader({ client: objects.client, timeoutMs: 1000, onGet: () => undefined });
  const decider = createDecider({
    world: new WorldReader(reader, watched()),
    now: () => noon,
    timeoutMs: 1000,
    recentMs: 60_000,
    againTimeoutMs: 1000,
    told: () => told.fromNow(),
    sealIsValid: () => true,
    secretMatches: () => true,
    onDecided: () => undefined,
  });
  const decide = () =>
    decider.decide({
      entryPoint: 'session',
      grant: { namespace: 'ecase', name: 'case-4711' },
      origin: { peer: '127.0.0.1', forwardedFor: [] },
      session: adasProof,
    });
  const decided = async ({ stepMs = 0 } = {}) => {
    const deciding = decide();
    for (const change of changes) {
      clock.pass(stepMs);
      told.add(change);
    }
    return (await deciding).decision;
  };
  return { objects, told, clock, decide, decided };
}

describe('what watches tell while a decision is read', () => {
  const lock = added(aLock(lockOnAll));
  const laterPolicy = aPolicy(switchedOff(), withMetadata({ resourceVersion: '2' }));

  it('refuses, though everything was read before it', async () => {
    expect(await whileDeciding(lock).decided()).toMatchObject({ allow: false, reason: 'Locked' });
    expect(await whileDeciding(updated(laterPolicy)).decided()).toMatchObject({ reason: 'PolicyDisabled' });
    expect((await whileDeciding().decided()).allow).toBe(true);
  });

  it('refuses also where it was undone at once', async () => {
    const undone = [lock, deleted(aLock(lockOnAll))];
    expect(await whileDeciding(...undone).decided()).toMatchObject({ allow: false, reason: 'Locked' });
  });

  it('gives nothing that was not read', async () => {
    const { objects, decided } = whileDeciding(deleted(aLock(lockOnAll)));
    objects.put(aLock(lockOnAll));
    expect(await decided()).toMatchObject({ allow: false, reason: 'Locked' });
    const enabled = updated(aPolicy(allowing('127.0.0.0/8'), withMetadata({ resourceVersion: '2' })));
    const policy = whileDeciding(enabled);
    policy.objects.put(aPolicy(switchedOff()));
    expect(await policy.decided()).toMatchObject({ allow: false, reason: 'PolicyDisabled' });
  });

  it('is without effect when it is older than what was read', async () => {
    expect((await whileDeciding(updated(aPolicy(switchedOff()))).decided()).allow).toBe(true);
  });

  it('refuses when it is not known any more what was told', async () => {
    const old = Array.from({ length: 3 }, () => updated(aPolicy()));
    const { decided } = whileDeciding(...old);
    expect(await decided({ stepMs: 6000 })).toMatchObject({ allow: false, reason: 'StateUnavailable' });
  });
});

describe('what watches tell after a decision', () => {
  it('refuses who asks before the effect, also where it was undone at once', async () => {
    const { decide, told } = whileDeciding();
    const decided = await decide();
    expect(decided.decision.allow).toBe(true);
    expect(decided.refusedSince()).toBeUndefined();
    told.add(updated(aPolicy()));
    expect(decided.refusedSince()).toBeUndefined();
    told.add(added(aLock(lockOnAll)));
    told.add(deleted(aLock(lockOnAll)));
    expect(decided.refusedSince()?.decision).toMatchObject({ allow: false, reason: 'Locked' });
  });

  it('refuses when it is not known any more', async () => {
    const { decide, told, clock } = whileDeciding();
    const decided = await decide();
    for (let second = 0; second < 12; second += 1) {
      told.add(updated(aPolicy()));
      clock.pass(1000);
    }
    expect(decided.refusedSince()?.decision).toMatchObject({ allow: false, reason: 'StateUnavailable' });
  });

  it('takes no refusal back', async () => {
    const { objects, decide, told } = whileDeciding();
    objects.put(aLock(lockOnAll));
    const decided = await decide();
    told.add(deleted(aLock(lockOnAll)));
    expect(decided.refusedSince()?.decision).toMatchObject({ allow: false, reason: 'Locked' });
  });
});
