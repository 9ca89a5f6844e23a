/** Records from the SQLite file itself, read-only: while the store writes to it, or from a copy of it. */
import { existsSync, realpathSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { errorText } from '../../process/redaction.ts';
import { CannotTell } from '../command.ts';
import { DamagedSource, lineOf, type RecordSource } from './record-source.ts';
import { tablesBeside } from './sqlite-tables.ts';

const pageLines = 500;

/** More than the longest line: what is longer was not written by the store, and is not read. */
const maxLineBytes = 1024 * 1024;

/** As bytes: read as text, a byte that is none would look like the sign that stands for such bytes. */
const body = `CASE WHEN octet_length(body) <= ${maxLineBytes} THEN CAST(body AS BLOB) END AS body`;

const lineIn = ({ body: bytes }: Readonly<Record<string, unknown>>): string =>
  lineOf(bytes instanceof Uint8Array ? bytes : new Uint8Array());

/** Opens the file without ever writing to it. */
export function openRecordsFile(path: string): RecordSource {
  const db = readingOf(path, () => opened(path));
  const reading = <T>(read: () => T): T => readingOf(path, read);
  return {
    async head() {
      const row = reading(() => db.prepare('SELECT origin, seq, hash FROM log').get());
      if (row === undefined) return undefined;
      return { log: String(row['origin']), seq: Number(row['seq']), hash: String(row['hash']) };
    },
    beside() {
      const tables = reading(() => tablesBeside(db));
      return { add: (line) => reading(() => tables.add(line)), finish: () => reading(() => tables.finish()) };
    },
    async *lines(after) {
      const page = reading(() =>
        db.prepare(`SELECT seq, ${body} FROM records WHERE seq > ? ORDER BY seq LIMIT ${pageLines}`),
      );
      for (let last = after; ; ) {
        const rows = reading(() => page.all(last));
        for (const row of rows) yield lineIn(row);
        if (rows.length < pageLines) return;
        last = Number(rows.at(-1)?.['seq']);
      }
    },
    async *backwards(before = Number.MAX_SAFE_INTEGER) {
      const line = reading(() =>
        db.prepare(`SELECT seq, ${body} FROM records WHERE seq < ? ORDER BY seq DESC LIMIT 1`),
      );
      for (let row = reading(() => line.get(before)); row !== undefined; ) {
        yield lineIn(row);
        const { seq } = row;
        row = reading(() => line.get(Number(seq)));
      }
    },
    grows: true,
    close: async () => db.close(),
  };
}

function readingOf<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof CannotTell) throw error;
    const why = `${path} cannot be read as records: ${errorText(error)}; name the file of a records store, or a copy of it that is whole`;
    throw isDamage(error) ? new DamagedSource(why) : new CannotTell(why);
  }
}

/** What SQLite says of a file that is not as the store makes it; all else may be different the next time. */
const damage: ReadonlySet<unknown> = new Set([
  1, // SQLITE_ERROR: a table or a column is missing
  11, // SQLITE_CORRUPT
  26, // SQLITE_NOTADB
]);

function isDamage(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, errcode } = error as { readonly code?: unknown; readonly errcode?: unknown };
  // A number that no double holds is none of ours.
  return code === 'ERR_OUT_OF_RANGE' || (typeof errcode === 'number' && damage.has(errcode % 256));
}

function opened(path: string): DatabaseSync {
  // SQLite's own files stand beside the file itself, not beside a link to it.
  const file = realpathSync(path);
  // Who next opens the file for writing would put the pages back that it holds.
  if (existsSync(`${file}-journal`))
    throw new DamagedSource(`a rollback journal stands beside ${path}; the store makes none`);

  const db = new DatabaseSync(file, { readOnly: true, timeout: 5000 });
  try {
    // Most likely the wrong file was named; one that has only some of the tables was changed.
    if (db.prepare(`SELECT 1 FROM sqlite_schema WHERE name IN ('log', 'records')`).get() === undefined)
      throw new CannotTell(`${path} holds no records; name the file of a records store, such as records.db`);

    db.prepare('SELECT 1 FROM log').get();
    return db;
  } catch (error) {
    db.close();
    // In a folder that we may not write, SQLite cannot make the shared memory of its log; without such a log beside
    // it, the file is complete, and no process is changing it.
    if (error instanceof CannotTell || isDamage(error) || existsSync(`${file}-wal`)) throw error;
    return new DatabaseSync(new URL(`${pathToFileURL(file).href}?immutable=1`), { readOnly: true });
  }
}
