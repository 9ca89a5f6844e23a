/** What `records verify` finds and what it does not, as docs/records.md lists it. */
import { copyFileSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type NewRecord, readNewRecord, type StoredRecord } from '../../../crds/audit/record.ts';
import { openSqliteEngine } from '../../../webhook/in-cluster/records/sqlite/engine.ts';
import { openSqliteStore } from '../../../webhook/in-cluster/records/sqlite/store.ts';
import { call } from '../../kit/cli/call.ts';
import { aRecord, asIntent, asOutcomeOf, withFields } from '../../kit/objects/record.ts';
import { aFolder, appendTo } from '../../kit/records/store-file.ts';
import {
  cutFile,
  forbiddenSql,
  loseTheWriteAheadLog,
  putBack,
  rewritten,
  sql,
  type Tampering,
} from '../../kit/records/tampering.ts';

type Code = 0 | 1 | 2 | 3;

const documented = readFileSync(fileURLToPath(new URL('../../../docs/records.md', import.meta.url)), 'utf8');

const cutEnd = (records: readonly StoredRecord[]): readonly StoredRecord[] => records.slice(0, -1);
const withoutThird = (records: readonly StoredRecord[]) => records.toSpliced(2, 1);
const edited = (records: readonly StoredRecord[]) =>
  records.map((record, at) => (at === 2 ? { ...record, actor: { ...record.actor, name: 'eve' } } : record));
const forged = (records: readonly StoredRecord[]): StoredRecord => {
  const [, second] = records;
  if (second === undefined) throw new Error('there is no record to forge from');
  return { ...second, id: '019a0000-0000-7000-8000-0000000fffff', key: 'forged' };
};
const inserted = (records: readonly StoredRecord[]) => records.toSpliced(2, 0, forged(records));
const appended = (records: readonly StoredRecord[]) => {
  const [last] = records.slice(-1);
  return last === undefined ? [] : [...records, { ...forged(records), recorded: last.recorded }];
};
const swapped =
  'UPDATE records SET seq = 99 WHERE seq = 3; UPDATE records SET seq = 3 WHERE seq = 4; UPDATE records SET seq = 4 WHERE seq = 99';

/** Codes: 0 intact, 1 changed, 2 incomplete, 3 cannot tell. The head was kept when the file had seven of its eight records. */
const ways: Readonly<Record<string, [how: Tampering, withoutHead: Code, withHead: Code]>> = {
  nothing: [() => undefined, 3, 0],
  'a record edited': [sql(`UPDATE records SET body = replace(body, '"ada"', '"eve"') WHERE seq = 3`), 1, 1],
  'the last record edited': [
    sql(`UPDATE records SET body = replace(body, '"ada"', '"eve"') WHERE seq = 8`),
    1,
    1,
  ],
  'a record removed': [sql('DELETE FROM records WHERE seq = 3'), 1, 1],
  'the first record removed': [sql('DELETE FROM records WHERE seq = 1'), 2, 2],
  'two records swapped': [sql(swapped), 1, 1],
  'a record hidden before the first': [
    sql(`INSERT INTO records SELECT 0, body FROM records WHERE seq = 3`),
    1,
    1,
  ],
  'the records numbered with gaps': [
    sql('UPDATE records SET seq = -seq', 'UPDATE records SET seq = seq * -10'),
    1,
    1,
  ],
  'the end cut': [sql('DELETE FROM records WHERE seq > 6'), 2, 2],
  'the end cut, and the row that told it deleted': [
    sql('DELETE FROM records WHERE seq > 6', 'DELETE FROM log'),
    1,
    2,
  ],
  'the end cut, and the row that told it rewritten': [rewritten(cutEnd, { tables: ['log'] }), 1, 1],
  'a record edited and the chain rewritten': [rewritten(edited, { tables: ['log'] }), 1, 1],
  'a record removed and the chain rewritten': [rewritten(withoutThird, { tables: ['log', 'intents'] }), 1, 1],
  'a record inserted and the chain rewritten': [rewritten(inserted, { tables: ['log', 'intents'] }), 1, 1],
  'a key row deleted': [sql(`DELETE FROM keys WHERE seq = 3`), 1, 1],
  'a key row added': [sql(`INSERT INTO keys VALUES ('gateway', 'k', 'i', 9, 'c')`), 1, 1],
  'a key column changed: id': [sql(`UPDATE keys SET id = 'other' WHERE seq = 3`), 1, 1],
  'a key column changed: seq': [sql('UPDATE keys SET seq = 99 WHERE seq = 3'), 1, 1],
  'a key column changed: content': [sql(`UPDATE keys SET content = 'other' WHERE seq = 3`), 1, 1],
  'a key column changed: writer': [sql(`UPDATE keys SET writer = 'operator' WHERE seq = 3`), 1, 1],
  'an open intent deleted': [sql('DELETE FROM intents'), 1, 1],
  'an open intent added': [sql(`INSERT INTO intents VALUES ('i', 3, 'gateway', 0)`), 1, 1],
  'an open intent called recovered': [sql('UPDATE intents SET recovered = 1'), 1, 1],
  'an open intent given to another writer': [sql(`UPDATE intents SET writer = 'operator'`), 1, 1],
  'the name of the log changed': [sql(`UPDATE log SET origin = 'other'`), 1, 1],
  'the time of the end changed': [sql('UPDATE log SET recorded = recorded - 1'), 1, 1],
  'the hash of the end changed': [sql(`UPDATE log SET hash = '${'0'.repeat(64)}'`), 1, 1],
  'a trigger that drops what is appended next': [
    sql('CREATE TRIGGER quiet AFTER INSERT ON records BEGIN DELETE FROM records WHERE seq = new.seq; END'),
    1,
    1,
  ],
  'a view in place of the records': [
    sql(
      'ALTER TABLE records RENAME TO kept',
      'CREATE VIEW records AS SELECT seq, body FROM kept WHERE seq <> 3',
    ),
    1,
    1,
  ],
  'a table of another form': [
    forbiddenSql(`UPDATE sqlite_schema SET sql = replace(sql, ' STRICT', '') WHERE name = 'log'`),
    1,
    1,
  ],
  "a table with a name of SQLite's own": [sql('ANALYZE'), 1, 1],
  "a view with a name of SQLite's own": [
    forbiddenSql(
      'CREATE VIEW quiet AS SELECT 1',
      `UPDATE sqlite_schema SET name = 'sqlite_quiet', tbl_name = 'sqlite_quiet',
       sql = 'CREATE VIEW sqlite_quiet AS SELECT 1' WHERE name = 'quiet'`,
    ),
    1,
    1,
  ],
  'a table dropped': [sql('DROP TABLE keys'), 1, 1],
  'the row of the end called another': [
    sql('PRAGMA ignore_check_constraints = ON', 'UPDATE log SET one = 2'),
    1,
    1,
  ],
  'a number that is too large to be read': [
    sql('UPDATE keys SET seq = 9007199254740993 WHERE seq = 3'),
    1,
    1,
  ],
  'bytes that are no text, in place of the sign for such': [
    sql(`UPDATE records SET body = CAST(unhex(replace(hex(body), 'EFBFBD', 'FF')) AS TEXT) WHERE seq = 3`),
    1,
    1,
  ],
  'a text that is too long to be read': [
    sql('UPDATE records SET body = CAST(zeroblob(1048577) AS TEXT) WHERE seq = 3'),
    1,
    1,
  ],
  'a rollback journal put beside it': [(path) => writeFileSync(`${path}-journal`, 'x'), 1, 1],
  'the file cut': [cutFile, 1, 1],
  'the file called one of a later version': [sql('PRAGMA user_version = 2'), 3, 3],
  'the file as it was earlier put back': [putBack, 3, 2],
  'the write-ahead log lost': [loseTheWriteAheadLog, 3, 2],
  'the end cut and everything rewritten': [rewritten((records) => records.slice(0, 3)), 3, 2],
  'a record edited and everything rewritten': [rewritten(edited), 3, 1],
  'a record removed and everything rewritten': [rewritten(withoutThird), 3, 1],
  'a record inserted and everything rewritten': [rewritten(inserted), 3, 1],
  'everything under the name of another log': [
    rewritten((records) => records, { origin: 'other/log' }),
    3,
    1,
  ],
  'every record removed': [rewritten(() => []), 3, 2],
  'the end cut after the head and everything rewritten': [rewritten(cutEnd), 3, 0],
  'a record added after the head and everything rewritten': [rewritten(appended), 3, 0],
};

interface Scene {
  readonly path: string;
  /** The file as it was before its last two records. */
  readonly older: string;
  /** Kept when the file had seven of its eight records. */
  readonly head: string;
}

let scene: Scene;
const folder = mkdtempSync(join(tmpdir(), 'support-access-tampering-'));

/** Eight records, an open intent the last of them; the last two are in the write-ahead log only. */
beforeAll(async () => {
  const [path, older] = [join(folder, 'records.db'), join(folder, 'older.db')];
  const options = { path: join(folder, 'live.db'), origin: 'test/tampering' };
  const first = await openSqliteStore(options);
  const answered = aRecord(asIntent);
  const garbled = aRecord(withFields({ message: 'gar\uFFFDbled' }));
  await appendTo(first, aRecord(), garbled, answered, aRecord(asOutcomeOf(answered)), aRecord());
  await first.close();
  copyFileSync(options.path, older);
  const store = await openSqliteStore(options);
  const head = (await call(['records', 'head', '--file', options.path])).out.trim();
  await appendTo(store, aRecord(asIntent));
  for (const side of ['', '-wal']) copyFileSync(`${options.path}${side}`, `${path}${side}`);
  await store.close();
  scene = { path, older, head };
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A copy of the file in which this was done. */
function aFileAfter(how: Tampering): string {
  const path = join(aFolder(), 'records.db');
  for (const side of ['', '-wal']) copyFileSync(`${scene.path}${side}`, `${path}${side}`);
  how(path, scene.older);
  return path;
}

const answers = { 0: 'intact', 1: 'changed', 2: 'incomplete', 3: 'cannot tell' } as const;

describe('records verify of a file in which was done', () => {
  it.each(Object.entries(ways))(
    '%s says what docs/records.md says',
    async (what, [how, withoutHead, withHead]) => {
      const path = aFileAfter(how);
      const words = ['records', 'verify', '--file', path];
      const [without, given] = [await call(words), await call([...words, '--head', scene.head])];
      expect([without.code, given.code], without.out + given.out).toEqual([withoutHead, withHead]);
      expect(documented).toContain(`| ${what} | ${answers[withoutHead]} | ${answers[withHead]} |`);
    },
  );

  it('is listed in docs/records.md, and nothing else is', () => {
    const rows = documented.match(/^\| .* \| (?:intact|changed|incomplete|cannot tell) \| .*\|$/gm) ?? [];
    expect(rows).toHaveLength(Object.keys(ways).length);
  });

  it('nothing, and which is named by a link, is told the same', async () => {
    const link = join(aFolder(), 'link.db');
    symlinkSync(scene.path, link);
    const verified = await call(['records', 'verify', '--file', link, '--head', scene.head]);
    expect(verified).toMatchObject({ code: 0, out: expect.stringContaining('Intact: 8 records') });
  });

  it('nothing, while the store goes on writing, is told the same', async () => {
    const path = join(aFolder(), 'records.db');
    const store = await openSqliteStore({ path, origin: 'test/busy' });
    const head = (await call(['records', 'head', '--file', path])).out.trim();
    const writing = Array.from({ length: 100 }, () => appendTo(store, aRecord(asIntent)));
    const verified = await call(['records', 'verify', '--file', path, '--head', head]);
    await Promise.all(writing);
    await store.close();
    expect(verified).toMatchObject({ code: 0 });
  });
});

describe('a log that was left alone', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.constantFrom('', '\u0000', '\ud800', 'x'.repeat(70_000)),
  );
  const step = fc.record({ act: fc.constantFrom('point', 'intent', 'outcome', 'again', 'restart'), text });

  it('never looks changed, whatever was appended, sent twice, or left open by a crash', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
        const options = { path: join(aFolder(), 'records.db'), origin: 'test/untouched' };
        let store = openSqliteEngine(options, Date.now);
        const intents: NewRecord[] = [];
        let last: readonly NewRecord[] = [];
        for (const { act, text: message } of steps) {
          if (act === 'restart') {
            store.close();
            store = openSqliteEngine(options, Date.now);
            continue;
          }
          const intent = act === 'outcome' ? intents.shift() : undefined;
          const record = aRecord(
            ...(intent === undefined ? [] : [asOutcomeOf(intent)]),
            ...(act === 'intent' ? [asIntent] : []),
            withFields({ message }),
          );
          if (act === 'intent') intents.push(record);
          if (act !== 'again') last = [record];
          const read = last.map(readNewRecord).flatMap((one) => (one.ok ? [one] : []));
          store.append([{ writer: 'gateway', records: read }]);
        }
        store.close();
        const { code, out } = await call(['records', 'verify', '--file', options.path]);
        expect([code, out]).toEqual([3, expect.stringContaining('CANNOT TELL')]);
      }),
      { numRuns: 25 },
    );
  });
});

describe('the words of records verify', () => {
  it('say what is known with a head, how far, and what is not', async () => {
    const verified = await call(['records', 'verify', '--file', scene.path, '--head', scene.head]);
    expect(verified.out).toMatch(
      /^Intact: 8 records\. Proved: up to record 7 nothing was changed, removed or added since the given head was printed\. Not proved: the record after it, which agrees with those before; who can write the file can make that so\. 1 request is under way\. Head: 8:[0-9a-f]{64}\n$/,
    );
    const words = ['records', 'verify', '--file', scene.path, '--head', scene.head, '-o', 'json'];
    expect(JSON.parse((await call(words)).out)).toMatchObject({ state: 'good', records: 8, covered: 7 });
  });

  it('say without a head what to do, and which head it is now', async () => {
    const { out } = await call(['records', 'verify', '--file', scene.path]);
    expect(out).toMatch(
      /^CANNOT TELL: 8 records agree with each other\. Not proved: that they are those that were written, since who can write the file can make them agree\. Give --head, .* Head: 8:[0-9a-f]{64}\n$/,
    );
    const json = (await call(['records', 'verify', '--file', scene.path, '-o', 'json'])).out;
    expect(JSON.parse(json)).toMatchObject({ state: 'cannot-tell', records: 8, openIntents: 1 });
  });

  it('name the table and the column', async () => {
    const path = aFileAfter(sql(`UPDATE keys SET id = 'other' WHERE seq = 3`));
    expect((await call(['records', 'verify', '--file', path])).out).toBe(
      'CHANGED: the row of record 3 in the table keys has another id.\n',
    );
  });
});
