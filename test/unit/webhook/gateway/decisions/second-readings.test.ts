/** When is something read a second time, beside a read that hangs or after one that took long, and for whom is it not? */
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { kinds } from '../../../../../crds/kinds.ts';
import { lockOnAll } from '../../../../../crds/rules/locks.ts';
import { createDecider } from '../../../../../webhook/gateway/decisions/decider.ts';
import type { DecisionRequest } from '../../../../../webhook/gateway/decisions/decision.ts';
import { FreshReader } from '../../../../../webhook/gateway/decisions/fresh-reader.ts';
import { WorldReader } from '../../../../../webhook/gateway/decisions/world-reader.ts';
import { aStepClock } from '../../../../kit/clock/step-clock.ts';
import { noon } from '../../../../kit/objects/ask.ts';
import { notFound } from '../../../../kit/objects/known-objects.ts';
import { aLock } from '../../../../kit/objects/lock.ts';
import { adasObjects, adasProof } from '../../../../kit/objects/memory-gateway.ts';
import { watched } from '../../../../kit/objects/release.ts';

const grant = { namespace: 'ecase', name: 'case-4711' };
const origin = { peer: '127.0.0.1', forwardedFor: [] };
const ofAda: DecisionRequest = { entryPoint: 'session', grant, origin, session: adasProof };
const ofAnonymous: DecisionRequest = { entryPoint: 'anonymous', grant, origin };

function aDecider({ recentMs = 60_000, timeoutMs = 1000 } = {}) {
  const objects = adasObjects();
  const clock = aStepClock();
  const repetition = { clock, afterMs: 1000, most: 5, together: 8 };
  const reader = new FreshReader({ client: objects.client, timeoutMs, repetition, onGet: () => undefined });
  const decider = createDecider({
    world: new WorldReader(reader, watched()),
    now: () => noon,
    timeoutMs,
    recentMs,
    againTimeoutMs: timeoutMs,
    told: () => () => [],
    sealIsValid: () => true,
    secretMatches: () => true,
    onDecided: () => undefined,
  });
  /** What is said of the lock on all, one for each read; the last of them for ever. */
  const says = (...each: readonly (() => Promise<unknown>)[]) => {
    let reads = 0;
    objects.answer('SupportAccessLock', lockOnAll, () => {
      reads += 1;
      return each[Math.min(reads, each.length) - 1]?.() ?? Promise.reject(new Error('nothing is said'));
    });
    return { reads: () => reads };
  };
  return {
    clock,
    says,
    decide: async (request: DecisionRequest) => (await decider.decide(request)).decision,
  };
}

/** Takes a turn of the process, longer than no time at all. */
async function absent(): Promise<never> {
  await turn();
  throw notFound(kinds.SupportAccessLock, lockOnAll);
}
const present = () => Promise.resolve(aLock(lockOnAll));
const silent = () => new Promise(() => undefined);

describe('a reading that took longer than what counts as recent', () => {
  it('allows nothing before it was made again: a lock that came meanwhile refuses, though no watch told of it', async () => {
    const { decide, says } = aDecider({ recentMs: 0 });
    const lock = says(absent, present);
    expect(await decide(ofAda)).toMatchObject({ allow: false, reason: 'Locked' });
    expect(lock.reads()).toBe(2);
  });

  it('allows what the second one allows, and there is no third', async () => {
    const { decide, says } = aDecider({ recentMs: 0 });
    const lock = says(absent);
    expect((await decide(ofAda)).allow).toBe(true);
    expect(lock.reads()).toBe(2);
  });

  it('is made once where it was recent, or refuses by itself', async () => {
    const recent = aDecider();
    const read = recent.says(absent, present);
    expect((await recent.decide(ofAda)).allow).toBe(true);
    expect(read.reads()).toBe(1);
    const locked = aDecider({ recentMs: 0 });
    const refusing = locked.says(present, absent);
    expect(await locked.decide(ofAda)).toMatchObject({ reason: 'Locked' });
    expect(refusing.reads()).toBe(1);
  });

  it('refuses when the second one does not end in what is left of the time', async () => {
    const { decide, says } = aDecider({ recentMs: 0, timeoutMs: 100 });
    says(absent, silent);
    expect(await decide(ofAda)).toMatchObject({ allow: false, reason: 'StateUnavailable' });
  });

  it('is made once for an anonymous client', async () => {
    const { decide, says } = aDecider({ recentMs: 0 });
    const lock = says(absent);
    expect((await decide(ofAnonymous)).allow).toBe(true);
    expect(lock.reads()).toBe(1);
  });
});

describe('a read that hangs', () => {
  it('has another beside it for a person with a session', async () => {
    const { decide, says, clock } = aDecider();
    const lock = says(silent, absent);
    const deciding = decide(ofAda);
    await clock.step(1000);
    expect((await deciding).allow).toBe(true);
    expect(lock.reads()).toBe(2);
  });

  it('has none for an anonymous client, whose requests to the API server were counted', async () => {
    const { decide, says, clock } = aDecider({ timeoutMs: 100 });
    const lock = says(silent, absent);
    const deciding = decide(ofAnonymous);
    await clock.step(10_000);
    expect(await deciding).toMatchObject({ allow: false, reason: 'StateUnavailable' });
    expect(lock.reads()).toBe(1);
  });

  it('of an anonymous client is not one that people wait for', async () => {
    const { decide, says } = aDecider({ timeoutMs: 100 });
    says(silent, absent);
    const anonymous = decide(ofAnonymous);
    await turn();
    expect((await decide(ofAda)).allow).toBe(true);
    expect((await anonymous).allow).toBe(false);
  });
});
