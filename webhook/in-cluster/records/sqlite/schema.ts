/**
 * The SQLite file of the records: tables and pragmas, nothing that appends.
 *
 * `records.body` is the canonical line; all else is an index that can be rebuilt from it, except `log`, the remembered
 * head, by which a cut tail is found.
 */
import { randomUUID } from 'node:crypto';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { genesisHash } from '../../../../crds/audit/canonical.ts';

const schemaVersion = 1;

// keys: idempotency per writer, and ids are unique in the whole log. intents: those without an outcome of their writer.
const tables = `
  CREATE TABLE records (seq INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT;
  CREATE TABLE keys (
    writer TEXT NOT NULL, key TEXT NOT NULL, id TEXT NOT NULL UNIQUE, seq INTEGER NOT NULL, content TEXT NOT NULL,
    PRIMARY KEY (writer, key)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE intents (
    id TEXT PRIMARY KEY, seq INTEGER NOT NULL, writer TEXT NOT NULL, recovered INTEGER NOT NULL DEFAULT 0
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE log (
    one INTEGER PRIMARY KEY CHECK (one = 1), origin TEXT NOT NULL, seq INTEGER NOT NULL, hash TEXT NOT NULL,
    recorded INTEGER NOT NULL
  ) STRICT;
`;

/**
 * Opens the file for writing, making it when it is new; then `origin` with an id of its own becomes the name of the log
 * for good.
 * @throws Error of node:sqlite when the file cannot be opened, is no database, or is of a newer version of the product.
 */
export function openDatabase(path: string, origin: string): DatabaseSync {
  ownFile(path);
  const db = new DatabaseSync(path, { timeout: 5000 });
  try {
    // FULL, not NORMAL: in WAL mode NORMAL may lose the last commits at a power cut, and those were acknowledged.
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA trusted_schema = OFF;');
    migrate(db, origin);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

// Records are personal data: no other user of the machine reads them. SQLite gives its side files the mode of the file.
function ownFile(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  closeSync(openSync(path, 'a', 0o600));
}

function migrate(db: DatabaseSync, origin: string): void {
  const version = Number(db.prepare('PRAGMA user_version').get()?.['user_version']);
  if (version === schemaVersion) return;
  if (version !== 0)
    throw new Error(`records file is of version ${version}; this product knows ${schemaVersion}`);
  db.exec('BEGIN IMMEDIATE');
  db.exec(tables);
  // Two logs never share a name, not even when a volume was lost and the same installation begins again.
  const name = `${origin}/${randomUUID()}`;
  db.prepare('INSERT INTO log VALUES (1, ?, 0, ?, 0)').run(name, genesisHash(name));
  db.exec(`PRAGMA user_version = ${schemaVersion}; COMMIT`);
}
