/** The search as the rest of the process sees it: asks of one thread, which is started anew where it has died. */
import { Worker } from 'node:worker_threads';
import { SupportAccessError } from '../../../../crds/errors.ts';
import type { RecordSearch, SearchResult } from '../search.ts';
import type { SearchRequest, SearchThreadData, SearchThreadMessage } from './worker.ts';

export interface SearchOptions {
  /** The records file, which is there; the index stands beside it. */
  readonly path: string;
  /** Told why the index is made anew. */
  readonly onMade?: (why: string) => void;
}

interface Pending {
  readonly resolve: (answer: SearchResult) => void;
  readonly reject: (error: Error) => void;
}

interface Running {
  readonly worker: Worker;
  readonly ended: Promise<void>;
}

/** Starts with the first ask, or with `begin`; from then on it keeps the index up. */
export function openSearch(options: SearchOptions): RecordSearch & { begin(): void } {
  const pending = new Map<number, Pending>();
  let running: Running | undefined;
  let number = 0;
  let isClosed = false;
  const failAll = (worker: Worker, why: string): void => {
    if (running?.worker !== worker) return;
    running = undefined;
    for (const { reject } of pending.values()) reject(unavailable(why));
    pending.clear();
  };
  const start = (): Running => {
    running ??= startWorker(options, { pending, failAll });
    return running;
  };
  return {
    begin: () => void start(),
    search(page) {
      if (isClosed) return Promise.reject(unavailable('the records are closed'));
      number += 1;
      const request: SearchRequest = { number, page };
      return new Promise((resolve, reject) => {
        const { worker } = start();
        pending.set(request.number, { resolve, reject });
        worker.postMessage(request, []);
      });
    },
    async close() {
      isClosed = true;
      const last = running;
      last?.worker.postMessage({ number: 0 } satisfies SearchRequest, []);
      await last?.ended;
    },
  };
}

interface Asked {
  readonly pending: Map<number, Pending>;
  readonly failAll: (worker: Worker, why: string) => void;
}

function startWorker({ path, onMade }: SearchOptions, { pending, failAll }: Asked): Running {
  // What was preloaded into the process must not run in this thread too.
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    workerData: { path } satisfies SearchThreadData,
    execArgv: [],
  });
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  worker.on('message', (response: SearchThreadMessage) => {
    if ('made' in response) return onMade?.(response.made);
    const asked = pending.get(response.number);
    pending.delete(response.number);
    if ('answer' in response) asked?.resolve(response.answer);
    else asked?.reject(unavailable(response.failed));
  });
  worker.on('error', (error) => failAll(worker, error instanceof Error ? error.message : String(error)));
  worker.on('exit', () => failAll(worker, 'the search has ended'));
  return { worker, ended };
}

function unavailable(why: string): SupportAccessError {
  return new SupportAccessError('records_unavailable', `the records cannot be searched: ${why}`);
}
