/**
 * Finds records in a source, page by page: by the source's own index where it has one, else one by one. Which records are meant,
 * `crds/search` says for both.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { StoredRecord } from '../../crds/audit/record.ts';
import { readStoredRecord } from '../../crds/audit/stored-record.ts';
import type { Head } from '../../crds/audit/verify.ts';
import { isWanted } from '../../crds/search/record-query.ts';
import type { SearchResponse } from '../../trail/wire.ts';
import { CannotTell, type Terminal, UsageError } from '../command.ts';
import type { RecordSource, SearchWish } from './record-source.ts';

/** Lines that become text together, and that are asked for together. */
const pageLines = 500;
const followEveryMs = 2000;

export interface FindWish extends SearchWish {
  /** Goes on with what is recorded from now on, until it is stopped. */
  readonly follow: boolean;
}

export interface FoundLine {
  readonly line: string;
  /** Undefined where the line is no record, which is seen whatever is asked for. */
  readonly record: StoredRecord | undefined;
}

/** What is known of a search besides what it found; it grows while pages are taken. */
export interface SearchState {
  /** Under which end of the log it was read. */
  head?: Head | undefined;
  /** The last record that was looked at, where there is more to look at. */
  next?: number | undefined;
}

/** The pages of what is wished for; some are empty. */
export function findRecords(
  source: RecordSource,
  wish: FindWish,
  { state, terminal }: { readonly state: SearchState; readonly terminal: Pick<Terminal, 'interrupted'> },
): AsyncIterable<readonly FoundLine[]> {
  const finding: Finding = { source, state, interrupted: terminal.interrupted };
  return source.search === undefined ? scanned(finding, wish) : searched(finding, wish);
}

interface Finding {
  readonly source: RecordSource;
  readonly state: SearchState;
  readonly interrupted: AbortSignal | undefined;
}

type Pages<Rest> = AsyncGenerator<readonly FoundLine[], Rest>;

async function* searched(finding: Finding, wish: FindWish): AsyncIterable<readonly FoundLine[]> {
  let part: FindWish | undefined = wish;
  while (part !== undefined && part.limit > 0) {
    const rest: FindWish | undefined = yield* searchedToEnd(finding, part);
    if (rest === undefined) {
      yield* scanned(finding, part);
      return;
    }
    part = wish.follow && (await waited(finding)) ? rest : undefined;
  }
}

/** Up to the end as it was at the beginning, since a busy log would never end; returns what is left of the wish, if there is a search. */
async function* searchedToEnd({ source, state }: Finding, wish: FindWish): Pages<FindWish | undefined> {
  let rest = wish;
  let end: number | undefined;
  for (;;) {
    const page = await source.search?.({ ...rest, limit: Math.min(rest.limit, pageLines) });
    if (page === undefined) return undefined;
    state.head = page.head;
    state.next = page.more ? page.at : undefined;
    yield page.lines.map(asLine);
    rest = restAfter(rest, page);
    end ??= page.head.seq;
    const isAtEnd = !page.more || (!wish.newestFirst && page.at >= end);
    if (isAtEnd || rest.limit === 0) return rest;
  }
}

function restAfter(wish: FindWish, { at, lines }: SearchResponse): FindWish {
  const from = wish.newestFirst ? { before: at } : { after: at };
  return { ...wish, ...from, limit: wish.limit - lines.length };
}

async function* scanned(finding: Finding, wish: FindWish): AsyncIterable<readonly FoundLine[]> {
  const { source, state } = finding;
  if (wish.follow && source.grows !== true) throw new UsageError(cannot('--follow', 'does not grow'));
  state.head = await source.head();
  let part: FindWish | undefined = wish;
  while (part !== undefined && part.limit > 0) {
    const rest: FindWish = yield* scannedToEnd(finding, part);
    part = wish.follow && (await waited(finding)) ? rest : undefined;
  }
}

async function* scannedToEnd({ source, state }: Finding, wish: FindWish): Pages<FindWish> {
  let [after, left] = [wish.after, wish.limit];
  let page: FoundLine[] = [];
  for await (const found of linesOf(source, wish)) {
    const { record } = found;
    after = Number(record?.seq ?? after);
    if (record !== undefined && !isWanted(wish, record)) continue;
    page.push(found);
    if (page.length < Math.min(left, pageLines)) continue;
    yield page;
    left -= page.length;
    page = [];
    state.next = left === 0 ? after : undefined;
    if (left === 0) break;
  }
  yield page;
  return { ...wish, after, limit: left - page.length };
}

async function* linesOf(
  source: RecordSource,
  { newestFirst, after, before }: FindWish,
): AsyncIterable<FoundLine> {
  const lines = newestFirst ? source.backwards?.(before) : source.lines(after);
  if (lines === undefined) throw new CannotTell(cannot('--newest-first', 'is read from its beginning'));
  for await (const line of lines) {
    const found = asLine(line);
    const seq = Number(found.record?.seq);
    if (newestFirst ? seq <= after : before !== undefined && seq >= before) return;
    yield found;
  }
}

function cannot(option: string, why: string): string {
  return `${option} needs the records of an installation of this release, or a records file (records.db), and what was named ${why}; leave ${option} out, or name another with --file`;
}

/** False where it was stopped meanwhile. */
async function waited({ interrupted }: Finding): Promise<boolean> {
  if (interrupted?.aborted === true) return false;
  return pause(followEveryMs, true, interrupted === undefined ? {} : { signal: interrupted }).catch(
    () => false,
  );
}

function asLine(line: string): FoundLine {
  return { line, record: recordIn(line) };
}

/** The record of a line as the store writes it; undefined for what is none. */
export function recordIn(line: string): StoredRecord | undefined {
  try {
    // Schema first: only cleaned text of known fields goes on to a terminal.
    const read = readStoredRecord(JSON.parse(line));
    return read.ok ? read.record : undefined;
  } catch {
    return undefined;
  }
}
