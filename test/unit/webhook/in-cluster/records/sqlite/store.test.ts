import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { canonicalRecord, type StoredRecord } from '../../../../../../crds/audit/record.ts';
import { openSqliteStore } from '../../../../../../webhook/in-cluster/records/sqlite/store.ts';
import type { Appended, RecordStore } from '../../../../../../webhook/in-cluster/records/store.ts';
import { aRecord, asIntent, asOutcomeOf, ofOperator, withFields } from '../../../../../kit/objects/record.ts';
import { aFolder, appendTo, linesOf, verificationOf } from '../../../../../kit/records/store-file.ts';

async function aStore(path = join(aFolder(), 'records.db')): Promise<RecordStore> {
  const store = await openSqliteStore({ path, origin: 'test/store' });
  onTestFinished(() => store.close());
  return store;
}

function receiptsOf(appended: Appended): readonly { seq: number; id: string; hash: string }[] {
  if (!appended.ok) throw new Error(appended.detail);
  return appended.receipts;
}

describe('the store', () => {
  it('says that it has started, as its first record', async () => {
    const store = await aStore();
    const [first] = await linesOf(store);
    expect(JSON.parse(first ?? '')).toMatchObject({ type: 'audit.started', seq: '1', writer: 'store' });
  });

  it('makes its folder and its files for its own user alone', async () => {
    const folder = join(aFolder(), 'data');
    await aStore(join(folder, 'records.db'));
    const modes = [folder, ...readdirSync(folder).map((name) => join(folder, name))].map(
      (path) => statSync(path).mode & 0o077,
    );
    expect(modes.length).toBeGreaterThanOrEqual(4);
    expect(new Set(modes)).toEqual(new Set([0]));
  });

  it('gives the same receipt for the same key and content, and writes once', async () => {
    const store = await aStore();
    const record = aRecord();
    const first = receiptsOf(await appendTo(store, record));
    const again = receiptsOf(await appendTo(store, record, aRecord()));
    expect(again[0]).toEqual(first[0]);
    expect(await linesOf(store)).toHaveLength(3);
  });

  it('takes two equal appends in one request for one', async () => {
    const store = await aStore();
    const record = aRecord();
    const [one, two] = receiptsOf(await appendTo(store, record, record));
    expect(one).toEqual(two);
  });

  it('refuses the same key with other content, and nothing of that request is written', async () => {
    const store = await aStore();
    const record = aRecord();
    await appendTo(store, record);
    const before = await store.head();
    const answer = await appendTo(store, aRecord(), { ...record, message: 'other' });
    expect(answer).toMatchObject({ ok: false, code: 'records_conflict' });
    expect(await store.head()).toEqual(before);
  });

  it('keeps the keys of two writers apart, and ids unique in the whole log', async () => {
    const store = await aStore();
    const record = aRecord();
    await appendTo(store, record);
    const foreign = aRecord(ofOperator, withFields({ key: record.key }));
    expect(await store.append({ writer: 'operator', records: [canonicalRecord(foreign)] })).toMatchObject({
      ok: true,
    });
    const sameId = aRecord(withFields({ id: record.id }));
    expect(await appendTo(store, sameId)).toMatchObject({ ok: false, code: 'records_conflict' });
  });

  it('refuses an outcome of nothing, of another writer, and the second one of an intent', async () => {
    const store = await aStore();
    const intent = aRecord(asIntent);
    expect(await appendTo(store, aRecord(asOutcomeOf(intent)))).toMatchObject({ code: 'records_conflict' });
    await appendTo(store, intent);
    const foreign = { writer: 'operator', records: [canonicalRecord(aRecord(asOutcomeOf(intent)))] } as const;
    expect(await store.append(foreign)).toMatchObject({ code: 'records_conflict' });
    expect(await appendTo(store, aRecord(asOutcomeOf(intent)))).toMatchObject({ ok: true });
    expect(await appendTo(store, aRecord(asOutcomeOf(intent)))).toMatchObject({ code: 'records_conflict' });
    expect(await verificationOf(store)).toMatchObject({ state: 'good', records: 3, openIntents: 0 });
  });

  it('one refused request does not hold up those that share its commit', async () => {
    const store = await aStore();
    const record = aRecord();
    const answers = await Promise.all([
      appendTo(store, aRecord()),
      appendTo(store, record),
      appendTo(store, aRecord(), { ...record, message: 'other' }),
      appendTo(store, aRecord()),
    ]);
    expect(answers.map(({ ok }) => ok)).toEqual([true, true, false, true]);
    expect(await verificationOf(store)).toMatchObject({ state: 'good', records: 4 });
  });

  it('gives 64 writers at once a contiguous, verifying log in which each one is in order', async () => {
    const store = await aStore();
    const writers = Array.from({ length: 64 }, async () => {
      const seen: number[] = [];
      for (let turn = 0; turn < 10; turn += 1) {
        const intent = aRecord(asIntent);
        for (const receipt of receiptsOf(await appendTo(store, intent, aRecord(asOutcomeOf(intent)))))
          seen.push(receipt.seq);
      }
      return seen;
    });
    const seen = await Promise.all(writers);
    for (const own of seen) expect(own).toEqual([...own].sort((a, b) => a - b));
    expect(seen.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: 1280 }, (_, at) => at + 2));
    expect(await verificationOf(store)).toMatchObject({ state: 'good', records: 1281 });
  });

  it('closes, when it starts again, what was left open as unknown, and still takes the real outcome later, once', async () => {
    const path = join(aFolder(), 'records.db');
    const intent = aRecord(asIntent, withFields({ session: 'handle' }));
    const first = await aStore(path);
    await appendTo(first, intent);
    await first.close();

    const second = await aStore(path);
    const closed = (await linesOf(second)).map((line) => JSON.parse(line) as StoredRecord).slice(2);
    expect(closed).toMatchObject([
      {
        phase: 'outcome',
        cause: intent.id,
        writer: 'store',
        session: 'handle',
        outcome: { upstream: 'unknown', reason: 'recovered' },
      },
      { type: 'audit.started' },
      { type: 'audit.recovered' },
    ]);
    expect(await appendTo(second, aRecord(asOutcomeOf(intent)))).toMatchObject({ ok: true });
    expect(await appendTo(second, aRecord(asOutcomeOf(intent)))).toMatchObject({ ok: false });
    expect(await verificationOf(second)).toMatchObject({ state: 'good', openIntents: 0 });
  });

  it('answers after it was closed, with a refusal', async () => {
    const store = await aStore();
    await store.close();
    expect(await appendTo(store, aRecord())).toMatchObject({ ok: false, code: 'records_halted' });
    expect(store.health().state).toBe('closed');
  });

  it('does not open what is no database, and says so with its code', async () => {
    const path = join(aFolder(), 'records.db');
    writeFileSync(path, 'this is a letter, not a database, and long enough to be looked at');
    await expect(openSqliteStore({ path, origin: 'x' })).rejects.toMatchObject({ code: 'records_halted' });
  });
});
