/**
 * One process has the records file: a second would be a second log's worth of answers about leases and open intents. The
 * lock is the kernel's, by a SQLite file beside the records that nothing is written to, so it ends with its process also
 * after a kill -9 and no time has to run out. Who has it is told to the next who comes.
 */
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { SupportAccessError } from '../../../../crds/errors.ts';

export interface HeldFile {
  release(): void;
}

/** @throws SupportAccessError `records_halted`, which names the holder, when another process has it. */
export function holdFile(path: string, holder = 'a process without a name'): HeldFile {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const lock = `${path}.lock`;
  // Not opened when it is there: closing it again would end a lock that this very process has.
  if (!existsSync(lock)) closeSync(openSync(lock, 'a', 0o600));
  const db = new DatabaseSync(lock, { timeout: 0 });
  try {
    db.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    db.close();
    const message = `the records file ${path} is held by ${nameIn(`${path}.holder`)}; one process may write it`;
    throw new SupportAccessError('records_halted', message, { cause });
  }
  tell(`${path}.holder`, `${holder}, process ${process.pid}, since ${new Date().toISOString()}`);
  return { release: () => db.close() };
}

function nameIn(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim().slice(0, 200) || 'another process';
  } catch {
    return 'another process';
  }
}

function tell(file: string, text: string): void {
  try {
    writeFileSync(file, `${text}\n`, { mode: 0o600 });
  } catch {
    // On a full volume the lock still holds; only its holder's name is missing.
  }
}
