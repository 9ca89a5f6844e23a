import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { NewRecord } from '../../../../../crds/audit/record.ts';
import type { Trail } from '../../../../../trail/trail.ts';
import { inProcessTrail } from '../../../../../webhook/in-cluster/records/in-process-trail.ts';
import { openSqliteStore } from '../../../../../webhook/in-cluster/records/sqlite/store.ts';
import type { RecordStore } from '../../../../../webhook/in-cluster/records/store.ts';
import { eventually } from '../../../../kit/clock/eventually.ts';
import { aRecord, withFields } from '../../../../kit/objects/record.ts';
import { aFolder, linesOf } from '../../../../kit/records/store-file.ts';

const asked = (): NewRecord =>
  aRecord(
    withFields({ type: 'admission.requested', requester: { certainty: 'proved', username: 'alice' } }),
    ({ decision: _decision, ...record }) => record,
  );

async function aTrail(): Promise<{ store: RecordStore; trail: Trail }> {
  const store = await openSqliteStore({ path: join(aFolder(), 'records.db'), origin: 'test' });
  onTestFinished(() => store.close());
  return { store, trail: inProcessTrail(store, 'admission') };
}

describe('the trail inside the process', () => {
  it('appends as its writer and gives receipts', async () => {
    const { store, trail } = await aTrail();
    const record = asked();
    const [receipt] = await trail.append([record]);
    expect(receipt).toMatchObject({ id: record.id, seq: 2 });
    expect((await linesOf(store))[1]).toContain('"writer":"admission"');
  });

  it('lets nobody speak for another writer', async () => {
    const { trail } = await aTrail();
    await expect(trail.append([aRecord()])).rejects.toMatchObject({ code: 'records_invalid' });
  });

  it('cleans text before it is stored', async () => {
    const { store, trail } = await aTrail();
    await trail.append([{ ...asked(), message: 'a\u001b[2Jb\u202e' }]);
    expect(JSON.parse((await linesOf(store))[1] ?? '')).toMatchObject({
      message: String.raw`a\u001b[2Jb\u202e`,
    });
  });

  it('says that the records are halted when they are', async () => {
    const { store, trail } = await aTrail();
    await store.close();
    await expect(trail.append([asked()])).rejects.toMatchObject({ code: 'records_halted' });
    expect(trail.health().reachable).toBe(false);
  });

  it('says that they are unavailable when no answer comes before the deadline', async () => {
    const silent: RecordStore = {
      restoredAt: () => 0,
      append: () => new Promise(() => undefined),
      closeIntentsOf: () => Promise.resolve(true),
      read: () => Promise.resolve([]),
      head: () => Promise.reject(new Error('silent')),
      find: () => Promise.resolve(undefined),
      older: () => Promise.resolve([]),
      refused: () => Promise.resolve([]),
      notices: () => Promise.reject(new Error('silent')),
      health: () => ({ state: 'ready' }),
      close: () => Promise.resolve(),
    };
    const started = performance.now();
    const appending = inProcessTrail(silent, 'admission').append([asked()], { deadlineMs: 50 });
    await expect(appending).rejects.toMatchObject({ code: 'records_unavailable' });
    expect(performance.now() - started).toBeLessThan(1000);
  });

  it('delivers later what could not wait', async () => {
    const { store, trail } = await aTrail();
    const record = asked();
    expect(trail.appendInBackground([record])).toBe(true);
    await eventually(() => expect(trail.health()).toMatchObject({ reachable: true, waiting: 0, lost: 0 }));
    expect((await linesOf(store))[1]).toContain(record.id);
    await trail.close();
    expect(trail.appendInBackground([asked()])).toBe(false);
  });
});
