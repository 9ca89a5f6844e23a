/**
 * One process has the records file: a second would be a second log's worth of answers about leases and open intents. The
 * lock is the kernel's, by a SQLite file beside the records that nothing is written to, so it ends with its process also
 * after a kill -9 and no time has to run out. Who has it is told to the next who comes.
 */
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { SupportAccessError } from '../../../../crds/errors.ts';
import { isBusy } from './engine.ts';
import { refuseNetworkVolume } from './file-system.ts';

export interface HeldFile {
  /** The file that is locked. */
  readonly lock: string;
  release(): void;
}

/** @throws SupportAccessError `records_halted`, which names the holder when another process has it, and else what is wrong. */
export function holdFile(path: string, holder = 'a process without a name'): HeldFile {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  refuseNetworkVolume(dirname(path));
  const lock = `${path}.lock`;
  // Not opened when it is there: closing it again would end a lock that this very process has.
  if (!existsSync(lock)) closeSync(openSync(lock, 'a', 0o600));
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(lock, { timeout: 0 });
    // A journal beside it would take space, which a full volume does not have, and nothing is ever written that it would undo.
    db.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE;');
  } catch (cause) {
    db?.close();
    throw new SupportAccessError('records_halted', refusalOf(path, cause), { cause });
  }
  tell(`${path}.holder`, `${holder}, process ${process.pid}, since ${new Date().toISOString()}`);
  const taken = db;
  return {
    lock,
    release() {
      if (taken.isOpen) taken.close();
    },
  };
}

/** A lock that cannot be taken on this volume, or is a file of another sort, is no other process that will end some time. */
function refusalOf(path: string, cause: unknown): string {
  if (isBusy(cause))
    return `the records file ${path} is held by ${nameIn(`${path}.holder`)}; one process may write it`;
  const why = cause instanceof Error ? cause.message : String(cause);
  return `the lock file ${path}.lock cannot be locked: ${why}; the volume must take writes and locks, and this file be empty (delete one that is not)`;
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
