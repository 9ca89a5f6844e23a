import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { canonicalRecord, type NewRecord, type StoredRecord } from '../../../../../../crds/audit/record.ts';
import { verifyChain } from '../../../../../../crds/audit/verify.ts';
import { inProcessTrail } from '../../../../../../webhook/in-cluster/records/in-process-trail.ts';
import {
  openSqliteEngine,
  type SqliteEngine,
} from '../../../../../../webhook/in-cluster/records/sqlite/engine.ts';
import { openSqliteStore } from '../../../../../../webhook/in-cluster/records/sqlite/store.ts';
import type { Appended } from '../../../../../../webhook/in-cluster/records/store.ts';
import {
  aRecord,
  asIntent,
  asOutcomeOf,
  type RecordChange,
  withFields,
} from '../../../../../kit/objects/record.ts';
import { aFolder, aSmallDisk, verificationOf } from '../../../../../kit/records/store-file.ts';

const start = Date.parse('2026-12-01T08:00:00.000Z');

function anEngine(folder: string, now = (): number => start): SqliteEngine {
  const engine = openSqliteEngine({ path: join(folder, 'records.db'), origin: 'test/engine' }, now);
  onTestFinished(() => {
    engine.close();
  });
  return engine;
}

function appendOne(engine: SqliteEngine, ...changes: readonly RecordChange[]): Appended | undefined {
  return engine.append([{ writer: 'gateway', records: [canonicalRecord(aRecord(...changes))] }])[0];
}

function take(engine: SqliteEngine, record: NewRecord): Appended | undefined {
  return engine.append([{ writer: 'gateway', records: [canonicalRecord(record)] }])[0];
}

function stored(engine: SqliteEngine): StoredRecord[] {
  return engine.read(0, 100_000).map((line) => JSON.parse(line) as StoredRecord);
}

describe('the clock', () => {
  it('may be set back, or was ahead once: the log says so once, and is not ahead of it any more', () => {
    let now = start;
    const engine = anEngine(aFolder(), () => now);
    now = start - 3_600_000;
    appendOne(engine);
    now = start + 1;
    appendOne(engine);
    expect(stored(engine).map(({ recorded, clock }) => [recorded, clock])).toEqual([
      ['2026-12-01T08:00:00.000Z', undefined],
      ['2026-12-01T07:00:00.000Z', { stepped: true }],
      ['2026-12-01T08:00:00.001Z', undefined],
    ]);
    expect(verifyChain(engine.read(0, 100), engine.head()).state).toBe('good');
  });

  it('may be set back across a restart', () => {
    const folder = aFolder();
    const first = openSqliteEngine({ path: join(folder, 'records.db'), origin: 'x' }, () => start);
    first.close();
    const engine = anEngine(folder, () => start - 1);
    expect(stored(engine).at(-1)).toMatchObject({ type: 'audit.started', clock: { stepped: true } });
  });
});

describe('the end of a session', () => {
  it('is recorded once, by the gateway or the operator, whose own keys are otherwise their own', () => {
    const engine = anEngine(aFolder());
    const end = (message: string) =>
      canonicalRecord(aRecord(withFields({ type: 'session.ended', key: 'session.ended/1', message })));
    const append = (writer: 'gateway' | 'operator', message: string) =>
      engine.append([{ writer, records: [end(message)] }]).map((answer) => answer.ok || answer.code);
    expect(append('operator', 'first')).toEqual([true]);
    expect(append('gateway', 'second')).toEqual(['records_conflict']);
    expect(append('operator', 'third')).toEqual(['records_conflict']);
    expect(stored(engine).map(({ message }) => message)).toEqual([undefined, 'first']);
  });
});

describe('an instance that is not heard of any more', () => {
  it('has each of its open intents closed as unknown, once, and may still tell the real outcome', () => {
    const engine = anEngine(aFolder());
    const intentOf = (instance: string): NewRecord => aRecord(asIntent, withFields({ instance }));
    const [lost, finished, others] = [intentOf('a'), intentOf('a'), intentOf('b')];
    for (const intent of [lost, finished, others]) take(engine, intent);
    take(engine, aRecord(asOutcomeOf(finished)));
    expect([engine.closeIntentsOf('a'), engine.closeIntentsOf('a'), engine.closeIntentsOf('c')]).toEqual([
      true,
      true,
      true,
    ]);
    const added = stored(engine).slice(5);
    expect(added.map(({ type, cause, outcome }) => [type, cause, outcome?.reason])).toEqual([
      ['app.request', lost.id, 'InstanceLost'],
      ['audit.recovered', undefined, undefined],
    ]);
    expect(take(engine, aRecord(asOutcomeOf(lost)))?.ok).toBe(true);
    expect(verifyChain(engine.read(0, 100), engine.head()).state).toBe('good');
  });
});

describe('a full disk', () => {
  it('halts appends for good, keeps what was acknowledged, and the next start says what happened', (test) => {
    const folder = aSmallDisk(512);
    if (folder === undefined) return test.skip();
    const engine = openSqliteEngine({ path: join(folder, 'records.db'), origin: 'test/full' }, () => start);
    const acknowledged: number[] = [];
    let refused: Appended | undefined;
    while (refused === undefined) {
      const answer = appendOne(engine, withFields({ message: 'x'.repeat(2000) }));
      if (answer?.ok === true) acknowledged.push(...answer.receipts.map(({ seq }) => seq));
      else refused = answer;
    }
    expect(refused).toMatchObject({ ok: false, code: 'records_halted' });
    expect(engine.halted()).toMatch(/full/);
    // One small record would fit; it is refused all the same.
    expect(appendOne(engine)).toMatchObject({ ok: false, code: 'records_halted' });
    expect(verifyChain(engine.read(0, 100_000), engine.head())).toMatchObject({
      state: 'good',
      records: acknowledged.length + 1,
    });
    engine.close();
    return undefined;
  });

  it('lets the store start again once there is room, with the halt on record', (test) => {
    const folder = aSmallDisk(1024);
    if (folder === undefined) return test.skip();
    const ballast = join(folder, 'ballast');
    writeFileSync(ballast, Buffer.alloc(600 * 1024));
    const engine = openSqliteEngine({ path: join(folder, 'records.db'), origin: 'test/full' }, () => start);
    const answers: (Appended | undefined)[] = [];
    do answers.push(appendOne(engine, withFields({ message: 'x'.repeat(2000) })));
    while (answers.at(-1)?.ok === true);
    const { seq } = engine.head();
    engine.close();
    rmSync(ballast);

    const again = anEngine(folder, () => start + 60_000);
    const records = stored(again);
    expect(records.slice(seq).map(({ type }) => type)).toEqual([
      'audit.halted',
      'audit.started',
      'audit.recovered',
    ]);
    expect(records[seq]).toMatchObject({ time: '2026-12-01T08:00:00.000Z', late: true });
    expect(appendOne(again)).toMatchObject({ ok: true });
    expect(verifyChain(again.read(0, 100_000), again.head()).state).toBe('good');
    return undefined;
  });

  it('is told by the store to whoever appends, and by its health', async (test) => {
    const folder = aSmallDisk(512);
    if (folder === undefined) return test.skip();
    const store = await openSqliteStore({ path: join(folder, 'records.db'), origin: 'test/full' });
    onTestFinished(() => store.close());
    const trail = inProcessTrail(store, 'gateway');
    const append = async (): Promise<void> => {
      for (;;) await trail.append([aRecord(withFields({ message: 'x'.repeat(2000) }))]);
    };
    await expect(append()).rejects.toMatchObject({ code: 'records_halted' });
    expect(store.health()).toMatchObject({
      state: 'halted',
      reason: expect.stringMatching(/full/) as string,
    });
    expect(trail.health().reachable).toBe(false);
    expect(await verificationOf(store)).toMatchObject({ state: 'good' });
    return undefined;
  });

  it('keeps the store from starting at all when even the start cannot be written', (test) => {
    const folder = aSmallDisk(64);
    if (folder === undefined) return test.skip();
    expect(() => openSqliteEngine({ path: join(folder, 'records.db'), origin: 'x' }, () => start)).toThrow(
      /full|ENOSPC/,
    );
    return undefined;
  });
});
