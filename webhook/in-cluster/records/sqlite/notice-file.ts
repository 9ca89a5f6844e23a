/**
 * The queue of notices, in a file of its own beside the records: a damaged one is made anew and costs no record. What was
 * said of before it was made is not said again. Synchronous; runs in the store's thread.
 */
import { rmSync } from 'node:fs';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { SupportAccessError } from '../../../../crds/errors.ts';
import type { Notice } from '../../../../crds/notices/notice.ts';
import type { NewEntry, QueueAsk, QueuedEntry, QueueState } from '../../../../trail/notice-queue.ts';
import { ownFile } from './schema.ts';

export interface NoticeFile {
  /** @throws SupportAccessError `records_conflict` where the queue was read further meanwhile. */
  ask(ask: QueueAsk): QueueState;
  close(): void;
}

/** The records that the queue follows. */
interface FollowedRecords {
  head(): { readonly log: string; readonly seq: number };
  readTypes(after: number, upTo: number, types: readonly string[]): readonly string[];
}

/** Records that one look goes through: a busy gateway writes many that no notice is about. */
const scanned = 2000;

const version = 1;

const tables = `
  CREATE TABLE IF NOT EXISTS place (one INTEGER PRIMARY KEY CHECK (one = 1), log TEXT NOT NULL, seq INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS notices (
    key TEXT PRIMARY KEY, recipient TEXT NOT NULL, notice TEXT NOT NULL, due INTEGER NOT NULL,
    since INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS notices_due ON notices (due);
  CREATE INDEX IF NOT EXISTS notices_since ON notices (since);
  PRAGMA user_version = ${version};`;

/** Opens the file, or makes it; what cannot be read goes. */
export function openNoticeFile(path: string, records: FollowedRecords): NoticeFile {
  const db = openOrMake(path);
  const sql = prepare(db);
  startAt(sql, records.head());
  return {
    ask(ask) {
      if (ask.kind === 'put') put(db, sql, ask);
      if (ask.kind === 'settle') settle(sql, ask);
      return answer(sql, records, ask);
    },
    close: () => db.close(),
  };
}

function openOrMake(path: string): DatabaseSync {
  try {
    return opened(path);
  } catch {
    for (const end of ['', '-wal', '-shm']) rmSync(`${path}${end}`, { force: true });
    return opened(path);
  }
}

function opened(path: string): DatabaseSync {
  ownFile(path);
  const db = new DatabaseSync(path, { timeout: 5000 });
  try {
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA trusted_schema = OFF;');
    const found = Number(db.prepare('PRAGMA user_version').get()?.['user_version']);
    if (found !== 0 && found !== version) throw new Error(`the queue of notices is of version ${found}`);
    db.exec(tables);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

interface Statements {
  readonly place: StatementSync;
  readonly move: StatementSync;
  readonly of: StatementSync;
  readonly add: StatementSync;
  readonly fold: StatementSync;
  readonly later: StatementSync;
  readonly drop: StatementSync;
  readonly due: StatementSync;
  readonly counts: StatementSync;
}

function prepare(db: DatabaseSync): Statements {
  return {
    place: db.prepare('SELECT log, seq FROM place'),
    move: db.prepare(
      'INSERT INTO place VALUES (1, ?, ?) ON CONFLICT (one) DO UPDATE SET log = excluded.log, seq = excluded.seq',
    ),
    of: db.prepare('SELECT notice, attempts FROM notices WHERE key = ?'),
    add: db.prepare('INSERT INTO notices (key, recipient, notice, due, since) VALUES (?, ?, ?, ?, ?)'),
    fold: db.prepare('UPDATE notices SET notice = ? WHERE key = ?'),
    later: db.prepare('UPDATE notices SET due = ?, attempts = attempts + 1 WHERE key = ?'),
    drop: db.prepare('DELETE FROM notices WHERE key = ?'),
    due: db.prepare('SELECT * FROM notices WHERE due <= ? ORDER BY due LIMIT ?'),
    counts: db.prepare('SELECT count(*) AS waiting, min(since) AS oldest FROM notices'),
  };
}

/** A queue that is new, or of other records, begins at their end. */
function startAt(sql: Statements, { log, seq }: { readonly log: string; readonly seq: number }): void {
  if (sql.place.get()?.['log'] !== log) sql.move.run(log, seq);
}

function put(
  db: DatabaseSync,
  sql: Statements,
  { from, to, entries, now }: Extract<QueueAsk, { kind: 'put' }>,
): void {
  const place = sql.place.get();
  if (Number(place?.['seq']) !== from) {
    const detail = `the queue was read up to ${String(place?.['seq'])} and not ${from}; look again`;
    throw new SupportAccessError('records_conflict', detail);
  }
  db.exec('BEGIN IMMEDIATE');
  try {
    for (const entry of entries) putOne(sql, entry, now);
    sql.move.run(String(place?.['log']), to);
    db.exec('COMMIT');
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

function putOne(sql: Statements, { key, recipient, notice, dueAt, folds }: NewEntry, now: number): void {
  const known = sql.of.get(key);
  if (known === undefined) {
    sql.add.run(key, recipient, JSON.stringify(notice), dueAt, now);
    return;
  }
  // What was tried may have arrived, and then says another number.
  if (!folds || Number(known['attempts']) > 0) return;
  sql.fold.run(JSON.stringify(folded(JSON.parse(String(known['notice'])) as Notice, notice)), key);
}

function folded(first: Notice, next: Notice): Notice {
  const count = (first.folded?.count ?? 1) + (next.folded?.count ?? 1);
  const lastAt = Math.max(first.folded?.lastAt ?? first.at, next.folded?.lastAt ?? next.at);
  return { ...first, folded: { count, lastAt } };
}

function settle(sql: Statements, { key, dueAt }: Extract<QueueAsk, { kind: 'settle' }>): void {
  if (dueAt === undefined) sql.drop.run(key);
  else sql.later.run(dueAt, key);
}

function answer(sql: Statements, records: FollowedRecords, ask: QueueAsk): QueueState {
  const { seq: end } = records.head();
  const from = Number(sql.place.get()?.['seq']);
  const to = Math.min(end, from + scanned);
  const looks = ask.kind === 'look';
  const now = looks ? ask.now : 0;
  const counts = sql.counts.get();
  const oldest = counts?.['oldest'];
  return {
    from,
    to,
    more: end > to,
    records: looks ? records.readTypes(from, to, ask.types) : [],
    due: looks ? sql.due.all(now, ask.limit).map(entryOf) : [],
    waiting: Number(counts?.['waiting'] ?? 0),
    oldestSince: typeof oldest === 'number' ? oldest : undefined,
  };
}

function entryOf(row: Readonly<Record<string, unknown>>): QueuedEntry {
  return {
    key: String(row['key']),
    recipient: String(row['recipient']),
    notice: JSON.parse(String(row['notice'])) as Notice,
    dueAt: Number(row['due']),
    since: Number(row['since']),
    attempts: Number(row['attempts']),
  };
}
