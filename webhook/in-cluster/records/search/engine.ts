/**
 * Answers searches from the index and the records, a page at a time. Synchronous; runs in a thread of its own. A page looks at so
 * many records at most, and says then where to go on: so none takes long, whatever is asked.
 */
import { statfsSync } from 'node:fs';
import type { StoredRecord } from '../../../../crds/audit/record.ts';
import { isWanted } from '../../../../crds/search/record-query.ts';
import type { SearchPage, SearchResult } from '../search.ts';
import { blockRecords, placesIn } from './bits.ts';
import { openSearchIndex, type SearchIndex } from './index-file.ts';
import { openRecordLines, type RecordLines } from './record-lines.ts';

/** Records that a page looks at, at most, whether they are meant or not: a fraction of a second. */
const mostLookedAt = 10_000;
/** Bytes of lines in a page, about. */
const maxPageBytes = 8 * 1024 * 1024;
/** What is left below this is for the records alone; what is not in the index by then is not found, and the volume is told to be full. */
const leastFreeBytes = 32 * 1024 * 1024;
/** Blocks that an ask may wait for: what is further behind is told. */
const mostBehind = 8;

export interface SearchEngine {
  search(page: SearchPage): SearchResult;
  /** Takes one more block into the index; false where none is whole. */
  keepUp(): boolean;
  close(): void;
}

/** Opens the index beside the records; `onMade` is told where it is made anew. */
export function openSearchEngine(path: string, onMade?: (why: string) => void): SearchEngine {
  const log = openRecordLines(path);
  const index = openSearchIndex(`${path}.search`, log, onMade);
  const keepUp = (): boolean => {
    const block = index.blocks();
    if ((block + 1) * blockRecords > log.head().seq || !hasRoom(path)) return false;
    index.addBlock(log.lines(block * blockRecords + 1, blockRecords));
    return true;
  };
  return {
    keepUp,
    search(page) {
      for (let step = 0; step < mostBehind && keepUp(); step++);
      const head = log.head();
      const done = index.blocks() * blockRecords;
      const isBehind = head.seq - done >= blockRecords;
      // Else who waits for the index would wait until the volume is grown, and not be told.
      if (isBehind && !hasRoom(path)) throw new Error(noRoom);
      if (isBehind) return { state: 'indexing', done, of: head.seq };
      return { state: 'found', head, ...found({ log, index, head: head.seq }, page) };
    },
    close() {
      index.close();
      log.close();
    },
  };
}

const noRoom = `the volume has less than ${leastFreeBytes / 1024 / 1024} MiB free, so the index takes in no more records; grow the volume`;

function hasRoom(path: string): boolean {
  const { bavail, bsize } = statfsSync(path);
  return bavail * bsize >= leastFreeBytes;
}

interface Sources {
  readonly log: RecordLines;
  readonly index: SearchIndex;
  readonly head: number;
}

interface Found {
  readonly lines: readonly string[];
  readonly at: number;
  readonly more: boolean;
}

function found(sources: Sources, page: SearchPage): Found {
  const lines: string[] = [];
  let [lookedAt, bytes, at] = [0, 0, 0];
  for (const seq of sequence(sources, page)) {
    const isFull = lines.length >= page.limit || bytes >= maxPageBytes || lookedAt >= mostLookedAt;
    if (isFull) return { lines, at, more: true };
    lookedAt += 1;
    at = seq;
    const line = sources.log.line(seq);
    if (line === undefined || !isWanted(page, JSON.parse(line) as StoredRecord)) continue;
    lines.push(line);
    bytes += line.length;
  }
  return { lines, at: page.newestFirst ? page.after : sources.head, more: false };
}

/** The numbers of records that may be meant, in the order that is asked for: of the blocks by the index, and all after them. */
function* sequence(sources: Sources, page: SearchPage): Iterable<number> {
  const indexed = sources.index.blocks() * blockRecords;
  const first = page.after + 1;
  const last = Math.min(sources.head, (page.before ?? Number.MAX_SAFE_INTEGER) - 1);
  if (page.newestFirst) for (let seq = last; seq > Math.max(indexed, page.after); seq--) yield seq;
  yield* inBlocks(sources.index, page, { first, last: Math.min(last, indexed) });
  if (!page.newestFirst) for (let seq = Math.max(first, indexed + 1); seq <= last; seq++) yield seq;
}

function* inBlocks(
  index: SearchIndex,
  page: SearchPage,
  { first, last }: { readonly first: number; readonly last: number },
): Iterable<number> {
  if (last < first) return;
  const { newestFirst } = page;
  const [from, to] = [blockOf(first), blockOf(last)];
  for (const { block, bits } of index.candidates(page, { from, to, newestFirst })) {
    const seqs = placesIn(bits).map((place) => block * blockRecords + place + 1);
    if (newestFirst) seqs.reverse();
    for (const seq of seqs) if (seq >= first && seq <= last) yield seq;
  }
}

const blockOf = (seq: number): number => Math.floor((seq - 1) / blockRecords);
