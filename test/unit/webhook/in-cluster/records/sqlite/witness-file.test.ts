/** What is known of the objects follows from the records, also where the file in which it is kept was away. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import type { Citation } from '../../../../../../crds/audit/citation.ts';
import { canonicalRecord, type NewRecord } from '../../../../../../crds/audit/record.ts';
import { openSqliteLog, type SqliteLog } from '../../../../../../webhook/in-cluster/records/sqlite/log.ts';
import { aRecord, asIntent, withFields } from '../../../../../kit/objects/record.ts';
import { aFolder } from '../../../../../kit/records/store-file.ts';

const start = Date.parse('2026-12-01T08:00:00.000Z');
const inGeneration = (generation: number): Citation => ({
  kind: 'SupportAccessGrant',
  uid: 'g',
  namespace: 'ecase',
  name: 'case-1',
  generation,
});
const intent = (generation: number): NewRecord =>
  aRecord(asIntent, withFields({ cites: [inGeneration(generation)] }));

function aLog(folder = aFolder()) {
  const path = join(folder, 'records.db');
  return { path, log: openSqliteLog(path, { origin: 'test/witness', now: () => start }) };
}

const append = (log: SqliteLog, ...records: readonly NewRecord[]) =>
  log.append([{ writer: 'gateway', records: records.map(canonicalRecord) }])[0];

describe('what the records know of an object', () => {
  it('is known within the very group in which it was told', () => {
    const { log } = aLog();
    const groups = [intent(5), intent(4)].map((record) => ({
      writer: 'gateway' as const,
      records: [canonicalRecord(record)],
    }));
    expect(log.append(groups).map(({ ok }) => ok)).toEqual([true, false]);
    log.close();
  });

  it('is not learned from what was refused as a whole', () => {
    const { log } = aLog();
    const taken = intent(3);
    append(log, taken);
    expect(append(log, intent(9), { ...intent(9), id: taken.id })).toMatchObject({
      code: 'records_conflict',
    });
    expect(append(log, intent(4))).toMatchObject({ ok: true });
    log.close();
  });

  it('is that a lock was asked to be lifted, also by who says that it is lost', () => {
    const { log } = aLog();
    const target = { area: 'configuration', kind: 'SupportAccessLock', name: 'all', uid: '1' } as const;
    const told = (type: NewRecord['type'], uid = '1') =>
      aRecord(withFields({ type, target: { ...target, uid } }));
    const lost = (uid?: string) => {
      const record = canonicalRecord(told('lock.lost', uid));
      return log.append([{ writer: 'operator', records: [record] }])[0];
    };
    append(log, told('lock.created'));
    expect(lost()).toMatchObject({ ok: true });
    append(
      log,
      aRecord(withFields({ type: 'admission.requested', target: { ...target, action: 'UPDATE' } })),
    );
    expect(lost()).toMatchObject({
      code: 'records_older',
      detail: expect.stringContaining('record lock.lifted') as string,
    });
    expect(lost('2')).toMatchObject({ ok: true });
    log.close();
  });

  it('is not taken back by a record that is sent again: one that opens is judged each time', () => {
    const { log } = aLog();
    const sent = intent(4);
    expect(append(log, sent)).toMatchObject({ ok: true });
    expect(append(log, sent)).toMatchObject({ ok: true });
    append(log, intent(5));
    expect(append(log, sent)).toMatchObject({ ok: false, code: 'records_older' });
    log.close();
  });

  it('is read from the records again after its file was lost, or a build without it ran in between', () => {
    const folder = aFolder();
    const first = aLog(folder);
    append(first.log, intent(5));
    first.log.close();
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${first.path}.witness${suffix}`, { force: true });
    const second = aLog(folder);
    expect(append(second.log, intent(4))).toMatchObject({ code: 'records_older' });
    expect(append(second.log, intent(5))).toMatchObject({ ok: true });
    second.log.close();
  });

  it.each<readonly [string, (witness: string) => void]>([
    ['is no database', (witness) => writeFileSync(witness, 'no database at all, but long enough to be one')],
    ['is damaged within', damageWithin],
    ['is of another version', (witness) => changeIn(witness, 'DELETE FROM witness; PRAGMA user_version = 1')],
    ['has lost a table', (witness) => changeIn(witness, 'DROP TABLE learned')],
  ])('is read from the records again where its file %s', (_, change) => {
    const folder = aFolder();
    const first = aLog(folder);
    append(first.log, intent(5));
    first.log.close();
    change(`${first.path}.witness`);
    const second = aLog(folder);
    expect(append(second.log, intent(4))).toMatchObject({ code: 'records_older' });
    second.log.close();
  });

  it('is not taken from the file of other records, nor of the same ones that were put back since', () => {
    const folder = aFolder();
    const first = aLog(folder);
    append(first.log, intent(1));
    first.log.close();
    const saved = readFileSync(first.path);
    const later = aLog(folder);
    append(later.log, intent(5));
    later.log.close();
    writeFileSync(first.path, saved);
    const putBack = aLog(folder);
    expect(append(putBack.log, intent(4))).toMatchObject({ ok: true });
    putBack.log.close();
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${first.path}${suffix}`, { force: true });
    const other = aLog(folder);
    expect(append(other.log, intent(3))).toMatchObject({ ok: true });
    other.log.close();
  });
});

function changeIn(witness: string, sql: string): void {
  const db = new DatabaseSync(witness);
  db.exec(sql);
  db.close();
}

/** All pages but the first, in which the tables stand by name: it opens, and says that it is damaged only when it is read. */
function damageWithin(witness: string): void {
  const bytes = readFileSync(witness);
  writeFileSync(witness, bytes.fill(0xff, 4096));
}
