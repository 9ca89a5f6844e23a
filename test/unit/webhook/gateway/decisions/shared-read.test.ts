import { describe, expect, it } from 'vitest';
import { SharedReads } from '../../../../../webhook/gateway/decisions/shared-read.ts';
import { aStepClock } from '../../../../kit/clock/step-clock.ts';

/** A read that ends when the test says so. */
function controlledRead() {
  const begun: PromiseWithResolvers<number>[] = [];
  const read = () => {
    const round = Promise.withResolvers<number>();
    begun.push(round);
    return round.promise;
  };
  return { begun, read };
}

describe('a shared read', () => {
  it('begins at once when nothing is being read', async () => {
    const { begun, read } = controlledRead();
    const answer = new SharedReads<number>().fresh('policy', read);
    expect(begun.length).toBe(1);
    begun[0]?.resolve(1);
    expect(await answer).toBe(1);
  });

  it('makes a request that arrives during a read wait for the next one', async () => {
    const { begun, read } = controlledRead();
    const reads = new SharedReads<number>();
    const first = reads.fresh('policy', read);
    const late = reads.fresh('policy', read);
    begun[0]?.resolve(1);
    expect(await first).toBe(1);
    expect(begun.length).toBe(2);
    begun[1]?.resolve(2);
    expect(await late).toBe(2);
  });

  it('gives everybody who waits the same next read, and those who come during that one another', async () => {
    const { begun, read } = controlledRead();
    const reads = new SharedReads<number>();
    const answers = [0, 1, 2, 3].map(() => reads.fresh('policy', read));
    begun[0]?.resolve(1);
    await answers[0];
    const later = reads.fresh('policy', read);
    expect(begun.length).toBe(2);
    begun[1]?.resolve(2);
    expect(await Promise.all(answers)).toEqual([1, 2, 2, 2]);
    expect(begun.length).toBe(3);
    begun[2]?.resolve(3);
    expect(await later).toBe(3);
    expect(reads.size).toBe(0);
  });

  it('keeps keys apart', () => {
    const { begun, read } = controlledRead();
    const reads = new SharedReads<number>();
    void reads.fresh('policy', read);
    void reads.fresh('lock', read);
    expect(begun.length).toBe(2);
  });

  it('fails only the round whose read failed', async () => {
    const { begun, read } = controlledRead();
    const reads = new SharedReads<number>();
    const first = reads.fresh('policy', read);
    const late = reads.fresh('policy', read);
    begun[0]?.reject(new Error('away'));
    await expect(first).rejects.toThrow('away');
    begun[1]?.resolve(2);
    expect(await late).toBe(2);
  });

  it('never gives an answer whose read began before the question, in any order of asking and answering', async () => {
    const reads = new SharedReads<number>();
    let moment = 0;
    const open: (() => void)[] = [];
    const read = () => {
      const beganAt = ++moment;
      return new Promise<number>((resolve) => {
        open.push(() => resolve(beganAt));
      });
    };
    const checks: Promise<void>[] = [];
    for (let step = 0; step < 500; step++) {
      if (step % 3 === 2) open.shift()?.();
      const askedAt = ++moment;
      checks.push(
        reads.fresh('grant', read).then((beganAt) => expect(beganAt).toBeGreaterThanOrEqual(askedAt)),
      );
      await Promise.resolve();
    }
    while (open.length > 0 || reads.size > 0) {
      open.shift()?.();
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
    }
    await Promise.all(checks);
  });
});

describe('a shared read that does not answer', () => {
  /** Repeated each second, five times. */
  function repeated({ together = 8 } = {}) {
    const clock = aStepClock();
    const reads = new SharedReads<number>({ clock, afterMs: 1000, most: 5, together });
    return { clock, ...controlledRead(), reads };
  }

  it('has another beside it after a second, and whichever answers first counts', async () => {
    const { clock, begun, read, reads } = repeated();
    const hung = reads.fresh('policy', read);
    await clock.step(999);
    expect(begun.length).toBe(1);
    await clock.step(1);
    expect(begun.length).toBe(2);
    begun[1]?.resolve(2);
    expect(await hung).toBe(2);
    const slow = reads.fresh('lock', read);
    await clock.step(1000);
    begun[2]?.resolve(3);
    expect(await slow).toBe(3);
    expect(begun.length).toBe(4);
    expect([reads.size, clock.waiting]).toEqual([0, 0]);
  });

  it('is not repeated once it has answered', async () => {
    const { clock, begun, read, reads } = repeated();
    const answer = reads.fresh('policy', read);
    begun[0]?.resolve(1);
    expect(await answer).toBe(1);
    await clock.step(10_000);
    expect(begun.length).toBe(1);
  });

  it('delays those who came while it was under way no longer than until the next is begun', async () => {
    const { clock, begun, read, reads } = repeated();
    const hung = reads.fresh('policy', read);
    const late = reads.fresh('policy', read);
    await clock.step(1000);
    begun[1]?.resolve(2);
    expect(await Promise.all([hung, late])).toEqual([2, 2]);
  });

  it('gives a value of before their question to none of those who came later', async () => {
    const { clock, begun, read, reads } = repeated();
    const first = reads.fresh('policy', read);
    const second = reads.fresh('policy', read);
    await clock.step(1000);
    const third = reads.fresh('policy', read);
    begun[0]?.resolve(1);
    expect(await first).toBe(1);
    begun[1]?.resolve(2);
    expect(await second).toBe(2);
    begun[2]?.resolve(3);
    expect(await third).toBe(3);
  });

  it('fails when one fails and no other is under way, and waits for the other where there is one', async () => {
    const { clock, begun, read, reads } = repeated();
    const answer = reads.fresh('policy', read);
    await clock.step(1000);
    begun[0]?.reject(new Error('reset'));
    begun[1]?.resolve(2);
    expect(await answer).toBe(2);
    const lost = reads.fresh('policy', read);
    const isLost = expect(lost).rejects.toThrow('away');
    await clock.step(1000);
    begun[3]?.reject(new Error('refused'));
    await clock.step(1);
    begun[2]?.reject(new Error('away'));
    await isLost;
  });

  it('has another only where not too many are under way for all callers, and tries again when there is room', async () => {
    const { clock, begun, read, reads } = repeated({ together: 8 });
    const answers = Array.from({ length: 11 }, (_, key) => reads.fresh(String(key), read));
    await clock.step(1000);
    expect(begun.length).toBe(11 + 8);
    await clock.step(1000);
    expect(begun.length).toBe(11 + 8);
    for (const { resolve } of begun.slice(11)) resolve(2);
    expect(await Promise.all(answers.slice(0, 8))).toEqual(Array.from({ length: 8 }, () => 2));
    await clock.step(1000);
    expect(begun.length).toBe(11 + 8 + 3);
    begun[19]?.reject(new Error('reset'));
    for (const { resolve } of begun.slice(20)) resolve(3);
    begun[8]?.resolve(1);
    expect(await Promise.all(answers.slice(8))).toEqual([1, 3, 3]);
    // Those that failed or answered have left their room: eight others find it.
    const later = Array.from({ length: 9 }, (_, key) => reads.fresh(`later ${key}`, read));
    await clock.step(1000);
    expect(begun.length).toBe(22 + 9 + 8);
    for (const { resolve } of begun.slice(22)) resolve(4);
    await Promise.all(later);
    expect([reads.size, clock.waiting]).toEqual([0, 0]);
  });

  it('is given up after the last of them, and nothing is begun for those who do not wait any more', async () => {
    const { clock, begun, read, reads } = repeated();
    const isLost = expect(reads.fresh('policy', read)).rejects.toThrow('none of 5 reads answered');
    await clock.step(20_000);
    await isLost;
    expect(begun.length).toBe(5);
    expect(reads.size).toBe(0);
    for (const { resolve } of begun) resolve(1);
    const after = reads.fresh('policy', read);
    begun[5]?.resolve(6);
    expect(await after).toBe(6);
  });
});
