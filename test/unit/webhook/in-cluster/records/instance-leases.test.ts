import { describe, expect, it } from 'vitest';
import { createInstanceLeases } from '../../../../../webhook/in-cluster/records/instance-leases.ts';
import { aStepClock } from '../../../../kit/clock/step-clock.ts';

function someLeases() {
  const clock = aStepClock();
  const state = { closed: [] as string[], isAway: false };
  const leases = createInstanceLeases({
    clock,
    closeIntentsOf: (instance) => {
      if (state.isAway) return Promise.resolve(false);
      state.closed.push(instance);
      return Promise.resolve(true);
    },
  });
  return { leases, clock, state };
}

describe('the lease of an instance', () => {
  it('lasts while it is renewed, and lapses within a minute when it is not, once', async () => {
    const { leases, clock, state } = someLeases();
    for (let renewal = 0; renewal < 10; renewal++) {
      leases.renew('a');
      await clock.step(29_999);
    }
    expect(state.closed).toEqual([]);
    await clock.step(60_000);
    expect(state.closed).toEqual(['a']);
    expect(clock.waiting).toBe(0);
  });

  it('lapses for each by itself, and begins anew for one that comes back', async () => {
    const { leases, clock, state } = someLeases();
    leases.renew('a');
    leases.renew('b');
    await clock.step(20_000);
    leases.renew('b');
    await clock.step(20_000);
    expect(state.closed).toEqual(['a']);
    leases.renew('a');
    await clock.step(60_000);
    expect(state.closed).toEqual(['a', 'b', 'a']);
  });

  it('is closed as soon as the store takes it again', async () => {
    const { leases, clock, state } = someLeases();
    state.isAway = true;
    leases.renew('a');
    await clock.step(42_000);
    state.isAway = false;
    await clock.step(5000);
    expect(state.closed).toEqual(['a']);
  });

  it('is not held for more instances than there can be: the oldest lapses', async () => {
    const { leases, clock, state } = someLeases();
    for (let at = 0; at < 1001; at++) leases.renew(`i-${at}`);
    await clock.step(0);
    expect(state.closed).toEqual(['i-0']);
    leases.stop();
    expect(clock.waiting).toBe(0);
  });
});
