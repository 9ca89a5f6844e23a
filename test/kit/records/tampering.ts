/** Ways in which a person who can write the records file may change it, from a single edit to making all of it anew. */
import { copyFileSync, existsSync, rmSync, truncateSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { canonicalize, genesisHash, recordHash } from '../../../crds/audit/canonical.ts';
import type { StoredRecord } from '../../../crds/audit/record.ts';
import { keyRowOf, rebuildIntents } from '../../../crds/audit/records-file.ts';

/** What is done to the file at `path`; `older` is the file as it was some records earlier. */
export type Tampering = (path: string, older: string) => void;

/** Runs SQL in the file. */
export const sql =
  (...statements: readonly string[]): Tampering =>
  (path) =>
    inFile(path, (db) => db.exec(statements.join(';')));

/** Runs SQL that SQLite forbids unless it is asked to look away. */
export const forbiddenSql =
  (...statements: readonly string[]): Tampering =>
  (path) =>
    inFile(path, (db) => {
      db.enableDefensive(false);
      db.exec(`PRAGMA writable_schema = ON; ${statements.join(';')}`);
    });

/** The file as it was. */
export const putBack: Tampering = (path, older) => {
  for (const side of ['-wal', '-shm']) rmSync(`${path}${side}`, { force: true });
  copyFileSync(older, path);
};

/** Without what was committed last, as long as it is in the log beside the file only. */
export const loseTheWriteAheadLog: Tampering = (path) => {
  if (!existsSync(`${path}-wal`)) throw new Error('there is no write-ahead log to lose');
  for (const side of ['-wal', '-shm']) rmSync(`${path}${side}`, { force: true });
};

/** Its first page alone, on which the other pages are still named. */
export const cutFile: Tampering = (path) => {
  // What is in the write-ahead log would put the pages back.
  inFile(path, (db) => db.exec('PRAGMA wal_checkpoint(TRUNCATE)'));
  truncateSync(path, 4096);
};

export interface Rewriting {
  /** Tables that are made anew after the chain; all of them unless it says otherwise. */
  readonly tables?: readonly ('keys' | 'intents' | 'log')[];
  /** Another name for the log. */
  readonly origin?: string;
}

/** Changes the records and makes the chain, and the tables beside it, anew. */
export const rewritten =
  (
    change: (records: readonly StoredRecord[]) => readonly StoredRecord[],
    { tables = ['keys', 'intents', 'log'], origin }: Rewriting = {},
  ): Tampering =>
  (path) =>
    inFile(path, (db) => {
      const before = db.prepare('SELECT body FROM records ORDER BY seq').all();
      const records = change(before.map(({ body }) => JSON.parse(String(body)) as StoredRecord));
      const log = origin ?? records[0]?.log ?? 'test/emptied';
      const lines = chained(records, log);
      db.exec('DELETE FROM records');
      const insert = db.prepare('INSERT INTO records VALUES (?, ?)');
      for (const [at, line] of lines.entries()) insert.run(at + 1, line);
      const stored = lines.map((line) => JSON.parse(line) as StoredRecord);
      if (tables.includes('keys')) makeKeys(db, stored);
      if (tables.includes('intents')) makeIntents(db, stored);
      if (tables.includes('log')) makeEnd(db, log, lines);
    });

function makeEnd(db: DatabaseSync, log: string, lines: readonly string[]): void {
  const last = lines.at(-1);
  const hash = last === undefined ? genesisHash(log) : recordHash(last);
  const recorded = last === undefined ? 0 : Date.parse((JSON.parse(last) as StoredRecord).recorded);
  const end = db.prepare('UPDATE log SET origin = ?, seq = ?, hash = ?, recorded = ?');
  end.run(log, lines.length, hash, recorded);
}

function chained(records: readonly StoredRecord[], log: string): string[] {
  let prev = genesisHash(log);
  return records.map((record, at) => {
    const line = canonicalize({ ...record, log, seq: String(at + 1), prev });
    prev = recordHash(line);
    return line;
  });
}

function makeKeys(db: DatabaseSync, records: readonly StoredRecord[]): void {
  db.exec('DELETE FROM keys');
  const insert = db.prepare('INSERT INTO keys (writer, key, id, seq, content) VALUES (?, ?, ?, ?, ?)');
  for (const record of records) {
    const { writer, key, id, seq, content } = keyRowOf(record);
    insert.run(writer, key, id, seq, content);
  }
}

function makeIntents(db: DatabaseSync, records: readonly StoredRecord[]): void {
  db.exec('DELETE FROM intents');
  const intents = rebuildIntents();
  for (const record of records) intents.add(record);
  const insert = db.prepare('INSERT INTO intents (id, seq, writer, recovered) VALUES (?, ?, ?, ?)');
  for (const { id, seq, writer, recovered } of intents.rows()) insert.run(id, seq, writer, recovered);
}

function inFile(path: string, work: (db: DatabaseSync) => void): void {
  const db = new DatabaseSync(path);
  try {
    work(db);
  } finally {
    db.close();
  }
}
