/** What an installation leaves whose processes have ended: its log, with its head, and what the processes said. */
import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { canaryComplaints } from '../laws/canaries.ts';
import { recordComplaints } from '../laws/record-laws.ts';

export interface EndOfRun {
  /** The file of the records. */
  readonly file: string;
  /** What the processes said, by what it is called in a message. */
  readonly said: ReadonlyMap<string, string>;
  /** What the people of the run know and the product must not tell. */
  readonly secrets: readonly string[];
}

/** Throws where the log breaks a law (I1 to I5), or the product told what must never be told. */
export function expectRecordLaws({ file, said, secrets }: EndOfRun): void {
  // The test took it away itself.
  const log = existsSync(file) ? logIn(file) : { lines: [] };
  const outputs = new Map([...said, ['the records', log.lines.join('\n')] as const]);
  const complaints = [...recordComplaints(log), ...canaryComplaints(outputs, secrets)];
  const shown = complaints.slice(0, 20).join('\n');
  if (complaints.length > 0)
    throw new Error(`this installation leaves ${complaints.length} faults:\n${shown}`);
}

function logIn(file: string) {
  const db = new DatabaseSync(file);
  try {
    const rows = db.prepare('SELECT body FROM records ORDER BY seq').all();
    const head = db.prepare('SELECT seq, hash FROM log').get();
    return {
      lines: rows.map((row) => String(row['body'])),
      ...(head === undefined ? {} : { head: { seq: Number(head['seq']), hash: String(head['hash']) } }),
    };
  } finally {
    db.close();
  }
}
