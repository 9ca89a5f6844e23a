/**
 * What the records know of the objects by which access opens, in a file of its own beside theirs. All of it follows from the
 * records, and it says up to which of them: what is missing is read at the start, so that a build that knows no such file may
 * run in between, and a file that is lost, damaged, of another version or of other records is made anew. What is known, and what is older than it, `crds/audit/witness.ts` says.
 */
import { rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { recordHash } from '../../../../crds/audit/canonical.ts';
import type { Writer } from '../../../../crds/audit/events.ts';
import type { NewRecord, StoredRecord } from '../../../../crds/audit/record.ts';
import {
  type CitedWorld,
  type OlderThing,
  olderIn,
  type WitnessRow,
  type WitnessRows,
  wasLifted,
} from '../../../../crds/audit/witness.ts';
import { learn } from '../../../../crds/audit/witness-learning.ts';
import { lockNamesFor } from '../../../../crds/rules/locks.ts';
import type { LogHead } from '../store.ts';
import { ownFile } from './schema.ts';

export interface WitnessFile {
  /** What in this world is older than what is known. */
  older(world: CitedWorld): readonly OlderThing[];
  /** Whether the record says that a lock is lost which was asked to be lifted. */
  wasLifted(record: NewRecord): boolean;
  /** What came back from a backup, or was lost by one, and was not confirmed. */
  refused(): readonly WitnessRow[];
  /** Within `together`: learns from a record that was appended. */
  learn(record: NewRecord, writer: Writer): void;
  /** Within `together`: an append that is refused as a whole teaches nothing. */
  attempt<T extends { readonly ok: boolean }>(append: () => T): T;
  /** Learns from a group, once the group is durable. */
  together<T>(append: () => T): T;
  close(): void;
}

/** The records that it follows from. */
interface Log {
  read(after: number, limit: number): readonly string[];
  head(): LogHead;
}

const page = 1000;

/** Raised when the tables or what a record teaches become others: then all records are read again. */
const version = 3;

/** Opens the file, and reads the records that it does not know yet. */
export function openWitnessFile(path: string, log: Log): WitnessFile {
  const db = openFollowing(path, log);
  const rows = rowsIn(db);
  const update = db.prepare('UPDATE learned SET log = ?, seq = ?, hash = ?');
  const move = ({ log: name, seq, hash }: LogHead): void => void update.run(name, seq, hash);
  catchUp({ db, rows, log }, move);
  return {
    older: (world) => olderIn(world, locksOver(world), rows),
    wasLifted: (record) => wasLifted(record, rows),
    refused: () => rows.refused(undefined),
    learn: (record, writer) => learn(record, writer, rows),
    attempt(append) {
      db.exec('SAVEPOINT request');
      const answer = append();
      if (!answer.ok) db.exec('ROLLBACK TO request');
      db.exec('RELEASE request');
      return answer;
    },
    together: (append) =>
      inTransaction(db, () => {
        const result = append();
        move(log.head());
        return result;
      }),
    close: () => db.close(),
  };
}

/** Nothing is lost with the file, so it never keeps the records from opening: what cannot be followed on from goes. */
function openFollowing(path: string, log: Log): DatabaseSync {
  try {
    return openKnown(path, log);
  } catch {
    for (const suffix of ['', '-wal', '-shm', '-journal'])
      rmSync(`${path}${suffix}`, { force: true, recursive: true });
    return openKnown(path, log);
  }
}

/** @throws Error when it cannot be opened, is damaged, or is not of these records as far as they go. */
function openKnown(path: string, log: Log): DatabaseSync {
  ownFile(path);
  const db = new DatabaseSync(path, { timeout: 5000 });
  try {
    // Not FULL: what a power cut takes from it is read from the records again.
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA trusted_schema = OFF;');
    const found = Number(db.prepare('PRAGMA user_version').get()?.['user_version']);
    const isNew = db.prepare('SELECT 1 FROM sqlite_schema').get() === undefined;
    if (isNew) makeTables(db, log.head().log);
    else if (found !== version) throw new Error(`it is of version ${found}, not ${version}`);
    const damage = String(db.prepare('PRAGMA quick_check(1)').get()?.['quick_check']);
    if (damage !== 'ok') throw new Error(`it is damaged: ${damage}`);
    if (!isOf(log, learnedIn(db))) throw new Error('it is of other records');
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function makeTables(db: DatabaseSync, log: string): void {
  inTransaction(db, () => {
    db.exec(`CREATE TABLE witness (
      subject TEXT PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL, uid TEXT NOT NULL, generation INTEGER NOT NULL,
      hash TEXT NOT NULL, state TEXT NOT NULL, found TEXT NOT NULL, known TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE learned (
      one INTEGER PRIMARY KEY CHECK (one = 1), log TEXT NOT NULL, seq INTEGER NOT NULL, hash TEXT NOT NULL
    ) STRICT;`);
    db.prepare("INSERT INTO learned VALUES (1, ?, 0, '')").run(log);
    db.exec(`PRAGMA user_version = ${version}`);
  });
}

/** Up to which record it has learned. */
function learnedIn(db: DatabaseSync): LogHead {
  const { log, seq, hash } = db.prepare('SELECT log, seq, hash FROM learned').get() ?? {};
  return { log: String(log), seq: Number(seq), hash: String(hash) };
}

/** The record up to which it has learned must be in this log: records that were put back end earlier, or go on otherwise. */
function isOf(log: Log, { log: name, seq, hash }: LogHead): boolean {
  if (name !== log.head().log) return false;
  if (seq === 0) return true;
  const [line] = log.read(seq - 1, 1);
  return line !== undefined && recordHash(line) === hash;
}

function catchUp(
  { db, rows, log }: { readonly db: DatabaseSync; readonly rows: WitnessRows; readonly log: Log },
  move: (to: LogHead) => void,
): void {
  const { log: name, seq: known } = learnedIn(db);
  let seq = known;
  for (let lines = log.read(seq, page); lines.length > 0; lines = log.read(seq, page)) {
    inTransaction(db, () => {
      for (const line of lines) {
        const record = JSON.parse(line) as StoredRecord;
        learn(record, record.writer, rows);
      }

      seq += lines.length;
      move({ log: name, seq, hash: recordHash(lines.at(-1) ?? '') });
    });
  }
}

const columns = 'subject, kind, name, uid, generation, hash, state, found, known';

function rowsIn(db: DatabaseSync): WitnessRows {
  const get = db.prepare(`SELECT ${columns} FROM witness WHERE subject = ?`);
  const put = db.prepare(`INSERT OR REPLACE INTO witness (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const forget = db.prepare('DELETE FROM witness WHERE subject = ?');
  const refused = db.prepare(
    `SELECT ${columns} FROM witness WHERE state = 'refused' AND (found = ?1 OR ?1 IS NULL) ORDER BY subject`,
  );
  return {
    get: (subject) => get.get(subject) as unknown as WitnessRow | undefined,
    put: ({ subject, kind, name, uid, generation, hash, state, found = '', known = '' }) =>
      void put.run(subject, kind, name, uid, generation, hash, state, found, known),
    forget: (subject) => void forget.run(subject),
    refused: (found) => refused.all(found ?? null).map((row) => ({ ...row })) as unknown as WitnessRow[],
  };
}

function locksOver({ grant, cites = [] }: CitedWorld): readonly string[] {
  if (grant === undefined) return [];
  const target = { namespace: grant.namespace, grantUid: grant.uid };
  const users = cites.filter(({ kind }) => kind === 'SupportUser');
  const names = [undefined, ...users].flatMap((user) => lockNamesFor({ ...target, userUid: user?.uid }));
  return [...new Set(names)];
}

function inTransaction<T>(db: DatabaseSync, work: () => T): T {
  db.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}
