import { describe, expect, it } from 'vitest';
import { aHeldHandler, aQueue } from './scene.ts';

describe('adding', () => {
  it('works once on a key that is added many times while it waits', async () => {
    const { handle, started, finish } = aHeldHandler();
    const { clock, queue } = aQueue({ handle });
    queue.add('first');
    for (let times = 0; times < 5; times += 1) queue.add('second');
    await clock.step(0);
    finish('first');
    await clock.step(0);
    finish('second');
    await clock.step(0);
    expect(started).toEqual(['first', 'second']);
    expect(queue.stats()).toMatchObject({ ready: [], active: [] });
  });

  it('never works twice at once on a key, and once more after a change that came meanwhile', async () => {
    const { handle, started, finish } = aHeldHandler();
    const { clock, queue } = aQueue({ handle, workers: 4 });
    queue.add('grant');
    await clock.step(0);
    queue.add('grant');
    queue.add('grant');
    await clock.step(0);
    expect(started).toEqual(['grant']);
    finish('grant');
    await clock.step(0);
    expect(started).toEqual(['grant', 'grant']);
    finish('grant');
    await clock.step(0);
    expect(started).toHaveLength(2);
  });

  it('works on as many keys at once as it has workers', async () => {
    const { handle, started, finish } = aHeldHandler();
    const { clock, queue } = aQueue({ handle, workers: 2 });
    for (const key of ['a', 'b', 'c']) queue.add(key);
    await clock.step(0);
    expect(started).toEqual(['a', 'b']);
    finish('b');
    await clock.step(0);
    expect(started).toEqual(['a', 'b', 'c']);
  });

  it('does not run the handler inside add, where a watch listener stands', async () => {
    let ran = false;
    const { clock, queue } = aQueue({
      handle: async () => {
        ran = true;
      },
    });
    queue.add('key');
    expect(ran).toBe(false);
    await clock.step(0);
    expect(ran).toBe(true);
  });
});

describe('the revocation lane', () => {
  it('goes before everything that waits, also when the key waited in the other lane', async () => {
    const { handle, started, finish } = aHeldHandler();
    const { clock, queue } = aQueue({ handle, workers: 1 });
    queue.add('busy', 'revocation');
    queue.add('alsoBusy', 'revocation');
    await clock.step(0);
    for (const key of ['a', 'b', 'c']) queue.add(key);
    queue.add('c', 'revocation');
    finish('busy');
    await clock.step(0);
    expect(started).toEqual(['busy', 'alsoBusy', 'c']);
  });

  it('is not moved back by a later change of the same key', async () => {
    const { handle, started, finish } = aHeldHandler();
    const { clock, queue } = aQueue({ handle });
    queue.add('x', 'revocation');
    queue.add('y', 'revocation');
    await clock.step(0);
    queue.add('a');
    queue.add('b', 'revocation');
    queue.add('b', 'normal');
    finish('x');
    await clock.step(0);
    expect(started.at(-1)).toBe('b');
  });

  it('has a worker of its own when all others hang in openings', async () => {
    const { handle, started } = aHeldHandler();
    const { clock, queue } = aQueue({ handle, workers: 2 });
    for (const key of ['a', 'b', 'c']) queue.add(key);
    await clock.step(0);
    queue.add('close', 'revocation');
    await clock.step(0);
    expect(started).toEqual(['a', 'b', 'close']);
  });

  it('takes an opening of the same key out of its way and counts no failure for it', async () => {
    const { handle, started, signals, finish } = aHeldHandler();
    const { clock, queue, outcomes } = aQueue({ handle });
    queue.add('grant');
    await clock.step(0);
    queue.add('grant', 'revocation');
    expect(signals.get('grant')?.aborted).toBe(true);
    await clock.step(0);
    expect(started).toEqual(['grant', 'grant']);
    finish('grant');
    await clock.step(0);
    expect(outcomes.map(({ lane, result }) => [lane, result])).toEqual([
      ['normal', 'preempted'],
      ['revocation', 'done'],
    ]);
  });

  it('lets a revocation of the same key that runs already finish', async () => {
    const { handle, signals } = aHeldHandler();
    const { clock, queue } = aQueue({ handle });
    queue.add('grant', 'revocation');
    await clock.step(0);
    queue.add('grant', 'revocation');
    expect(signals.get('grant')?.aborted).toBe(false);
  });
});
