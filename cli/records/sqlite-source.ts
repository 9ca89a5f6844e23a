/** Records from the SQLite file itself, read-only: while the store writes to it, or from a copy of it. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { errorText } from '../../process/redaction.ts';
import { CannotTell } from '../command.ts';
import type { RecordSource } from './record-source.ts';
import { tablesBeside } from './sqlite-tables.ts';

const pageLines = 500;

/** Opens the file without ever writing to it. */
export function openRecordsFile(path: string): RecordSource {
  const db = opened(path);
  const reading = <T>(read: () => T): T => {
    try {
      return read();
    } catch (error) {
      throw new CannotTell(`${path} cannot be read as records: ${errorText(error)}`);
    }
  };
  return {
    async head() {
      const row = reading(() => db.prepare('SELECT origin, seq, hash FROM log').get());
      if (row === undefined) return undefined;
      return { log: String(row['origin']), seq: Number(row['seq']), hash: String(row['hash']) };
    },
    beside: () => reading(() => tablesBeside(db)),
    async *lines(after) {
      const page = reading(() =>
        db.prepare('SELECT seq, body FROM records WHERE seq > ? ORDER BY seq LIMIT ?'),
      );
      for (let last = after; ; ) {
        const rows = reading(() => page.all(last, pageLines));
        for (const row of rows) yield String(row['body']);
        if (rows.length < pageLines) return;
        last = Number(rows.at(-1)?.['seq']);
      }
    },
    close: async () => db.close(),
  };
}

function opened(path: string): DatabaseSync {
  try {
    const db = new DatabaseSync(path, { readOnly: true, timeout: 5000 });
    try {
      db.prepare('SELECT 1 FROM log').get();
      return db;
    } catch (error) {
      db.close();
      // In a folder that we may not write, SQLite cannot make the shared memory of its log; without such a log beside
      // it, the file is complete, and no process is changing it.
      if (existsSync(`${path}-wal`)) throw error;
      return new DatabaseSync(new URL(`${pathToFileURL(resolve(path)).href}?immutable=1`), {
        readOnly: true,
      });
    }
  } catch (error) {
    throw new CannotTell(`${path} cannot be read as records: ${errorText(error)}`);
  }
}
