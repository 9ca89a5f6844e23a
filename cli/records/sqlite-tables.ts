/**
 * Is what stands beside the records in their SQLite file what follows from them? The tables are those that the store makes,
 * their rows are rebuilt and compared, and nothing else is there, such as a trigger that would drop what is appended next.
 */
import type { DatabaseSync } from 'node:sqlite';
import { genesisHash, recordHash } from '../../crds/audit/canonical.ts';
import type { StoredRecord } from '../../crds/audit/record.ts';
import {
  type IntentRow,
  type IntentRows,
  keyRowOf,
  rebuildIntents,
  recordsFileTables,
  recordsFileVersion,
} from '../../crds/audit/records-file.ts';
import { readStoredRecord } from '../../crds/audit/stored-record.ts';
import { CannotTell } from '../command.ts';
import type { TablesBeside } from './record-source.ts';

interface Progress {
  readonly db: DatabaseSync;
  readonly intents: IntentRows;
  readonly count: number;
  readonly last: { readonly record: StoredRecord; readonly hash: string } | undefined;
  readonly fault: string | undefined;
}

/** Begins to compare. What is read from here on is one state of the file, while the store goes on writing. */
export function tablesBeside(db: DatabaseSync): TablesBeside {
  // What a foreign file defines itself is not run.
  db.exec('PRAGMA trusted_schema = OFF; BEGIN');
  let progress: Progress = {
    db,
    intents: rebuildIntents(),
    count: 0,
    last: undefined,
    fault: formFault(db),
  };
  const keyOf = db.prepare('SELECT id, seq, content FROM keys WHERE writer = ? AND key = ?');
  return {
    add(line) {
      const record = recordIn(line);
      // What is no record at all, the chain tells.
      if (record === undefined || progress.fault !== undefined) return progress.fault !== undefined;
      progress.intents.add(record);
      const { writer, key, ...expected } = keyRowOf(record);
      const fault = rowFault(
        keyOf.get(writer, key),
        expected,
        `the row of record ${record.seq} in the table keys`,
      );
      progress = { ...progress, count: progress.count + 1, last: { record, hash: recordHash(line) }, fault };
      return fault !== undefined;
    },
    finish() {
      const why =
        progress.fault ?? endFaults.map((look) => look(progress)).find((found) => found !== undefined);
      return why === undefined ? undefined : { state: 'tampered', why };
    },
  };
}

function recordIn(line: string): StoredRecord | undefined {
  try {
    const read = readStoredRecord(JSON.parse(line));
    return read.ok ? read.record : undefined;
  } catch {
    return undefined;
  }
}

/** What is wrong with the file before a record is read. */
function formFault(db: DatabaseSync): string | undefined {
  const version = Number(db.prepare('PRAGMA user_version').get()?.['user_version']);
  const known = recordsFileVersion;
  if (version !== known) {
    throw new CannotTell(
      `the records file is of version ${version}, and this plugin knows ${known}; use the plugin of the release that wrote it`,
    );
  }

  const expected = new Set(recordsFileTables.map(inOneLine));
  // Without SQL there are only the indexes that SQLite makes for a table's own keys. What is called sqlite_ is not left
  // out: such names can be given to anything by who edits the schema.
  const foreign = db
    .prepare("SELECT type, name, sql FROM sqlite_schema WHERE type <> 'index' OR sql IS NOT NULL")
    .all()
    .find(({ sql }) => !expected.delete(inOneLine(String(sql))));
  if (foreign !== undefined)
    return `the ${String(foreign['type'])} ${String(foreign['name'])} is none that the store makes`;

  if (expected.size > 0) return `a table of the store is missing: ${[...expected].join('; ')}`;
  const sound = db.prepare('PRAGMA integrity_check(1)').get()?.['integrity_check'];
  return sound === 'ok' ? undefined : `the file is damaged: ${String(sound)}`;
}

function inOneLine(sql: string): string {
  return sql.replaceAll(/\s+/g, ' ').trim();
}

type Row = Readonly<Record<string, unknown>>;

/** How a row differs from what follows from the records. */
function rowFault(row: Row | undefined, expected: Row | object, what: string): string | undefined {
  if (row === undefined) return `${what} is missing`;
  const differing = Object.entries(expected).find(([column, value]) => row[column] !== value);
  return differing === undefined ? undefined : `${what} has another ${differing[0]}`;
}

/** What is looked at once all records were read, in this order. */
const endFaults: readonly ((progress: Progress) => string | undefined)[] = [
  ({ db, count }) => {
    const row = db
      .prepare(
        'SELECT count(*) AS n, coalesce(min(seq), 1) AS low, coalesce(max(seq), 0) AS high FROM records',
      )
      .get();
    return rowFault(row, { n: count, low: 1, high: count }, 'the column seq of the table records');
  },
  ({ db, count }) => {
    const rows = Number(db.prepare('SELECT count(*) AS n FROM keys').get()?.['n']);
    return rows === count ? undefined : `the table keys has ${rows} rows for ${count} records`;
  },
  ({ db, intents }) => intentFault(db, intents.rows()),
  logFault,
];

function intentFault(db: DatabaseSync, expected: readonly IntentRow[]): string | undefined {
  const rows = Number(db.prepare('SELECT count(*) AS n FROM intents').get()?.['n']);
  const intentOf = db.prepare('SELECT seq, writer, recovered FROM intents WHERE id = ?');
  for (const { id, ...row } of expected) {
    const fault = rowFault(intentOf.get(id), row, `the row of record ${row.seq} in the table intents`);
    if (fault !== undefined) return fault;
  }
  return rows === expected.length
    ? undefined
    : `the table intents has ${rows} rows, and ${expected.length} intents are open`;
}

function logFault({ db, last }: Progress): string | undefined {
  const rows = db.prepare('SELECT one, origin, seq, hash, recorded FROM log').all();
  const [row] = rows;
  if (row === undefined || rows.length > 1) return `the table log has ${rows.length} rows instead of one`;
  const what = 'the row of the table log';
  const empty = { one: 1, seq: 0, hash: genesisHash(String(row['origin'])), recorded: 0 };
  if (last === undefined) return rowFault(row, empty, what);
  const { record, hash } = last;
  const { log: origin, seq, recorded } = record;
  const end = { one: 1, origin, seq: Number(seq), hash, recorded: Date.parse(recorded) };
  return rowFault(row, end, what);
}
