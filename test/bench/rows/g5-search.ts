/**
 * G5, G6: how long does the first page of a search take among 5 million records, and what does the index cost? The records are put
 * into the file as the store would write them; the search is the one of the records' process, in its thread's own engine.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { genesisHash, recordHash } from '../../../crds/audit/canonical.ts';
import { canonicalRecord, type NewRecord, sealRecord } from '../../../crds/audit/record.ts';
import { openSearchEngine, type SearchEngine } from '../../../webhook/in-cluster/records/search/engine.ts';
import type { SearchPage } from '../../../webhook/in-cluster/records/search.ts';
import { openDatabase } from '../../../webhook/in-cluster/records/sqlite/schema.ts';
import { countedResult, type Result, type Row } from '../row.ts';

const records = Number(process.env['BENCH_RECORDS'] ?? 5_000_000);
const start = Date.parse('2026-01-01T00:00:00Z');
const everyMs = 6_000;
const pageLimit = 50;
const mostMs = 500;
const rounds = 5;

const pad = (number: number, length: number): string => number.toString(16).padStart(length, '0');
const instant = (number: number): string => new Date(start + number * everyMs).toISOString();
const referenceAt = (number: number): string => pad((number * 0x9e3779b1) % 0xffffffffffff, 12).toUpperCase();

const marked: NewRecord = {
  id: '019a0000-0000-7000-8000-00000000abcd',
  key: '@key',
  type: 'app.request',
  phase: 'point',
  time: '2020-01-01T00:00:00.000Z',
  actor: {
    kind: 'support',
    name: '@person',
    uid: '8c1f0d3e-0000-4000-8000-1234567890ab',
    userType: 'Support User',
    userId: 'S-@person',
  },
  source: { ip: '@address' },
  session: '@session',
  grant: { namespace: 'ecase', name: '@grant', uid: '8c1f0d3e-0000-4000-8000-1234567890ab', generation: 3 },
  target: {
    area: 'application',
    module: '@module',
    action: 'Read',
    method: 'GET',
    route: '/api/things/{id}',
    host: 'ecase.apps.example.com',
    parameters: { id: '@object' },
  },
  decision: { effect: 'deny', reason: '@reason', matrix: 'casepoint-ecase-1' },
};

/** The text of each record, made from one that the store's own code has sealed. */
function lineMaker(log: string): (number: number, prev: string) => string {
  const at = {
    log,
    seq: 1,
    prev: '0'.repeat(64),
    recorded: start,
    writer: 'gateway',
    stepped: false,
  } as const;
  const { text } = sealRecord(canonicalRecord(marked), at);
  const { recorded } = JSON.parse(text) as { recorded: string };
  return (number, prev) => {
    const person = `person-${number % 200}`;
    const isRefused = number % 100 === 0;
    const values: Readonly<Record<string, string>> = {
      '019a0000-0000-7000-8000-00000000abcd': `019a0000-0000-7000-8000-${referenceAt(number).toLowerCase()}`,
      '@key': `request/${number}`,
      '2020-01-01T00:00:00.000Z': instant(number),
      [recorded]: instant(number),
      '@person': person,
      '@address': `10.${(number >> 12) % 250}.${(number >> 4) % 250}.${number % 250}`,
      '@session': `session-${Math.floor(number / 100)}`,
      '@grant': `case-${Math.floor(number / 10_000)}`,
      '@module': `Module ${number % 20}`,
      '@object': `object-${number}`,
      '@reason': isRefused ? 'ActionNotPermitted' : 'Open',
      '"effect":"deny"': isRefused ? '"effect":"deny"' : '"effect":"allow"',
      '"seq":"1"': `"seq":"${number}"`,
      [at.prev]: prev,
    };
    return text.replaceAll(pattern, (found) => values[found] ?? values['2020-01-01T00:00:00.000Z'] ?? found);
  };
}

const pattern =
  /019a0000-0000-7000-8000-00000000abcd|@key|202[06]-01-01T00:00:00\.000Z|@person|@address|@session|@grant|@module|@object|@reason|"effect":"deny"|"seq":"1"|0{64}/g;

function fill(path: string, progress: (sentence: string) => void): void {
  const db = openDatabase(path, 'bench/search');
  db.exec('PRAGMA synchronous = OFF');
  const log = String(db.prepare('SELECT origin FROM log').get()?.['origin']);
  const insert = db.prepare('INSERT INTO records (seq, body) VALUES (?, ?)');
  const lineOf = lineMaker(log);
  let prev = genesisHash(log);
  db.exec('BEGIN');
  for (let number = 1; number <= records; number++) {
    const line = lineOf(number, prev);
    insert.run(number, line);
    prev = recordHash(line);
    if (number % 100_000 === 0) db.exec('COMMIT; BEGIN');
    if (number % 1_000_000 === 0) progress(`${number / 1_000_000} million records`);
  }
  db.prepare('UPDATE log SET seq = ?, hash = ?, recorded = ?').run(records, prev, start + records * everyMs);
  db.exec('COMMIT');
  db.close();
}

const middle = start + (records / 2) * everyMs;
const refused = 'deny';

/** What people look for, and what is hard to find. */
const searches: Readonly<Record<string, Partial<SearchPage>>> = {
  'one person, refused, in one hour of months ago': {
    wanted: { person: 'person-100', decision: refused },
    since: middle,
    until: middle + 3_600_000,
  },
  'one person, all': { wanted: { person: 'person-7' } },
  'all of the user type': { wanted: { 'user-type': 'Support User' } },
  'a person of whom there is nothing': { wanted: { person: 'nobody' } },
  'two common values that never meet': { wanted: { person: 'person-7', module: 'Module 8' } },
  'refused of a person, which never was': { wanted: { person: 'person-7', decision: refused } },
  'a session': { wanted: { session: 'session-4711' } },
  'a grant, its oldest': { wanted: { grant: 'ecase/case-3' }, newestFirst: false },
  'an address': { wanted: { address: '10.7.7.7/32' } },
  'a network': { wanted: { address: '10.7.0.0/20' } },
  'a reference number, of the first records': {
    wanted: { reference: referenceAt(4711).replaceAll(/(.{4})(?=.)/g, '$1-') },
  },
  'words, of which one is rare': { wanted: { text: 'object 4711' } },
  'a day without anything else': { wanted: {}, since: middle, until: middle + 86_400_000 },
};

function timesOf(engine: SearchEngine, search: Partial<SearchPage>): { ms: number[]; found: number } {
  const page: SearchPage = { wanted: {}, newestFirst: true, after: 0, limit: pageLimit, ...search };
  let found = 0;
  const ms = Array.from({ length: rounds }, () => {
    const began = performance.now();
    const result = engine.search(page);
    if (result.state !== 'found') throw new Error(result.state);
    found = result.lines.length;
    return performance.now() - began;
  });
  return { ms, found };
}

export const g5: Row = {
  id: 'g5',
  title: 'First page of a search among 5 million records',
  run(progress) {
    const folder = mkdtempSync(join(tmpdir(), 'support-access-search-'));
    const path = join(folder, 'records.db');
    try {
      fill(path, progress);
      const engine = openSearchEngine(path);
      const began = performance.now();
      let longest = 0;
      for (let step = performance.now(); engine.keepUp(); step = performance.now())
        longest = Math.max(longest, performance.now() - step);
      const seconds = (performance.now() - began) / 1000;
      progress(`the index was made in ${seconds.toFixed(0)} s`);
      const bytes = statSync(`${path}.search`).size;
      const share = bytes / statSync(path).size;
      const results: Result[] = Object.entries(searches).map(([what, search]) => {
        const { ms, found } = timesOf(engine, search);
        const first = `first ${(ms[0] ?? 0).toFixed(1)} ms, then ${Math.min(...ms).toFixed(1)}; ${found} found`;
        return countedResult(what, { value: Math.max(...ms), unit: 'ms', limit: mostMs, detail: first });
      });
      engine.close();
      const perRecord = `${(bytes / records).toFixed(0)} bytes a record, ${(share * 100).toFixed(1)} % of the records; made in ${seconds.toFixed(0)} s`;
      return Promise.resolve([
        ...results,
        countedResult('the index', {
          value: bytes / 1e6,
          unit: 'MB',
          limit: records / 5000,
          detail: perRecord,
        }),
        countedResult('its longest step', { value: longest, unit: 'ms', limit: 2 * mostMs }),
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};
