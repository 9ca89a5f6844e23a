/** What is read is recorded, and who reads cannot fill the disk by it: hours of reading in a step of the clock. */
import { describe, expect, it } from 'vitest';
import type { NewRecord } from '../../../../../../crds/audit/record.ts';
import {
  readingRate,
  repeatRate,
  type TooMuch,
} from '../../../../../../webhook/in-cluster/records/http/reading-bounds.ts';
import {
  createReadings,
  type PageRead,
  type ReadingOutcome,
} from '../../../../../../webhook/in-cluster/records/http/readings.ts';
import type { RecordStore } from '../../../../../../webhook/in-cluster/records/store.ts';
import { aStepClock } from '../../../../../kit/clock/step-clock.ts';

function aScene() {
  const clock = aStepClock();
  const stored: NewRecord[] = [];
  const state = { isFull: false };
  const store: Pick<RecordStore, 'append' | 'health'> = {
    append: ({ records }) => {
      if (state.isFull) return Promise.resolve({ ok: false, code: 'records_halted', detail: 'full' });
      stored.push(...records.map(({ record }) => record));
      return Promise.resolve({ ok: true, receipts: [] });
    },
    health: () => (state.isFull ? { state: 'halted', reason: 'full' } : { state: 'ready' }),
  };
  const readings = createReadings({ store, clock });
  /** As the route does it. */
  const read = async (first: number, own: Partial<PageRead> = {}): Promise<ReadingOutcome | TooMuch> => {
    const page = { reader: reader('grace'), peer: '10.0.0.1', first, last: first + 9, ...own };
    const turn = readings.begin(page.reader.person);
    if (typeof turn === 'string') return turn;
    const outcome = await readings.record(page);
    if (outcome === 'counted') turn.leftNoRecord();
    turn.end();
    return outcome;
  };
  const messages = (): string[] => stored.map(({ message = '' }) => message);
  return { clock, readings, read, messages, stored, state };
}

const reader = (person: string) => ({ person, caller: { username: person, groups: [] } });

describe('equal readings', () => {
  it('within a minute are counted in one record at its end, beside the first', async () => {
    const { clock, read, messages } = aScene();
    expect([await read(1), await read(1)]).toEqual(['recorded', 'recorded']);
    for (let times = 2; times < 40; times += 1) expect(await read(1)).toBe('counted');
    expect(messages()).toEqual(['read records 1 to 10']);
    await clock.step(59_999);
    expect(messages()).toHaveLength(1);
    await clock.step(1);
    expect(messages().slice(1)).toEqual([
      'read records 1 to 10 39 times more until 2026-11-22T12:00:00.000Z, counted and not recorded one by one',
    ]);
    expect(await read(1)).toBe('recorded');
    expect(messages().at(-1)).toBe('read records 1 to 10');
  });

  it('are those of one person, account and address, of the same records', async () => {
    const { read, stored } = aScene();
    await read(1);
    await read(2);
    await read(1, { peer: '10.0.0.2' });
    await read(1, { reader: reader('ada') });
    await read(1, { reader: { person: 'grace', caller: { username: 'an account', groups: [] } } });
    expect(stored).toHaveLength(5);
    await read(1);
    expect(stored).toHaveLength(5);
  });

  it('are told as the process ends', async () => {
    const { clock, readings, read, messages } = aScene();
    await read(1);
    await read(1);
    await readings.settle();
    expect(messages().at(-1)).toMatch(/^read records 1 to 10 once more until /);
    expect(clock.waiting).toBe(0);
  });

  it('are not lost while nothing can be recorded: they are told later, and nothing is read until then', async () => {
    const { clock, read, messages, state } = aScene();
    await read(1);
    await read(1);
    state.isFull = true;
    expect(await read(1)).toBe('halted');
    await clock.step(60_000);
    expect(messages()).toHaveLength(1);
    expect(await read(1)).toBe('halted');
    expect(await read(2)).toBe('halted');
    state.isFull = false;
    await clock.step(60_000);
    expect(messages().at(-1)).toMatch(/once more until/);
    expect(await read(1)).toBe('recorded');
  });

  it('that came at the same time are each recorded, and none is lost', async () => {
    const { clock, readings, messages } = aScene();
    const page = { reader: reader('grace'), peer: '10.0.0.1', first: 1, last: 10 };
    const others = [readings.record(page), readings.record(page), readings.record(page)];
    await Promise.all(others);
    await readings.record(page);
    await clock.step(60_000);
    expect(messages().filter((each) => each === 'read records 1 to 10')).toHaveLength(3);
    expect(messages().at(-1)).toMatch(/once more/);
  });
});

describe('other readings', () => {
  it('are as many as a person may, then one every six seconds, and no one is kept from theirs by it', async () => {
    const { clock, read } = aScene();
    for (let page = 0; page < readingRate.pages; page += 1)
      expect(await read(page * 10 + 1)).toBe('recorded');
    expect(await read(1_000_001)).toBe('too many');
    expect(await read(1, { reader: reader('ada') })).toBe('recorded');
    await clock.step(readingRate.everySeconds * 1000 - 1);
    expect(await read(1_000_001)).toBe('too many');
    await clock.step(1);
    expect(await read(1_000_001)).toBe('recorded');
    expect(await read(1_000_011)).toBe('too many');
  });

  it('that follow their own records make no more than 15,400 of them a day', async () => {
    const { clock, read, stored } = aScene();
    for (let minute = 0, page = 1; minute < 24 * 60; minute += 1) {
      for (let times = 0; times < 20; times += 1) {
        await read(page);
        page += 1;
      }
      await clock.step(60_000);
    }
    expect(stored.length).toBeLessThanOrEqual(1000 + 14_400);
    expect(stored.length).toBeGreaterThan(14_400);
  });

  it('of equal pages make no more either, however they are spread: what is counted is paid for by the first that is', async () => {
    const { clock, read, stored } = aScene();
    for (let minute = 0, page = 1; minute < 24 * 60; minute += 1) {
      for (let times = 0; times < 20; times += 1) {
        await read(page);
        await read(page);
        page += 10;
      }
      await clock.step(60_000);
    }
    expect(stored.length).toBeLessThanOrEqual(1000 + 14_400);
    expect(stored.length).toBeGreaterThan(14_000);
  });

  it('that leave no record are bounded too, before anything is read', async () => {
    const { clock, readings, read } = aScene();
    for (let times = 0; times < repeatRate.times; times += 1)
      expect(readings.mayHaveHead('grace')).toBe(true);
    expect([readings.mayHaveHead('grace'), readings.mayHaveHead('ada')]).toEqual([false, true]);
    let served = 0;
    while ((await read(1)) !== 'too many') served += 1;
    expect(served).toBe(readingRate.pages);
    await clock.step(repeatRate.everySeconds * 1000);
    expect(readings.mayHaveHead('grace')).toBe(true);
  });

  it('are on their way to one person twice, and to all together eight times', () => {
    const { readings } = aScene();
    const people = ['ada', 'bob', 'cleo', 'dan'];
    const turns = people.flatMap((person) => [readings.begin(person), readings.begin(person)]);
    expect(turns.every((turn) => typeof turn === 'object')).toBe(true);
    expect([readings.begin('ada'), readings.begin('eve')]).toEqual(['too many at once', 'too many at once']);
    const [first] = turns;
    if (typeof first === 'object') {
      first.end();
      first.end();
    }
    expect(readings.begin('eve')).toBeTypeOf('object');
    expect(readings.begin('fay')).toBe('too many at once');
  });
});
