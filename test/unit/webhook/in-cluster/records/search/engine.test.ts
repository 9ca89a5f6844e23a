/** The search finds by its index what reading all records would find, and no more. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { canonicalRecord, type NewRecord, type StoredRecord } from '../../../../../../crds/audit/record.ts';
import { referenceOf } from '../../../../../../crds/audit/reference.ts';
import { isWanted, type RecordQuery } from '../../../../../../crds/search/record-query.ts';
import { newRecordId } from '../../../../../../trail/trail.ts';
import {
  openSearchEngine,
  type SearchEngine,
} from '../../../../../../webhook/in-cluster/records/search/engine.ts';
import type { SearchPage } from '../../../../../../webhook/in-cluster/records/search.ts';
import { openSqliteLog } from '../../../../../../webhook/in-cluster/records/sqlite/log.ts';
import { aFolder, aSmallDisk } from '../../../../../kit/records/store-file.ts';

const start = Date.parse('2026-12-01T08:00:00Z');
const people = ['ada', 'charles', 'grace', 'Müller "the" O\u2019Brien'];
const reasons = ['ActionNotPermitted', 'Expired', 'NoSession'];

/** The record with this number: what it says follows from the number, and its time is that of the act, a few out of order. */
function theRecord(number: number): NewRecord {
  const at = start + number * 1000 - (number % 97 === 0 ? 3_600_000 : 0);
  const refused = number % 5 === 0;
  return {
    id: newRecordId(at),
    key: `test/${number}`,
    type: 'app.request',
    phase: 'point',
    time: new Date(at).toISOString(),
    actor: { kind: 'support', name: people[number % people.length] ?? '', userType: 'Support User' },
    source: {
      ip: number % 2 === 0 ? `203.0.113.${number % 250}` : `2001:db8::${(number % 40).toString(16)}`,
    },
    session: `s-${number % 300}`,
    grant: { namespace: 'ecase', name: `case-${number % 7}`, uid: 'u' },
    target: {
      area: 'application',
      module: 'Jobs',
      action: number % 3 === 0 ? 'Run' : 'Read',
      parameters: { id: `J${number}` },
    },
    decision: refused ? { effect: 'deny', reason: reasons[number % 3] ?? '' } : { effect: 'allow' },
  };
}

interface Kept {
  readonly path: string;
  readonly lines: readonly string[];
  readonly engine: SearchEngine;
  readonly append: (count: number) => void;
}

function aLog(count: number, folder = aFolder(), atEnd: (end: () => void) => void = onTestFinished): Kept {
  const path = join(folder, 'records.db');
  const log = openSqliteLog(path, { origin: 'test/search', now: () => start });
  const lines: string[] = [];
  const append = (more: number): void => {
    const records = Array.from({ length: more }, (_, at) => canonicalRecord(theRecord(lines.length + at)));
    log.append([{ writer: 'gateway', records }]);
    lines.push(...log.read(lines.length, more));
  };
  append(count);
  const engine = openSearchEngine(path);
  atEnd(() => {
    engine.close();
    log.close();
  });
  return { path, lines, engine, append };
}

const page = (query: Partial<SearchPage>): SearchPage => ({
  wanted: {},
  newestFirst: false,
  after: 0,
  limit: 1000,
  ...query,
});

/** All pages of a search, a few lines each. */
function all(engine: SearchEngine, query: Partial<SearchPage>, limit = 37): string[] {
  const lines: string[] = [];
  let asked = page({ ...query, limit });
  for (;;) {
    const answer = engine.search(asked);
    if (answer.state !== 'found') throw new Error(answer.state);
    expect(answer.lines.length).toBeLessThanOrEqual(limit);
    lines.push(...answer.lines);
    if (!answer.more) return lines;
    asked = { ...asked, ...(asked.newestFirst ? { before: answer.at } : { after: answer.at }) };
  }
}

const queries: readonly RecordQuery[] = [
  { wanted: {} },
  { wanted: { person: 'ada' } },
  { wanted: { person: people[3] ?? '' } },
  { wanted: { person: 'nobody' } },
  { wanted: { person: 'ada', decision: 'deny', reason: 'Expired' } },
  { wanted: { grant: 'ecase/case-3', action: 'run' } },
  { wanted: { grant: 'case-3' }, since: start + 600_000, until: start + 900_000 },
  { wanted: {}, since: start - 3_600_000, until: start },
  { wanted: { session: 's-7' } },
  { wanted: { address: '203.0.113.8/32' } },
  { wanted: { address: '203.0.113.0/28' } },
  { wanted: { address: '200.0.0.0/6' } },
  { wanted: { address: '2001:db8::/126', decision: 'deny' } },
  { wanted: { text: 'j1500' } },
  { wanted: { 'user-type': 'Support User', module: 'JOBS' }, since: start + 2_000_000 },
];

describe('a search', () => {
  const folder = mkdtempSync(join(tmpdir(), 'support-access-search-'));
  const ends: (() => void)[] = [];
  let log: Kept;
  const kept = (): Kept => log;
  beforeAll(() => {
    log = aLog(2500, folder, (end) => ends.push(end));
  });
  afterAll(() => {
    for (const end of ends) end();
    rmSync(folder, { recursive: true });
  });

  it.each(queries)('C42-4 finds what reading all records finds, in both orders: %j', (query) => {
    const { engine, lines } = kept();
    const meant = lines.filter((line) => isWanted(query, JSON.parse(line) as StoredRecord));
    expect(all(engine, query)).toEqual(meant);
    expect(all(engine, { ...query, newestFirst: true })).toEqual(meant.toReversed());
  });

  it('finds the one record of each reference number, in the index and after it', () => {
    const { engine, lines } = kept();
    for (const at of [0, 1023, 1024, 1500, 2047, 2048, 2499]) {
      const { id } = JSON.parse(lines[at] ?? '') as StoredRecord;
      expect(all(engine, { wanted: { reference: referenceOf(id) } })).toEqual([lines[at]]);
    }
  });

  it('looks at few records for what few are, and names the head under which it read', () => {
    const { engine } = kept();
    const answer = engine.search(page({ wanted: { session: 's-7' }, newestFirst: true, limit: 3 }));
    expect(answer).toMatchObject({
      state: 'found',
      more: true,
      head: { seq: 2500, log: expect.stringMatching(/^test\/search\//) },
    });
  });

  it('goes on after and before any record, between the ends that are asked for', () => {
    const { engine, lines } = kept();
    expect(all(engine, { after: 1000, before: 1030 })).toEqual(lines.slice(1000, 1029));
    expect(all(engine, { after: 2040, before: 2060, newestFirst: true })).toEqual(
      lines.slice(2040, 2059).toReversed(),
    );
    expect(all(engine, { after: 2500 })).toEqual([]);
    expect(all(engine, { before: 1, newestFirst: true })).toEqual([]);
  });
});

describe('the index of the records', () => {
  it('is followed on, also when another run made it', () => {
    const { path, engine, append, lines } = aLog(1100);
    expect(all(engine, { wanted: { person: 'ada' } })).toHaveLength(275);
    append(1000);
    const again = openSearchEngine(path);
    onTestFinished(() => again.close());
    const meant = lines.filter((line) => line.includes('"ada"'));
    expect(all(again, { wanted: { person: 'ada' } })).toEqual(meant);
    expect(all(engine, { wanted: { person: 'ada' } })).toEqual(meant);
  });

  it('is made in steps of one block for the records of an earlier build, and how far it is is told meanwhile', () => {
    const { engine } = aLog(9300);
    expect(engine.search(page({}))).toEqual({ state: 'indexing', done: 8192, of: 9300 });
    expect([engine.keepUp(), engine.keepUp()]).toEqual([true, false]);
    expect(engine.search(page({}))).toMatchObject({ state: 'found' });
  });

  it('leaves the last of the volume to the records, and says so to who searches', () => {
    const folder = aSmallDisk(20_000);
    if (folder === undefined) return;
    const { engine } = aLog(1100, folder);
    expect(engine.keepUp()).toBe(false);
    expect(() => engine.search(page({}))).toThrow('the volume has less than 32 MiB free');
  });

  it.each([
    [
      'a later build',
      (file: string) => sql(file, 'PRAGMA user_version = 9'),
      'it is of version 9, and this product makes 2',
    ],
    [
      'other records',
      (file: string) => sql(file, "UPDATE source SET log = 'foreign'"),
      'it is of other records',
    ],
    [
      'records that went on otherwise',
      (file: string) => sql(file, "UPDATE blocks SET hash = 'x'"),
      'it is of other records',
    ],
    ['no database', (file: string) => writeFileSync(file, 'x'.repeat(5000)), 'file is not a database'],
  ])('is made anew where it is of %s, and says why in a sentence', (_of, spoil, says) => {
    const { path, lines } = aLog(1500, aFolder(), (end) => end());
    const first = openSearchEngine(path);
    expect(first.keepUp()).toBe(true);
    first.close();
    spoil(`${path}.search`);
    const told: string[] = [];
    const again = openSearchEngine(path, (why) => told.push(why));
    expect(told).toEqual([says]);
    expect(all(again, { wanted: { grant: 'case-1' } })).toEqual(
      lines.filter((line) => line.includes('"case-1"')),
    );
    again.close();
    expect(existsSync(`${path}.search`)).toBe(true);
  });
});

function sql(file: string, statement: string): void {
  const db = new DatabaseSync(file);
  db.exec(statement);
  db.close();
}
