/**
 * What finds records: a file beside theirs, which follows from them. Each block of records has one row for each key that one of
 * them has, so that a search reads some bytes for a thousand records. A file that is lost, damaged, of another version or of
 * other records is made anew; the newest records, which fill no block yet, are looked at one by one.
 */
import { rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { recordHash } from '../../../../crds/audit/canonical.ts';
import type { StoredRecord } from '../../../../crds/audit/record.ts';
import { referenceOf } from '../../../../crds/audit/reference.ts';
import type { RecordQuery } from '../../../../crds/search/record-query.ts';
import { ownFile } from '../sqlite/schema.ts';
import { allBits, type Bits, blockRecords, encodeBits, narrow } from './bits.ts';
import { endOf, keyNumber, numbersFor, searchKeys } from './keys.ts';
import type { RecordLines } from './record-lines.ts';

/** Raised when the tables, the blocks or the keys of a record become others: then the file is made anew. */
const version = 2;

const tables = `
  CREATE TABLE source (one INTEGER PRIMARY KEY CHECK (one = 1), log TEXT NOT NULL) STRICT;
  CREATE TABLE blocks (block INTEGER PRIMARY KEY, first INTEGER NOT NULL, last INTEGER NOT NULL, hash TEXT NOT NULL) STRICT;
  CREATE TABLE ends (block INTEGER PRIMARY KEY, ends BLOB NOT NULL) STRICT;
  CREATE TABLE keys (key INTEGER NOT NULL, block INTEGER NOT NULL, places BLOB NOT NULL, PRIMARY KEY (key, block)) STRICT, WITHOUT ROWID;`;

/** Records of one block that may be meant. */
export interface Candidates {
  readonly block: number;
  readonly bits: Bits;
}

export interface Between {
  readonly from: number;
  readonly to: number;
  readonly newestFirst: boolean;
}

export interface SearchIndex {
  /** How many blocks are in it: those from 0 on. */
  blocks(): number;
  /** Takes in the next block, which must be whole. */
  addBlock(lines: readonly string[]): void;
  /** Blocks from `from` to `to` in which a record may be meant, in order. */
  candidates(query: RecordQuery, between: Between): Iterable<Candidates>;
  close(): void;
}

/** Opens the file, or makes it anew; `onMade` is told why, where there was one. */
export function openSearchIndex(
  path: string,
  log: RecordLines,
  onMade: (why: string) => void = () => undefined,
): SearchIndex {
  const db = openFollowing(path, log, onMade);
  return { ...filled(db), candidates: candidatesIn(db), close: () => db.close() };
}

function openFollowing(path: string, log: RecordLines, onMade: (why: string) => void): DatabaseSync {
  try {
    return openKnown(path, log);
  } catch (error) {
    onMade(error instanceof Error ? error.message : String(error));
    for (const suffix of ['', '-wal', '-shm', '-journal'])
      rmSync(`${path}${suffix}`, { force: true, recursive: true });
    return openKnown(path, log);
  }
}

/** @throws Error when it is damaged, of another version, or of other records. */
function openKnown(path: string, log: RecordLines): DatabaseSync {
  ownFile(path);
  const db = new DatabaseSync(path, { timeout: 5000 });
  try {
    // Not FULL: what a power cut takes from it is made from the records again.
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA trusted_schema = OFF;');
    const found = Number(db.prepare('PRAGMA user_version').get()?.['user_version']);
    if (db.prepare('SELECT 1 FROM sqlite_schema').get() === undefined) makeTables(db, log.head().log);
    else if (found !== version)
      throw new Error(`it is of version ${found}, and this product makes ${version}`);
    if (!isOf(db, log)) throw new Error('it is of other records');
    const damage = String(db.prepare('PRAGMA quick_check(1)').get()?.['quick_check']);
    if (damage !== 'ok') throw new Error(`it is damaged: ${damage}`);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function makeTables(db: DatabaseSync, log: string): void {
  db.exec(`BEGIN IMMEDIATE; ${tables}`);
  db.prepare('INSERT INTO source VALUES (1, ?)').run(log);
  db.exec(`PRAGMA user_version = ${version}; COMMIT`);
}

/** The last record of its last block must be in this log: records that were put back end earlier, or go on otherwise. */
function isOf(db: DatabaseSync, log: RecordLines): boolean {
  if (db.prepare('SELECT log FROM source').get()?.['log'] !== log.head().log) return false;
  const last = db.prepare('SELECT block, hash FROM blocks ORDER BY block DESC LIMIT 1').get();
  if (last === undefined) return true;
  const line = log.line((Number(last['block']) + 1) * blockRecords);
  return line !== undefined && recordHash(line) === last['hash'];
}

function filled(db: DatabaseSync): Pick<SearchIndex, 'blocks' | 'addBlock'> {
  const end = db.prepare('SELECT max(block) + 1 AS blocks FROM blocks');
  const addBlock = db.prepare('INSERT INTO blocks VALUES (?, ?, ?, ?)');
  const addEnds = db.prepare('INSERT INTO ends VALUES (?, ?)');
  const addKey = db.prepare('INSERT OR REPLACE INTO keys VALUES (?, ?, ?)');
  const blocks = (): number => Number(end.get()?.['blocks'] ?? 0);
  return {
    blocks,
    addBlock(lines) {
      const block = blocks();
      const { ends, first, last, places } = contentOf(lines);
      db.exec('BEGIN IMMEDIATE');
      try {
        for (const [key, each] of places) addKey.run(key, block, encodeBits(each));
        addEnds.run(block, new Uint8Array(ends.buffer));
        addBlock.run(block, first, last, recordHash(lines.at(-1) ?? ''));
        db.exec('COMMIT');
      } catch (error) {
        if (db.isTransaction) db.exec('ROLLBACK');
        throw error;
      }
    },
  };
}

interface BlockContent {
  readonly ends: Uint32Array;
  /** Of what happened, epoch milliseconds. */
  readonly first: number;
  readonly last: number;
  readonly places: ReadonlyMap<number, readonly number[]>;
}

function contentOf(lines: readonly string[]): BlockContent {
  const ends = new Uint32Array(blockRecords);
  const byKey = new Map<string, number[]>();
  let [first, last] = [Number.MAX_SAFE_INTEGER, -Number.MAX_SAFE_INTEGER];
  for (const [place, line] of lines.entries()) {
    const record = JSON.parse(line) as StoredRecord;
    ends[place] = endOf(referenceOf(record.id));
    const at = Date.parse(record.time);
    first = Math.min(first, at);
    last = Math.max(last, at);
    for (const key of searchKeys(record)) {
      const places = byKey.get(key);
      if (places === undefined) byKey.set(key, [place]);
      else if (places.at(-1) !== place) places.push(place);
    }
  }
  // In the order of the tree, so that neighbours are written together.
  const places = new Map(
    [...byKey].map(([key, each]) => [keyNumber(key), each] as const).sort(([a], [b]) => a - b),
  );
  return { ends, first, last, places };
}

function candidatesIn(db: DatabaseSync): SearchIndex['candidates'] {
  const placesOf = db.prepare('SELECT places FROM keys WHERE key = ? AND block = ?');
  const endsOf = db.prepare('SELECT ends FROM ends WHERE block = ?');
  return function* (query, between) {
    const [key, ...others] = numbersFor(query);
    const { reference } = query.wanted;
    const end = reference === undefined ? undefined : endOf(reference);
    for (const row of blocksIn(db, { query, between, key })) {
      const block = Number(row['block']);
      const stored = [row['places'], ...others.map((other) => placesOf.get(other, block)?.['places'])];
      const ends = end === undefined ? [] : [encodeBits(placesOfEnd(endsOf.get(block)?.['ends'], end))];
      const bits = inAll([...stored.slice(key === undefined ? 1 : 0), ...ends]);
      if (bits.some((byte) => byte !== 0)) yield { block, bits };
    }
  };
}

interface BlockWish {
  readonly query: RecordQuery;
  readonly between: Between;
  /** Of which each block must have a record. */
  readonly key: number | undefined;
}

function blocksIn(db: DatabaseSync, { query, between, key }: BlockWish): Iterable<Record<string, unknown>> {
  const { since = -Number.MAX_SAFE_INTEGER, until = Number.MAX_SAFE_INTEGER } = query;
  const { from, to, newestFirst } = between;
  const inOrder = `b.last >= ?3 AND b.first < ?4 AND b.block BETWEEN ?1 AND ?2 ORDER BY b.block ${newestFirst ? 'DESC' : 'ASC'}`;
  if (key === undefined)
    return db.prepare(`SELECT b.block FROM blocks b WHERE ${inOrder}`).iterate(from, to, since, until);
  const withKey = 'SELECT k.block, k.places FROM keys k JOIN blocks b ON b.block = k.block WHERE k.key = ?5';
  return db.prepare(`${withKey} AND ${inOrder}`).iterate(from, to, since, until, key);
}

/** The places that are in each of these; what is not there has none. */
function inAll(stored: readonly unknown[]): Bits {
  const bits = allBits();
  for (const each of stored) {
    if (each instanceof Uint8Array) narrow(bits, each);
    else bits.fill(0);
  }
  return bits;
}

function placesOfEnd(stored: unknown, end: number): number[] {
  if (!(stored instanceof Uint8Array)) return [];
  const ends = new Uint32Array(stored.slice().buffer);
  const places: number[] = [];
  for (let at = ends.indexOf(end); at !== -1; at = ends.indexOf(end, at + 1)) places.push(at);
  return places;
}
