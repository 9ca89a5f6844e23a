/** The records as the search reads them: their file, by a connection of its own that writes nothing and holds up no append. */
import { DatabaseSync } from 'node:sqlite';
import type { LogHead } from '../store.ts';

export interface RecordLines {
  head(): LogHead;
  /** The line of this record, if it is there. */
  line(seq: number): string | undefined;
  /** The lines from this record on, so many. */
  lines(from: number, count: number): readonly string[];
  close(): void;
}

/** Opens the records file, which must be there. */
export function openRecordLines(path: string): RecordLines {
  const db = new DatabaseSync(path, { readOnly: true, timeout: 5000 });
  const head = db.prepare('SELECT origin, seq, hash FROM log');
  const line = db.prepare('SELECT body FROM records WHERE seq = ?');
  const lines = db.prepare('SELECT body FROM records WHERE seq >= ? AND seq < ? ORDER BY seq');
  return {
    head() {
      const row = head.get();
      if (row === undefined) throw new Error('records file has no head');
      return { log: String(row['origin']), seq: Number(row['seq']), hash: String(row['hash']) };
    },
    line(seq) {
      const body = line.get(seq)?.['body'];
      return typeof body === 'string' ? body : undefined;
    },
    lines: (from, count) => lines.all(from, from + count).map((row) => String(row['body'])),
    close: () => db.close(),
  };
}
