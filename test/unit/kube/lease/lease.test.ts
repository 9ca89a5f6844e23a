import { describe, expect, it } from 'vitest';
import { createLeaseElector, LeadLost } from '../../../../kube/lease/lease.ts';
import { aStepClock } from '../../../kit/clock/step-clock.ts';
import { aLeaseServer } from './lease-server.ts';

function aScene() {
  const clock = aStepClock();
  const server = aLeaseServer();

  /** A candidate that leads until it is told to end, and what became of it. */
  function candidate(identity: string, slowMs = 0) {
    const way = server.aWay();
    const stop = new AbortController();
    const seen: { leading: boolean; reason?: unknown; end?: string } = { leading: false };
    const elector = createLeaseElector({
      client: way.client,
      namespace: 'ns',
      name: 'lease',
      identity,
      clock,
    });
    const lead = async (signal: AbortSignal) => {
      seen.leading = true;
      await new Promise<void>((resolve) => {
        signal.addEventListener('abort', () => {
          seen.reason = signal.reason;
          clock.after(slowMs, resolve);
        });
      });
      seen.leading = false;
    };
    const run = async () => {
      seen.end = await elector.run({ lead, signal: stop.signal });
    };
    return { elector, seen, set: way.set, stop: () => stop.abort(new Error('stopped')), ended: run() };
  }

  return { clock, server, candidate };
}

describe('one candidate', () => {
  it('leads at once when nobody holds the lease, and renews it every two seconds', async () => {
    const { clock, server, candidate } = aScene();
    const { elector, seen } = candidate('a');
    await clock.step(0);
    expect(seen.leading).toBe(true);
    expect(elector.isLeading()).toBe(true);
    const first = server.spec();
    expect(first).toMatchObject({ holderIdentity: 'a', leaseDurationSeconds: 15, leaseTransitions: 0 });
    expect(first?.renewTime).toBe('2026-11-22T12:00:00.000000Z');
    await clock.step(2000);
    expect(server.spec()?.renewTime).toBe('2026-11-22T12:00:02.000000Z');
    expect(server.spec()?.acquireTime).toBe(first?.acquireTime);
  });

  it('deps the lease over when it stops, after its work has ended', async () => {
    const { clock, server, candidate } = aScene();
    const { seen, stop, ended } = candidate('a', 30_000);
    await clock.step(0);
    stop();
    await clock.step(29_999);
    expect(server.spec()?.holderIdentity).toBe('a');
    expect(server.spec()?.renewTime).toBe('2026-11-22T12:00:28.000000Z');
    await clock.step(1);
    await ended;
    expect(seen.end).toBe('stopped');
    expect(server.spec()).toMatchObject({ leaseDurationSeconds: 1 });
    expect(server.spec()).not.toHaveProperty('holderIdentity');
  });

  it('ends when it is stopped before it ever led', async () => {
    const { clock, server, candidate } = aScene();
    const first = candidate('a');
    await clock.step(0);
    const second = candidate('b');
    await clock.step(5000);
    second.stop();
    await second.ended;
    expect(second.seen.end).toBe('stopped');
    expect(server.spec()?.holderIdentity).toBe('a');
    expect(first.seen.leading).toBe(true);
  });

  it('passes on why its work failed', async () => {
    const { clock, server } = aScene();
    const elector = createLeaseElector({
      client: server.aWay().client,
      namespace: 'ns',
      name: 'l',
      identity: 'a',
      clock,
    });
    const lead = async () => {
      throw new Error('the work is broken');
    };
    const ran = elector.run({ lead, signal: new AbortController().signal });
    await expect(ran).rejects.toThrow('the work is broken');
    expect(server.spec()).not.toHaveProperty('holderIdentity');
  });
});

describe('losing the lead', () => {
  it.each([
    ['away', 9_999, true],
    ['away', 10_000, false],
    ['hangs', 9_999, true],
    ['hangs', 10_000, false],
  ] as const)(
    'with a server that is %s, after %i ms without a renewal it leads: %s',
    async (how, ms, leads) => {
      const { clock, candidate } = aScene();
      const { elector, seen, set } = candidate('a');
      await clock.step(0);
      set(how);
      await clock.step(ms);
      expect(elector.isLeading()).toBe(leads);
      expect(seen.reason instanceof LeadLost).toBe(!leads);
    },
  );

  it('does not happen when the server is back in time', async () => {
    const { clock, candidate } = aScene();
    const { seen, set } = candidate('a');
    await clock.step(0);
    set('away');
    await clock.step(7000);
    set('fine');
    await clock.step(60_000);
    expect(seen).toEqual({ leading: true });
  });

  it('happens at once when another is named in the lease, or the lease is gone', async () => {
    for (const harm of ['taken', 'removed']) {
      const { clock, server, candidate } = aScene();
      const { elector, seen, ended } = candidate('a');
      await clock.step(0);
      if (harm === 'removed') server.remove();
      else server.write((lease) => ({ ...lease, spec: { ...lease.spec, holderIdentity: 'thief' } }));
      await clock.step(2000);
      await ended;
      expect(elector.isLeading()).toBe(false);
      expect(seen).toMatchObject({ leading: false, end: 'lost' });
      if (harm === 'taken') expect(server.spec()?.holderIdentity).toBe('thief');
    }
  });

  it('does not happen when somebody only labels the lease', async () => {
    const { clock, server, candidate } = aScene();
    const { seen } = candidate('a');
    await clock.step(0);
    server.write((lease) => ({ ...lease, metadata: { ...lease.metadata, labels: { touched: 'yes' } } }));
    await clock.step(20_000);
    expect(seen).toEqual({ leading: true });
  });

  it('is known at once after the machine slept, although only the wall clock saw it', async () => {
    const { clock, candidate } = aScene();
    const { elector } = candidate('a');
    await clock.step(0);
    clock.setWall(clock.now() + 10_000);
    expect(elector.isLeading()).toBe(false);
  });

  it('does not happen because the wall clock was set back', async () => {
    const { clock, candidate } = aScene();
    const { seen } = candidate('a');
    await clock.step(0);
    clock.setWall(clock.now() - 3_600_000);
    await clock.step(30_000);
    expect(seen).toEqual({ leading: true });
  });
});

describe('two candidates', () => {
  it.each(['away', 'hangs'] as const)(
    'never lead at once when the leader finds the server %s',
    async (how) => {
      const { clock, server, candidate } = aScene();
      const [first, second] = [candidate('a'), candidate('b')];
      await clock.step(30_000);
      expect([first.elector.isLeading(), second.elector.isLeading()]).toEqual([true, false]);
      first.set(how);
      const ends: Record<string, number> = {};
      for (let passed = 0; passed <= 20_000; passed += 100) {
        const leading = [first.elector.isLeading(), second.elector.isLeading()];
        expect(leading).not.toEqual([true, true]);
        if (!leading[0]) ends['first'] ??= passed;
        if (leading[1]) ends['second'] ??= passed;
        await clock.step(100);
      }
      expect(ends['first']).toBeLessThanOrEqual(10_000);
      expect(ends['second']).toBeGreaterThan(12_900);
      expect(server.spec()).toMatchObject({ holderIdentity: 'b', leaseTransitions: 1 });
    },
  );

  it('are not misled by the times in the lease, which come from another clock', async () => {
    const { clock, server, candidate } = aScene();
    const first = candidate('a');
    await clock.step(0);
    server.write((lease) => ({
      ...lease,
      spec: { ...lease.spec, renewTime: '1999-01-01T00:00:00.000000Z' },
    }));
    const second = candidate('b');
    await clock.step(60_000);
    expect([first.seen.leading, second.seen.leading]).toEqual([true, false]);
  });

  it('respect a longer promise in the lease than their own', async () => {
    const { clock, server, candidate } = aScene();
    const first = candidate('a');
    await clock.step(0);
    server.write((lease) => ({ ...lease, spec: { holderIdentity: 'other', leaseDurationSeconds: 60 } }));
    await clock.step(2000);
    await first.ended;
    const second = candidate('b');
    await clock.step(60_000);
    expect(second.seen.leading).toBe(false);
    await clock.step(5_000);
    expect(second.seen.leading).toBe(true);
  });

  it('change places at once when the first hands over', async () => {
    const { clock, candidate } = aScene();
    const first = candidate('a');
    await clock.step(0);
    const second = candidate('b');
    await clock.step(1000);
    first.stop();
    await clock.step(2400);
    expect([first.seen.leading, second.seen.leading]).toEqual([false, true]);
  });
});

describe('durations', () => {
  it.each([
    [10_000, 10_000, 2_000],
    [15_000, 2_000, 2_000],
    [15_000, 10_000, 0],
  ])('that leave no room between giving up and being taken over are refused: %i %i %i', (...given) => {
    const [leaseMs, renewMs, retryMs] = given;
    const { server } = aScene();
    const durations = { leaseMs, renewMs, retryMs };
    const settings = { client: server.aWay().client, namespace: 'ns', name: 'l', identity: 'a', durations };
    expect(() => createLeaseElector(settings)).toThrow(RangeError);
  });
});
