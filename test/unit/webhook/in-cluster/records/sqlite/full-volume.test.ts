import { spawnSync } from 'node:child_process';
import { rmSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { canonicalRecord, type NewRecord, type StoredRecord } from '../../../../../../crds/audit/record.ts';
import { verifyChain } from '../../../../../../crds/audit/verify.ts';
import { createTrail } from '../../../../../../trail/client.ts';
import { openSqliteEngine } from '../../../../../../webhook/in-cluster/records/sqlite/engine.ts';
import { openSqliteStore } from '../../../../../../webhook/in-cluster/records/sqlite/store.ts';
import type { RecordStore } from '../../../../../../webhook/in-cluster/records/store.ts';
import { eventually } from '../../../../../kit/clock/eventually.ts';
import { aRecord, asIntent, asOutcomeOf, ofOperator, withFields } from '../../../../../kit/objects/record.ts';
import { serveRecords } from '../../../../../kit/records/served-records.ts';
import { appendTo, aSmallDisk, linesOf, verificationOf } from '../../../../../kit/records/store-file.ts';

const kilobytes = 8192;
const reserveBytes = 256 * 1024;
const again = { within: 15_000, every: 50 };

const anEnd = (): NewRecord => aRecord(withFields({ type: 'session.ended' }));

async function aStore(folder: string): Promise<RecordStore> {
  const path = join(folder, 'records.db');
  const store = await openSqliteStore({ path, origin: 'test/full', reserveBytes });
  onTestFinished(() => store.close());
  return store;
}

/** Leaves nothing. */
function fill(folder: string): void {
  const file = join(folder, 'ballast');
  for (let size = 1024 * 1024; size >= 4096; size /= 2) {
    const { bavail, bsize } = statfsSync(folder);
    const pieces = Math.floor((bavail * bsize) / size);
    if (pieces > 0) writeFileSync(file, Buffer.alloc(pieces * size), { flag: 'a' });
  }
  expect(statfsSync(folder).bavail).toBe(0);
}

const clear = (folder: string): void => rmSync(join(folder, 'ballast'));

const typesOf = async (store: RecordStore): Promise<string[]> =>
  (await linesOf(store)).map((line) => (JSON.parse(line) as StoredRecord).type);

describe('a volume that is full', () => {
  it('takes what ends access from the space that is kept, and nothing else; cleared, the same store takes all again', async (test) => {
    const folder = aSmallDisk(kilobytes);
    if (folder === undefined) return test.skip();
    const store = await aStore(folder);
    expect(statSync(join(folder, 'records.db.reserve')).size).toBe(reserveBytes);
    const intent = aRecord(asIntent);
    expect(await appendTo(store, intent)).toMatchObject({ ok: true });
    fill(folder);
    expect(await appendTo(store, aRecord())).toMatchObject({
      ok: false,
      code: 'records_halted',
      detail: expect.stringMatching(/the volume is full.*make the volume larger/) as string,
    });
    await eventually(() => expect(store.health()).toMatchObject({ state: 'halted', endsOnly: true }), again);
    const end = anEnd();
    expect(await appendTo(store, end)).toMatchObject({ ok: true });
    expect(await appendTo(store, aRecord(asOutcomeOf(intent)))).toMatchObject({ ok: true });
    const revoked = canonicalRecord(aRecord(ofOperator, withFields({ type: 'grant.revoked' })));
    expect(await store.append({ writer: 'operator', records: [revoked] })).toMatchObject({ ok: true });
    // As a whole or not at all, also where one of them could be taken.
    expect(await appendTo(store, anEnd(), aRecord())).toMatchObject({ ok: false, code: 'records_halted' });
    const both = await Promise.all([appendTo(store, aRecord()), appendTo(store, anEnd())]);
    expect(both.map(({ ok }) => ok)).toEqual([false, true]);

    clear(folder);
    await eventually(() => expect(store.health()).toEqual({ state: 'ready' }), again);
    expect(await appendTo(store, aRecord())).toMatchObject({ ok: true });
    expect(statSync(join(folder, 'records.db.reserve')).size).toBe(reserveBytes);
    const ends = ['session.ended', 'grant.revoked', 'session.ended'];
    const whole = [
      'audit.started',
      'audit.halted',
      'audit.started',
      ...ends,
      'audit.started',
      'audit.recovered',
    ];
    expect((await typesOf(store)).filter((type) => /^audit|^grant|ended/.test(type))).toEqual(whole);
    expect(await verificationOf(store)).toMatchObject({ state: 'good', openIntents: 0 });
    return undefined;
  });

  it('lets a store open, be read and record ends; grown, the same store takes all', async (test) => {
    const folder = aSmallDisk(kilobytes);
    if (folder === undefined) return test.skip();
    const first = await openSqliteStore({
      path: join(folder, 'records.db'),
      origin: 'test/full',
      reserveBytes,
    });
    const intent = aRecord(asIntent);
    await appendTo(first, intent);
    await first.close();
    fill(folder);

    const store = await aStore(folder);
    expect(store.health()).toMatchObject({ state: 'halted', endsOnly: true });
    expect(await typesOf(store)).toEqual([
      'audit.started',
      'app.request',
      'app.request',
      'audit.halted',
      'audit.started',
    ]);
    expect((await linesOf(store)).map((line) => JSON.parse(line) as StoredRecord)[2]).toMatchObject({
      cause: intent.id,
      outcome: { upstream: 'unknown', reason: 'recovered' },
    });
    const { url, ca } = await serveRecords({ store });
    const trail = createTrail({
      url,
      ca: () => ca,
      token: () => Promise.resolve('gateway'),
      writer: 'gateway',
    });
    onTestFinished(() => trail.close());
    // Over the network, in one call and alone: each by itself.
    const told = await Promise.allSettled([
      trail.append([aRecord()]),
      trail.append([anEnd()]),
      trail.append([aRecord()]),
      trail.append([anEnd()]),
    ]);
    expect(told.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'rejected', 'fulfilled']);
    expect(told[2]).toMatchObject({
      reason: { code: 'records_halted', message: expect.stringMatching(/full/) as string },
    });

    expect(spawnSync('mount', ['-o', `remount,size=${2 * kilobytes}k`, folder]).status).toBe(0);
    await eventually(() => expect(store.health()).toEqual({ state: 'ready' }), again);
    expect(await appendTo(store, aRecord())).toMatchObject({ ok: true });
    expect((await typesOf(store)).slice(-3)).toEqual(['audit.started', 'audit.recovered', 'app.request']);
    expect(await verificationOf(store)).toMatchObject({ state: 'good' });
    return undefined;
  });

  it('takes nothing more once the kept space is used up, keeps what it acknowledged, and goes on with space', async (test) => {
    const folder = aSmallDisk(kilobytes);
    if (folder === undefined) return test.skip();
    const store = await aStore(folder);
    fill(folder);
    await appendTo(store, aRecord());
    await eventually(() => expect(store.health().endsOnly).toBe(true), again);
    const taken: string[] = [];
    for (;;) {
      const end = aRecord(withFields({ type: 'session.ended', message: 'x'.repeat(2000) }));
      const answer = await appendTo(store, end);
      if (!answer.ok) break;
      taken.push(end.id);
    }
    expect(taken.length).toBeGreaterThan(0);
    expect(store.health()).toMatchObject({ state: 'halted' });
    expect(store.health().endsOnly).not.toBe(true);

    clear(folder);
    await eventually(() => expect(store.health()).toEqual({ state: 'ready' }), again);
    const ids = (await linesOf(store)).map((line) => (JSON.parse(line) as StoredRecord).id);
    expect(taken.filter((id) => !ids.includes(id))).toEqual([]);
    expect(await verificationOf(store)).toMatchObject({ state: 'good' });
    return undefined;
  });

  it('is read, with a record of it, only while more than half of the kept space is left', (test) => {
    const folder = aSmallDisk(4 * kilobytes);
    if (folder === undefined) return test.skip();
    const path = join(folder, 'records.db');
    openSqliteEngine({ path, origin: 'test/full', reserveBytes: 4 * reserveBytes }, Date.now).close();
    fill(folder);
    const engine = openSqliteEngine({ path, origin: 'test/full', reserveBytes: 4 * reserveBytes }, Date.now);
    onTestFinished(() => engine.close());
    const read = () =>
      engine.append([
        { writer: 'store', records: [canonicalRecord(aRecord(withFields({ type: 'audit.read' })))] },
      ]);
    const answers = [read()[0]];
    while (answers.at(-1)?.ok === true) answers.push(read()[0]);
    expect(answers.length).toBeGreaterThan(1);
    expect(engine.append([{ writer: 'gateway', records: [canonicalRecord(anEnd())] }])[0]?.ok).toBe(true);
    expect(verifyChain(engine.read(0, 100_000), engine.head()).state).toBe('good');
    return undefined;
  });
});
