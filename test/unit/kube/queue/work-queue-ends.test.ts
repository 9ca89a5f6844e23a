import { describe, expect, it } from 'vitest';
import { aHeldHandler, aQueue, minutes } from './scene.ts';

describe('failing', () => {
  it('backs off from 5 ms, doubling to 1000 s, and starts anew after a success', async () => {
    const starts: number[] = [];
    let healthy = false;
    const { clock, queue } = aQueue({
      handle: async () => {
        starts.push(clock.monotonic());
        if (!healthy) throw new Error('the server is away');
      },
    });
    queue.add('grant');
    await clock.step(4_000_000);
    const waits = starts.slice(1).map((at, index) => at - (starts[index] ?? 0));
    expect(waits.slice(0, 6)).toEqual([5, 10, 20, 40, 80, 160]);
    expect(Math.max(...waits)).toBe(30_000);

    healthy = true;
    queue.add('grant');
    await clock.step(0);
    healthy = false;
    const from = starts.length;
    queue.add('grant');
    await clock.step(6);
    expect(starts.slice(from).map((at) => at - (starts[from] ?? 0))).toEqual([0, 5]);
  });

  it('tries a revocation again within five seconds, however long it has been failing', async () => {
    const starts: number[] = [];
    const { clock, queue, outcomes } = aQueue({
      handle: async () => {
        starts.push(clock.monotonic());
        throw new Error('the server is away');
      },
    });
    queue.add('grant', 'revocation');
    await clock.step(2 * 60 * minutes);
    const waits = starts.slice(1).map((at, index) => at - (starts[index] ?? 0));
    expect(Math.max(...waits)).toBe(5000);
    expect(new Set(outcomes.map(({ lane }) => lane))).toEqual(new Set(['revocation']));
  });

  it('counts failures of each key for itself', async () => {
    const starts: Record<string, number[]> = { bad: [], good: [] };
    const { clock, queue } = aQueue({
      handle: async (key) => {
        starts[key]?.push(clock.monotonic());
        throw new Error('no');
      },
    });
    queue.add('bad');
    await clock.step(1000);
    queue.add('good');
    await clock.step(5);
    expect(starts['good']).toEqual([1000, 1005]);
  });

  it('goes on when the listener of outcomes throws', async () => {
    const { handle, started, finish } = aHeldHandler();
    const onFinished = () => {
      throw new Error('telemetry is broken');
    };
    const { clock, queue } = aQueue({ handle, onFinished });
    queue.add('a');
    queue.add('b');
    await clock.step(0);
    finish('a');
    await clock.step(0);
    expect(started).toEqual(['a', 'b']);
  });
});

describe('ending', () => {
  it('drains: takes nothing more, finishes what it has, keeps no timers', async () => {
    const { handle, started, finish } = aHeldHandler();
    const { clock, queue } = aQueue({ handle });
    queue.add('a');
    queue.add('b');
    queue.addAfter('later', 1000);
    await clock.step(0);
    const drained = queue.drain(30_000);
    queue.add('too-late');
    finish('a');
    await clock.step(0);
    finish('b', { again: 5 });
    expect(await drained).toBe(true);
    await clock.step(10 * minutes);
    expect(started).toEqual(['a', 'b']);
    expect(clock.waiting).toBe(0);
  });

  it('gives up draining after the time it was given, and says so', async () => {
    const { handle, signals } = aHeldHandler();
    const { clock, queue } = aQueue({ handle });
    queue.add('stuck');
    await clock.step(0);
    const drained = queue.drain(30_000);
    await clock.step(29_999);
    expect(signals.get('stuck')?.aborted).toBe(false);
    await clock.step(1);
    expect(signals.get('stuck')?.aborted).toBe(true);
    expect(await drained).toBe(false);
  });

  it('stops: aborts what runs and drops what is ready', async () => {
    const { handle, started, signals } = aHeldHandler();
    const { clock, queue } = aQueue({ handle });
    queue.add('running');
    queue.add('ready');
    await clock.step(0);
    await queue.stop();
    await clock.step(10 * minutes);
    expect(started).toEqual(['running']);
    expect(signals.get('running')?.aborted).toBe(true);
  });

  it('drains at once when there is nothing to do', async () => {
    const { queue } = aQueue({ handle: async () => undefined });
    expect(await queue.drain(1000)).toBe(true);
  });
});

describe('telemetry', () => {
  it('says how long a key waited for a worker and how long it took', async () => {
    const { handle, finish } = aHeldHandler();
    const { clock, queue, outcomes } = aQueue({ handle });
    queue.add('a');
    queue.add('b');
    await clock.step(300);
    expect(queue.stats()).toEqual({
      ready: [{ key: 'b', lane: 'normal' }],
      active: [{ key: 'a', lane: 'normal', ms: 300 }],
      delayed: 0,
    });
    finish('a');
    await clock.step(200);
    finish('b');
    await clock.step(0);
    expect(outcomes.map(({ key, waitedMs, tookMs }) => [key, waitedMs, tookMs])).toEqual([
      ['a', 0, 300],
      ['b', 300, 200],
    ]);
  });
});
