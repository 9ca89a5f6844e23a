/**
 * The form of the SQLite file of the records: its tables, and what stands in those beside the records. `records.body` is
 * the canonical line; all else can be rebuilt from it. The store makes the tables, and who verifies a file compares them.
 */
import { canonicalMembers } from './canonical.ts';
import type { Writer } from './events.ts';
import { contentHash, type NewRecord, type StoredRecord } from './record.ts';

/** `PRAGMA user_version` of the file. */
export const recordsFileVersion = 1;

/**
 * The statements that make the file. keys: idempotency per writer, and ids are unique in the whole log. intents: those
 * without an outcome of their writer. log: the name of the log, and its end.
 */
export const recordsFileTables: readonly string[] = [
  'CREATE TABLE records (seq INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT',
  `CREATE TABLE keys (
    writer TEXT NOT NULL, key TEXT NOT NULL, id TEXT NOT NULL UNIQUE, seq INTEGER NOT NULL, content TEXT NOT NULL,
    PRIMARY KEY (writer, key)
  ) STRICT, WITHOUT ROWID`,
  `CREATE TABLE intents (
    id TEXT PRIMARY KEY, seq INTEGER NOT NULL, writer TEXT NOT NULL, recovered INTEGER NOT NULL DEFAULT 0
  ) STRICT, WITHOUT ROWID`,
  `CREATE TABLE log (
    one INTEGER PRIMARY KEY CHECK (one = 1), origin TEXT NOT NULL, seq INTEGER NOT NULL, hash TEXT NOT NULL,
    recorded INTEGER NOT NULL
  ) STRICT`,
];

/** A row of `keys`. */
export interface KeyRow {
  readonly writer: Writer;
  readonly key: string;
  readonly id: string;
  readonly seq: number;
  readonly content: string;
}

/** A row of `intents`. */
export interface IntentRow {
  readonly id: string;
  readonly seq: number;
  readonly writer: Writer;
  readonly recovered: 0 | 1;
}

/** The row of `keys` that belongs to a record. */
export function keyRowOf(record: StoredRecord): KeyRow {
  const { id, key, writer, seq } = record;
  return { writer, key, id, seq: Number(seq), content: contentHash(asWritten(record)) };
}

/** The record as its writer stated it, without what the store added. */
function asWritten(stored: StoredRecord) {
  const { v: _v, log: _log, seq: _seq, prev: _prev, recorded: _recorded, ...rest } = stored;
  const { writer: _writer, code: _code, clock: _clock, late: _late, ...record } = rest;
  return { record: record satisfies NewRecord as NewRecord, members: canonicalMembers(record) };
}

/** Rebuilds `intents` from the records, which are given in order. */
export interface IntentRows {
  add(record: StoredRecord): void;
  rows(): readonly IntentRow[];
}

export function rebuildIntents(): IntentRows {
  const open = new Map<string, IntentRow>();
  return {
    add({ id, seq, writer, phase, cause = '' }) {
      if (phase === 'intent') open.set(id, { id, seq: Number(seq), writer, recovered: 0 });
      if (phase !== 'outcome') return;
      const intent = open.get(cause);
      // A start closes what it finds open; the real outcome may still arrive from the writer.
      if (writer === 'store' && intent !== undefined) open.set(cause, { ...intent, recovered: 1 });
      else open.delete(cause);
    },
    rows: () => [...open.values()],
  };
}
