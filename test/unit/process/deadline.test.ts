import { describe, expect, it } from 'vitest';
import { within } from '../../../process/deadline.ts';

const late = (cause: unknown) => new Error('late', { cause });
const forever = new Promise<never>(() => undefined);

describe('waiting for a promise within a deadline', () => {
  it('gives its value or its own failure', async () => {
    expect(await within(Promise.resolve(1), { ms: 1000, late })).toBe(1);
    await expect(within(Promise.reject(new Error('own')), { ms: 1000, late })).rejects.toThrow('own');
  });

  it('ends at the deadline', async () => {
    await expect(within(forever, { ms: 5, late })).rejects.toMatchObject({
      message: 'late',
      cause: { message: 'no answer within 5 ms' },
    });
  });

  it('ends when the caller no longer wants it, also when that was so before', async () => {
    const caller = new AbortController();
    const waiting = within(forever, { ms: 60_000, signal: caller.signal, late });
    caller.abort(new Error('gone'));
    await expect(waiting).rejects.toMatchObject({ cause: { message: 'gone' } });
    await expect(within(forever, { ms: 60_000, signal: caller.signal, late })).rejects.toThrow('late');
  });
});
