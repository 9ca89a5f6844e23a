import { describe, expect, it } from 'vitest';
import { SharedReads } from '../../../../../webhook/gateway/decisions/shared-read.ts';

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
