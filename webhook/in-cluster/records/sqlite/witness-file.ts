/**
 * What the records know of the objects by which access opens, in a file of its own beside theirs. All of it follows from the
 * records, and it says up to which of them: what is missing is read at the start, so that a build that knows no such file may
 * run in between, and a lost file is made anew. What is known, and what is older than it, `crds/audit/witness.ts` says.
 */
import { DatabaseSync } from 'node:sqlite';
import type { NewRecord } from '../../../../crds/audit/record.ts';
import {
  type CitedWorld,
  type OlderThing,
  olderIn,
  type WitnessRow,
  type WitnessRows,
} from '../../../../crds/audit/witness.ts';
import { learn } from '../../../../crds/audit/witness-learning.ts';
import { lockNamesFor } from '../../../../crds/rules/locks.ts';
import { ownFile } from './schema.ts';

export interface WitnessFile {
  /** What in this world is older than what is known. */
  older(world: CitedWorld): readonly OlderThing[];
  /** What came back from a backup, or was lost by one, and was not confirmed. */
  refused(): readonly WitnessRow[];
  /** Within `together`: learns from a record that was appended. */
  learn(record: NewRecord): void;
  /** Within `together`: an append that is refused as a whole teaches nothing. */
  attempt<T extends { readonly ok: boolean }>(append: () => T): T;
  /** Learns from a group, once the group is durable. `seqOf` names the last record of the log then. */
  together<T>(append: () => T, seqOf: () => number): T;
  close(): void;
}

/** The records as they are read at the start. */
interface Log {
  read(after: number, limit: number): readonly string[];
}

const page = 1000;

/** Opens the file, and reads the records that it does not know yet. */
export function openWitnessFile(path: string, log: Log): WitnessFile {
  ownFile(path);
  const db = new DatabaseSync(path, { timeout: 5000 });
  // Not FULL: what a power cut takes from it is read from the records again.
  db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA trusted_schema = OFF;
    CREATE TABLE IF NOT EXISTS witness (
      subject TEXT PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL, uid TEXT NOT NULL, generation INTEGER NOT NULL,
      hash TEXT NOT NULL, state TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS learned (one INTEGER PRIMARY KEY CHECK (one = 1), seq INTEGER NOT NULL) STRICT;
    INSERT OR IGNORE INTO learned VALUES (1, 0);`);
  const rows = rowsIn(db);
  const move = db.prepare('UPDATE learned SET seq = ?');
  const known = Number(db.prepare('SELECT seq FROM learned').get()?.['seq']);
  catchUp({ db, rows, log }, known, (seq) => void move.run(seq));
  const refused = db.prepare(`SELECT ${columns} FROM witness WHERE state = 'refused' ORDER BY subject`);
  return {
    older: (world) => olderIn(world, locksOver(world), rows),
    refused: () => refused.all().map((row) => ({ ...row })) as unknown as WitnessRow[],
    learn: (record) => learn(record, rows),
    attempt(append) {
      db.exec('SAVEPOINT request');
      const answer = append();
      if (!answer.ok) db.exec('ROLLBACK TO request');
      db.exec('RELEASE request');
      return answer;
    },
    together: (append, seqOf) =>
      inTransaction(db, () => {
        const result = append();
        move.run(seqOf());
        return result;
      }),
    close: () => db.close(),
  };
}

function catchUp(
  { db, rows, log }: { readonly db: DatabaseSync; readonly rows: WitnessRows; readonly log: Log },
  known: number,
  move: (seq: number) => void,
): void {
  for (let after = known, lines = log.read(after, page); lines.length > 0; lines = log.read(after, page)) {
    inTransaction(db, () => {
      for (const line of lines) learn(JSON.parse(line) as NewRecord, rows);
      after += lines.length;
      move(after);
    });
  }
}

const columns = 'subject, kind, name, uid, generation, hash, state';

function rowsIn(db: DatabaseSync): WitnessRows {
  const get = db.prepare(`SELECT ${columns} FROM witness WHERE subject = ?`);
  const put = db.prepare(`INSERT OR REPLACE INTO witness (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?)`);
  const forget = db.prepare("DELETE FROM witness WHERE state = 'refused'");
  return {
    get: (subject) => get.get(subject) as unknown as WitnessRow | undefined,
    put: ({ subject, kind, name, uid, generation, hash, state }) =>
      void put.run(subject, kind, name, uid, generation, hash, state),
    confirm: () => void forget.run(),
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
