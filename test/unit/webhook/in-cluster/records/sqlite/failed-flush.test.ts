import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { StoredRecord } from '../../../../../../crds/audit/record.ts';
import { openSqliteStore } from '../../../../../../webhook/in-cluster/records/sqlite/store.ts';
import type { RecordStore } from '../../../../../../webhook/in-cluster/records/store.ts';
import { eventually } from '../../../../../kit/clock/eventually.ts';
import { aRecord, withFields } from '../../../../../kit/objects/record.ts';
import { aFailingDisk, type FailingDisk } from '../../../../../kit/records/failing-disk.ts';
import { appendTo, linesOf, verificationOf } from '../../../../../kit/records/store-file.ts';

const again = { within: 20_000, every: 50 };

async function aStore({ folder }: FailingDisk): Promise<RecordStore> {
  const path = join(folder, 'records.db');
  const store = await openSqliteStore({ path, origin: 'test/failing' });
  onTestFinished(() => store.close());
  return store;
}

/** Appends until the store takes nothing more; which ones it acknowledged, and what it says. */
async function appendUntilRefused(store: RecordStore) {
  const acknowledged: string[] = [];
  for (;;) {
    const record = aRecord(withFields({ message: 'x'.repeat(2000) }));
    const answer = await appendTo(store, record);
    if (!answer.ok) return { acknowledged, answer };
    acknowledged.push(record.id);
  }
}

async function expectWhole(store: RecordStore, acknowledged: readonly string[]): Promise<void> {
  const ids = new Set((await linesOf(store)).map((line) => (JSON.parse(line) as StoredRecord).id));
  expect(acknowledged.filter((id) => !ids.has(id))).toEqual([]);
  expect(await verificationOf(store)).toMatchObject({ state: 'good' });
}

describe('a flush that fails', () => {
  it('with EIO stops all appends, though single writes would pass again, until the device is right; then the same store goes on', async (test) => {
    const disk = aFailingDisk();
    if (disk === undefined) return test.skip();
    const store = await aStore(disk);
    disk.fail();
    const { acknowledged, answer } = await appendUntilRefused(store);
    expect(answer).toMatchObject({
      code: 'records_halted',
      detail: expect.stringMatching(/disk I\/O error/) as string,
    });
    expect(store.health().state).toBe('halted');
    expect(await appendTo(store, aRecord())).toMatchObject({ ok: false, code: 'records_halted' });
    await expectWhole(store, acknowledged);

    disk.mend();
    await eventually(() => expect(store.health()).toEqual({ state: 'ready' }), again);
    const later = aRecord();
    expect(await appendTo(store, later)).toMatchObject({ ok: true });
    await expectWhole(store, [...acknowledged, later.id]);
    const types = (await linesOf(store)).map((line) => (JSON.parse(line) as StoredRecord).type);
    expect(types.slice(-4)).toEqual(['audit.halted', 'audit.started', 'audit.recovered', 'app.request']);
    return undefined;
  });

  it('because the volume turned read-only stops all appends, and is read meanwhile; writable, the same store goes on', async (test) => {
    const disk = aFailingDisk();
    if (disk === undefined) return test.skip();
    const store = await aStore(disk);
    const before = aRecord();
    await appendTo(store, before);
    if (!disk.makeReadOnly()) return test.skip();
    const { acknowledged } = await appendUntilRefused(store);
    expect(store.health().state).toBe('halted');
    await expectWhole(store, [before.id, ...acknowledged]);

    disk.makeWritable();
    await eventually(() => expect(store.health()).toEqual({ state: 'ready' }), again);
    expect(await appendTo(store, aRecord())).toMatchObject({ ok: true });
    await expectWhole(store, [before.id, ...acknowledged]);
    return undefined;
  });

  it('of a volume that vanished begins no new log in its empty folder, says so, and goes on when it is there again', async (test) => {
    const disk = aFailingDisk();
    if (disk === undefined) return test.skip();
    const store = await aStore(disk);
    const before = aRecord();
    await appendTo(store, before);
    disk.unmount();
    disk.fail();
    const { acknowledged } = await appendUntilRefused(store);
    disk.mend();
    await eventually(
      () => expect(store.health().reason).toMatch(/is not the one that was open until now.*there is none/),
      again,
    );
    expect(await appendTo(store, aRecord())).toMatchObject({ ok: false, code: 'records_halted' });

    disk.mount();
    await eventually(() => expect(store.health()).toEqual({ state: 'ready' }), again);
    expect(await appendTo(store, aRecord())).toMatchObject({ ok: true });
    await expectWhole(store, [before.id, ...acknowledged]);
    return undefined;
  });
});
