import { describe, expect, it } from 'vitest';
import { SupportAccessError } from '../../../crds/errors.ts';
import { createBackgroundAppend } from '../../../trail/background-append.ts';
import type { Trail } from '../../../trail/trail.ts';
import { eventually } from '../../kit/clock/eventually.ts';
import { aRecord, withFields } from '../../kit/objects/record.ts';

/** A store that fails so many times and then takes everything, in order. */
function storeThat(
  fails: number,
  code: 'records_unavailable' | 'records_invalid',
): { append: Trail['append']; taken: string[] } {
  const taken: string[] = [];
  let left = fails;
  const append: Trail['append'] = (records) => {
    left -= 1;
    if (left >= 0) return Promise.reject(new SupportAccessError(code, 'no'));
    taken.push(...records.map(({ id }) => id));
    return Promise.resolve([]);
  };
  return { append, taken };
}

describe('the queue of background appends', () => {
  it('retries until the store is back, and keeps the order of calls', async () => {
    const { append, taken } = storeThat(2, 'records_unavailable');
    const queue = createBackgroundAppend(append);
    const records = [aRecord(), aRecord(), aRecord()];
    for (const record of records) expect(queue.add([record])).toBe(true);
    expect(queue.health()).toEqual({ waiting: 3, lost: 0 });
    await eventually(() => expect(queue.health().waiting).toBe(0));
    expect(taken).toEqual(records.map(({ id }) => id));
    await queue.close(0);
  });

  it('gives up only what the store has judged, counts it, and goes on behind it', async () => {
    const { append, taken } = storeThat(1, 'records_invalid');
    const queue = createBackgroundAppend(append);
    const second = aRecord();
    queue.add([aRecord()]);
    queue.add([second]);
    await eventually(() => expect(queue.health()).toEqual({ waiting: 0, lost: 1 }));
    expect(taken).toEqual([second.id]);
    await queue.close(0);
  });

  it('lets what ends access go before what a full volume does not take, and keeps the order once there is space', async () => {
    const [refusal, end, request, later] = [
      aRecord(),
      aRecord(withFields({ type: 'session.ended' })),
      aRecord(),
      aRecord(withFields({ type: 'session.ended' })),
    ];
    const taken: string[] = [];
    let isFull = true;
    const queue = createBackgroundAppend((records) => {
      if (isFull && !records.every(({ type }) => type === 'session.ended'))
        return Promise.reject(new SupportAccessError('records_halted', 'the volume is full'));
      taken.push(...records.map(({ id }) => id));
      return Promise.resolve([]);
    });
    for (const record of [refusal, end, request, later]) queue.add([record]);
    await eventually(() => expect(queue.health()).toEqual({ waiting: 2, lost: 0 }));
    expect(taken).toEqual([end.id, later.id]);
    isFull = false;
    await eventually(() => expect(queue.health()).toEqual({ waiting: 0, lost: 0 }));
    expect(taken).toEqual([end, later, refusal, request].map(({ id }) => id));
    await queue.close(0);
  });

  it('takes what is recorded already for delivered, and still delivers the others of its group', async () => {
    const known = aRecord();
    const news = aRecord();
    const taken: string[] = [];
    const queue = createBackgroundAppend((records) => {
      if (records.includes(known)) return Promise.reject(new SupportAccessError('records_conflict', 'known'));
      taken.push(...records.map(({ id }) => id));
      return Promise.resolve([]);
    });
    queue.add([known, news]);
    await eventually(() => expect(queue.health()).toEqual({ waiting: 0, lost: 0 }));
    expect(taken).toEqual([news.id]);
    await queue.close(0);
  });

  it('carries many groups in one call, and lets none suffer for another', async () => {
    const away = Promise.withResolvers<readonly []>();
    const calls: number[] = [];
    const wrong = aRecord();
    const taken: string[] = [];
    const queue = createBackgroundAppend(async (records) => {
      calls.push(records.length);
      if (calls.length === 1) await away.promise;
      if (records.includes(wrong)) throw new SupportAccessError('records_invalid', 'no');
      taken.push(...records.map(({ id }) => id));
      return [];
    });
    const others = Array.from({ length: 250 }, () => aRecord());
    for (const record of others) queue.add([record]);
    away.resolve([]);
    await eventually(() => expect(queue.health()).toEqual({ waiting: 0, lost: 0 }));
    expect(calls).toEqual([1, 100, 100, 49]);
    expect(taken).toEqual(others.map(({ id }) => id));
    for (const record of [aRecord(), aRecord(), wrong, aRecord()]) queue.add([record]);
    await eventually(() => expect(queue.health()).toEqual({ waiting: 0, lost: 1 }));
    expect(taken).toHaveLength(253);
    await queue.close(0);
  });

  it('is bounded: what does not fit is refused and counted, what waits stays', async () => {
    const queue = createBackgroundAppend(() =>
      Promise.reject(new SupportAccessError('records_unavailable', 'away')),
    );
    const hundred = Array.from({ length: 100 }, () => aRecord());
    const accepted = Array.from({ length: 101 }, () => queue.add(hundred));
    expect(accepted.lastIndexOf(true)).toBe(99);
    expect(queue.health()).toEqual({ waiting: 10_000, lost: 100 });
    await queue.close(1);
    expect(queue.health().waiting).toBe(0);
  });
});
