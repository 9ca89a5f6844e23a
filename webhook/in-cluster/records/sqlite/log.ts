/**
 * Makes a group of appends durable, chained records in SQLite. Synchronous; runs in the store's own thread. It decides
 * sequence, time and predecessor; who may append what was settled before.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { recordHash } from '../../../../crds/audit/canonical.ts';
import { type Writer, writersOf } from '../../../../crds/audit/events.ts';
import {
  type CanonicalRecord,
  contentHash,
  type NewRecord,
  type StoredRecord,
  sealRecord,
} from '../../../../crds/audit/record.ts';
import { type OlderThing, opens, restoreTypes, type WitnessRow } from '../../../../crds/audit/witness.ts';
import type { ErrorCode } from '../../../../crds/errors.ts';
import type { Receipt } from '../../../../trail/trail.ts';
import type { Appended, AppendRequest, CitedWorld, LogHead } from '../store.ts';
import { openDatabase } from './schema.ts';
import { openWitnessFile, type WitnessFile } from './witness-file.ts';

export interface SqliteLog {
  /** Appends each request wholly or not at all, all of them in one durable transaction. Throws when the disk did. */
  append(requests: readonly AppendRequest[]): Appended[];
  read(after: number, limit: number): string[];
  /** The lines of these types after one number and up to another, in order. */
  readTypes(after: number, upTo: number, types: readonly string[]): string[];
  head(): LogHead;
  /** The line under this key of the writer, if there is one. */
  find(writer: AppendRequest['writer'], key: string): string[];
  /** Intents without an outcome, oldest first. */
  openIntents(): StoredRecord[];
  /** What in this world is older than what is known. */
  older(world: CitedWorld): readonly OlderThing[];
  /** What came back from a backup, or was lost by one, and was not confirmed. */
  refused(): readonly WitnessRow[];
  /** The number of the last record with which another history of the cluster begins; 0 where there is none. */
  restoredAt(): number;
  /** Writes what the write-ahead log has into the file, and flushes it. Throws when the disk did. */
  flush(): void;
  close(): void;
}

interface Statements {
  readonly head: StatementSync;
  readonly move: StatementSync;
  readonly insert: StatementSync;
  readonly body: StatementSync;
  readonly key: StatementSync;
  readonly idTaken: StatementSync;
  readonly addKey: StatementSync;
  readonly intent: StatementSync;
  readonly open: StatementSync;
  readonly recover: StatementSync;
  readonly settle: StatementSync;
  readonly lastOf: StatementSync;
}

interface Cursor {
  readonly log: string;
  seq: number;
  prev: string;
  recorded: number;
}

interface Refusal {
  readonly code: ErrorCode;
  readonly detail: string;
  readonly older?: readonly OlderThing[];
}

/** Opens the log in the file at `path`. `now` in epoch milliseconds is asked once for each group. */
export function openSqliteLog(
  path: string,
  { origin, now }: { readonly origin: string; readonly now: () => number },
): SqliteLog {
  const db = openDatabase(path, origin);
  const sql = prepare(db);
  const page = db.prepare('SELECT body FROM records WHERE seq > ? ORDER BY seq LIMIT ?');
  const ofTypes = db.prepare(
    "SELECT body FROM records WHERE seq > ? AND seq <= ? AND json_extract(body, '$.type') IN (SELECT value FROM json_each(?)) ORDER BY seq",
  );
  const openIntents = db.prepare(
    'SELECT body FROM records WHERE seq IN (SELECT seq FROM intents WHERE recovered = 0) ORDER BY seq',
  );
  const linesOf = (rows: readonly Record<string, unknown>[]): string[] =>
    rows.map((row) => String(row['body']));
  const read = (after: number, limit: number): string[] => linesOf(page.all(after, limit));
  const head = (): LogHead => {
    const { log, seq, prev } = cursorOf(sql);
    return { log, seq, hash: prev };
  };
  const witness = openWitnessFile(`${path}.witness`, { read, head });
  return {
    append: (requests) =>
      // What it learns is kept after the records are, never before: it may be behind them, and then catches up.
      witness.together(() => inTransaction(db, () => appendGroup({ db, sql, witness }, requests, now()))),
    read,
    readTypes: (after, upTo, types) => linesOf(ofTypes.all(after, upTo, JSON.stringify(types))),
    head,
    find: (writer, key) => {
      const seq = sql.key.get(writer, key)?.['seq'];
      return seq === undefined ? [] : linesOf(sql.body.all(seq));
    },
    openIntents: () => linesOf(openIntents.all()).map((line) => JSON.parse(line) as StoredRecord),
    older: (world) => witness.older(world),
    refused: () => witness.refused(),
    restoredAt: () =>
      Math.max(
        0,
        ...restoreTypes.map((type) => Number(sql.lastOf.get(`${type}/`, `${type}0`)?.['seq'] ?? 0)),
      ),
    flush: () => db.exec('PRAGMA wal_checkpoint(TRUNCATE)'),
    close: () => {
      witness.close();
      db.close();
    },
  };
}

function prepare(db: DatabaseSync): Statements {
  return {
    head: db.prepare('SELECT origin, seq, hash, recorded FROM log'),
    move: db.prepare('UPDATE log SET seq = ?, hash = ?, recorded = ?'),
    insert: db.prepare('INSERT INTO records (seq, body) VALUES (?, ?)'),
    body: db.prepare('SELECT body FROM records WHERE seq = ?'),
    key: db.prepare('SELECT seq, content FROM keys WHERE writer = ? AND key = ?'),
    idTaken: db.prepare('SELECT 1 FROM keys WHERE id = ?'),
    addKey: db.prepare('INSERT INTO keys (writer, key, id, seq, content) VALUES (?, ?, ?, ?, ?)'),
    intent: db.prepare('SELECT writer, recovered FROM intents WHERE id = ?'),
    open: db.prepare('INSERT INTO intents (id, seq, writer) VALUES (?, ?, ?)'),
    recover: db.prepare('UPDATE intents SET recovered = 1 WHERE id = ?'),
    settle: db.prepare('DELETE FROM intents WHERE id = ?'),
    // Keys of one type, from "type/" on: the slash is followed by 0.
    lastOf: db.prepare("SELECT max(seq) AS seq FROM keys WHERE writer = 'store' AND key > ? AND key < ?"),
  };
}

function inTransaction<T>(db: DatabaseSync, work: () => T): T {
  db.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    // After some errors (disk full among them) SQLite has rolled back already.
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

// The head is read inside the transaction and never kept: if two processes ever share the file, the chain still holds.
function cursorOf(sql: Statements): Cursor {
  const row = sql.head.get();
  if (row === undefined) throw new Error('records file has no head');
  return {
    log: String(row['origin']),
    seq: Number(row['seq']),
    prev: String(row['hash']),
    recorded: Number(row['recorded']),
  };
}

interface Context {
  readonly db: DatabaseSync;
  readonly sql: Statements;
  readonly witness: WitnessFile;
}

function appendGroup(
  { db, sql, witness }: Context,
  requests: readonly AppendRequest[],
  now: number,
): Appended[] {
  const cursor = cursorOf(sql);
  const answers = requests.map((request): Appended => {
    const before = { ...cursor };
    db.exec('SAVEPOINT request');
    const answer = witness.attempt(() => appendRequest({ sql, witness, cursor, now }, request));
    if (!answer.ok) {
      db.exec('ROLLBACK TO request');
      Object.assign(cursor, before);
    }
    db.exec('RELEASE request');
    return answer;
  });
  sql.move.run(cursor.seq, cursor.prev, cursor.recorded);
  return answers;
}

interface Appending {
  readonly sql: Statements;
  readonly witness: WitnessFile;
  readonly cursor: Cursor;
  readonly now: number;
}

function appendRequest(appending: Appending, { writer, records }: AppendRequest): Appended {
  const receipts: Receipt[] = [];
  for (const canonical of records) {
    const done = appendRecord(appending, writer, canonical);
    if ('code' in done) return { ok: false, ...done };
    receipts.push(done);
  }
  return { ok: true, receipts };
}

function appendRecord(
  appending: Appending,
  writer: AppendRequest['writer'],
  canonical: CanonicalRecord,
): Receipt | Refusal {
  const { sql, witness, cursor, now } = appending;
  const { record } = canonical;
  // Before its key is looked up: one that was recorded once does not open anything a second time.
  const older = opens(record) ? witness.older(record) : [];
  if (older.length > 0) return { code: 'records_older', detail: olderInWords(older), older };
  if (witness.wasLifted(record)) return lifted;
  const content = contentHash(canonical);
  const known = knownKey(sql, writer, record);
  if (known !== undefined) {
    if (known['content'] === content) return receiptOf(sql, Number(known['seq']));
    return { code: 'records_conflict', detail: `key ${record.key} was used before with other content` };
  }
  const objection = idObjection(sql, record) ?? pairObjection(sql, writer, record);
  if (objection) return objection;
  // The order is that of the numbers. Where the clock went back, because it was ahead or is set back, the record says so, and those after it are as any other.
  const stepped = now < cursor.recorded;
  const seq = cursor.seq + 1;
  const sealed = sealRecord(canonical, {
    log: cursor.log,
    seq,
    prev: cursor.prev,
    recorded: now,
    writer,
    stepped,
  });
  sql.insert.run(seq, sealed.text);
  sql.addKey.run(writer, record.key, record.id, seq, content);
  trackIntent(sql, { writer, record, seq });
  witness.learn(record, writer);
  Object.assign(cursor, { seq, prev: sealed.hash, recorded: now });
  return { id: record.id, seq, recorded: new Date(now).toISOString(), hash: sealed.hash };
}

const lifted: Refusal = {
  code: 'records_older',
  detail: 'the lock was asked to be lifted before it was gone, so it is not lost; record lock.lifted',
};

function olderInWords(older: readonly OlderThing[]): string {
  return older.map(({ kind, name, uid, known }) => `${kind} ${name} (${uid}): ${known}`).join('; ');
}

/** A key is its writer's own, but for a type that has several writers: who comes first has recorded it for all. */
function knownKey(sql: Statements, writer: Writer, { type, key }: NewRecord) {
  const others = writersOf(type).filter((other) => other !== writer);
  for (const one of [writer, ...others]) {
    const known = sql.key.get(one, key);
    if (known !== undefined) return known;
  }
  return undefined;
}

function idObjection(sql: Statements, { id }: NewRecord): Refusal | undefined {
  if (sql.idTaken.get(id) === undefined) return undefined;
  return { code: 'records_conflict', detail: `id ${id} was used before under another key` };
}

// An outcome needs an intent of the same writer that has none yet; one that a restart closed as unknown may still learn
// its real outcome, once.
function pairObjection(sql: Statements, writer: string, record: NewRecord): Refusal | undefined {
  if (record.phase !== 'outcome') return undefined;
  const intent = sql.intent.get(record.cause ?? '');
  if (intent !== undefined && (writer === 'store' || intent['writer'] === writer)) return undefined;
  return { code: 'records_conflict', detail: `cause ${record.cause ?? ''} is no open intent of ${writer}` };
}

function trackIntent(
  sql: Statements,
  added: { readonly writer: string; readonly record: NewRecord; readonly seq: number },
): void {
  const { writer, record, seq } = added;
  if (record.phase === 'intent') sql.open.run(record.id, seq, writer);
  if (record.phase !== 'outcome') return;
  if (writer === 'store') sql.recover.run(record.cause ?? '');
  else sql.settle.run(record.cause ?? '');
}

function receiptOf(sql: Statements, seq: number): Receipt {
  const line = String(sql.body.get(seq)?.['body']);
  const { id, recorded } = JSON.parse(line) as StoredRecord;
  return { id, seq, recorded, hash: recordHash(line) };
}
