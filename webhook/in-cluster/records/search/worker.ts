/** The search's own thread: what is looked for among millions of records holds up neither appends nor admission. */
import { parentPort, workerData } from 'node:worker_threads';
import type { SearchPage, SearchResult } from '../search.ts';
import { openSearchEngine } from './engine.ts';

export interface SearchThreadData {
  readonly path: string;
}

export interface SearchRequest {
  readonly number: number;
  /** Undefined: close. */
  readonly page?: SearchPage;
}

export type SearchThreadMessage =
  | { readonly number: number; readonly answer: SearchResult }
  | { readonly number: number; readonly failed: string }
  /** Unasked: the index is made anew, and why. */
  | { readonly made: string };

/** How often it is looked whether there are new blocks. */
const everyMs = 5000;

const port = parentPort;
if (port === null) throw new Error('the search must run as a worker thread');
const say = (response: SearchThreadMessage): void => port.postMessage(response);
const engine = openSearchEngine((workerData as SearchThreadData).path, (made) => say({ made }));
let timer: NodeJS.Timeout | undefined;

/** Block by block, so that a search is answered in between. */
function keepUp(): void {
  const isBehind = triedToKeepUp();
  timer = setTimeout(keepUp, isBehind ? 0 : everyMs);
}

/** A full volume is no fault of the search's; who asks then is told. */
function triedToKeepUp(): boolean {
  try {
    return engine.keepUp();
  } catch (error) {
    if (isDamage(error)) throw error;
    return false;
  }
}

/** SQLITE_CORRUPT and SQLITE_NOTADB: it does not pass. The thread ends, and the next one makes the index anew. */
function isDamage(error: unknown): boolean {
  const { errcode } = error as { readonly errcode?: unknown };
  return typeof errcode === 'number' && [11, 26].includes(errcode % 256);
}

port.on('message', ({ number, page }: SearchRequest) => {
  if (page === undefined) {
    clearTimeout(timer);
    engine.close();
    port.close();
    return;
  }
  try {
    say({ number, answer: engine.search(page) });
  } catch (error) {
    if (isDamage(error)) throw error;
    say({ number, failed: error instanceof Error ? error.message : String(error) });
  }
});

keepUp();
