/**
 * Opens the SQLite file of the records: its pragmas, and its tables when it is new; nothing that appends. What the tables
 * hold stands in `crds/audit/records-file.ts`.
 */
import { randomUUID } from 'node:crypto';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { genesisHash } from '../../../../crds/audit/canonical.ts';
import { recordsFileTables, recordsFileVersion } from '../../../../crds/audit/records-file.ts';

/**
 * Opens the file for writing, making it when it is new; then `origin` with an id of its own becomes the name of the log
 * for good.
 * @throws Error of node:sqlite when the file cannot be opened, is no database, or is of a newer version of the product.
 */
export function openDatabase(path: string, origin: string): DatabaseSync {
  ownFile(path);
  const db = new DatabaseSync(path, { timeout: 5000 });
  try {
    turnOnWal(db, path);
    // FULL, not NORMAL: in WAL mode NORMAL may lose the last commits at a power cut, and those were acknowledged.
    db.exec('PRAGMA synchronous = FULL; PRAGMA trusted_schema = OFF;');
    migrate(db, origin);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/**
 * SQLite says which mode it has, and no error, where it cannot have this one: without memory that processes share, for instance.
 * @throws Error where the file has no write-ahead log.
 */
export function turnOnWal(db: DatabaseSync, path: string): void {
  const mode = db.prepare('PRAGMA journal_mode = WAL').get()?.['journal_mode'];
  if (mode === 'wal') return;
  throw new Error(
    `the file ${path} must have a write-ahead log, and has the journal "${String(mode)}": the file system shares no memory between processes; use a local file system, such as ext4 or xfs on block storage`,
  );
}

/** Records are personal data: no other user of the machine reads them. SQLite gives its side files the mode of the file. */
export function ownFile(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  closeSync(openSync(path, 'a', 0o600));
}

function migrate(db: DatabaseSync, origin: string): void {
  const version = Number(db.prepare('PRAGMA user_version').get()?.['user_version']);
  if (version === recordsFileVersion) return;
  if (version !== 0)
    throw new Error(`records file is of version ${version}; this product knows ${recordsFileVersion}`);
  db.exec('BEGIN IMMEDIATE');
  db.exec(recordsFileTables.join(';\n'));
  // Two logs never share a name, not even when a volume was lost and the same installation begins again.
  const name = `${origin}/${randomUUID()}`;
  db.prepare('INSERT INTO log VALUES (1, ?, 0, ?, 0)').run(name, genesisHash(name));
  db.exec(`PRAGMA user_version = ${recordsFileVersion}; COMMIT`);
}
