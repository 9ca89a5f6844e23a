/**
 * The store of records in SQLite, as the rest of the process sees it: asks of one thread, and groups of appends that
 * share one commit. The SQL is the thread's.
 */
import { Worker } from 'node:worker_threads';
import { SupportAccessError } from '../../../../crds/errors.ts';
import type { Appended, AppendRequest, RecordStore, StoreHealth } from '../store.ts';
import type { EngineOptions } from './engine.ts';
import type { RequestMessage, ResponseMessage, WorkerRequest, WorkerResponse } from './worker.ts';

/** Most records that share one commit: bounds how long one caller waits for others. */
const maxGroupRecords = 256;

interface Waiting {
  readonly request: AppendRequest;
  readonly resolve: (appended: Appended) => void;
}

/**
 * Opens the store and resolves when it takes appends; what the last run left open is closed by then.
 * @throws SupportAccessError `records_halted` when the file cannot be opened or its start not be made durable.
 */
export async function openSqliteStore(options: EngineOptions): Promise<RecordStore> {
  const thread = startThread(options);
  await thread.started;
  const append = groupAppends((requests) => thread.ask({ kind: 'append', requests }));
  const read = async (ask: WorkerRequest): Promise<WorkerResponse> => {
    const answer = await thread.ask(ask);
    if (answer.failed !== undefined) throw new SupportAccessError('records_unavailable', answer.failed);
    return answer;
  };
  return {
    append,
    closeIntentsOf: async (instance) =>
      (await thread.ask({ kind: 'close-intents', instance })).closed === true,
    read: async (range) => (await read({ kind: 'read', ...range })).lines ?? [],
    head: async () => {
      const { head } = await read({ kind: 'head' });
      if (head === undefined) throw new SupportAccessError('records_unavailable', 'the store named no head');
      return head;
    },
    find: async (writer, key) => (await read({ kind: 'find', writer, key })).lines?.[0],
    health: () => thread.health(),
    close: () => thread.close(),
  };
}

/** One commit at a time; what arrives meanwhile waits together for the next, so that none waits for more than two. */
function groupAppends(
  commit: (requests: readonly AppendRequest[]) => Promise<WorkerResponse>,
): (request: AppendRequest) => Promise<Appended> {
  const waiting: Waiting[] = [];
  let committing = false;
  const drain = async (): Promise<void> => {
    committing = true;
    while (waiting.length > 0) {
      const group = nextGroup(waiting);
      const { appended, failed } = await commit(group.map(({ request }) => request));
      for (const [at, { resolve }] of group.entries()) resolve(appended?.[at] ?? refusedFor(failed));
    }
    committing = false;
  };
  return (request) =>
    new Promise((resolve) => {
      waiting.push({ request, resolve });
      if (!committing) void drain();
    });
}

function nextGroup(waiting: Waiting[]): Waiting[] {
  let records = 0;
  const end = waiting.findIndex(({ request }, at) => {
    records += request.records.length;
    return at > 0 && records > maxGroupRecords;
  });
  return waiting.splice(0, end === -1 ? waiting.length : end);
}

function refusedFor(reason: string | undefined): Appended {
  return { ok: false, code: 'records_halted', detail: reason ?? 'the store gave no answer' };
}

interface Thread {
  readonly started: Promise<void>;
  /** Never rejects: a thread that has died answers `failed`. */
  ask(ask: WorkerRequest): Promise<WorkerResponse>;
  health(): StoreHealth;
  close(): Promise<void>;
}

function startThread(options: EngineOptions): Thread {
  // What was preloaded into the process (instrumentation, a watch on stdin) must not run in the store's thread too.
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    workerData: options,
    execArgv: [],
  });
  const pending = new Map<number, (answer: WorkerResponse) => void>();
  let health: StoreHealth = { state: 'ready' };
  let number = 0;
  let dead: string | undefined;
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  const fail = (reason: string): void => {
    dead = reason;
    if (health.state === 'ready') health = { state: 'halted', reason };
    for (const resolve of pending.values()) resolve({ failed: reason });
    pending.clear();
  };
  worker.on('message', (message: ResponseMessage) => {
    if (message.answer.halted !== undefined) health = { state: 'halted', reason: message.answer.halted };
    pending.get(message.number)?.(message.answer);
    pending.delete(message.number);
  });
  worker.on('error', (error) => fail(error instanceof Error ? error.message : String(error)));
  worker.on('exit', () => fail('the store has ended'));
  const send = (at: number, post: () => void): Promise<WorkerResponse> =>
    new Promise((resolve) => {
      pending.set(at, resolve);
      post();
    });
  const ask = (what: WorkerRequest): Promise<WorkerResponse> => {
    const gone = health.state === 'closed' ? 'the store is closed' : dead;
    if (gone !== undefined) return Promise.resolve({ failed: gone });
    number += 1;
    const message: RequestMessage = { number, ask: what };
    return send(number, () => worker.postMessage(message, []));
  };
  return {
    started: send(0, () => undefined).then(({ failed }) => {
      if (failed !== undefined)
        throw new SupportAccessError('records_halted', `the records cannot be opened: ${failed}`);
    }),
    ask,
    health: () => health,
    close: async () => {
      const last = ask({ kind: 'close' });
      health = { state: 'closed' };
      await last;
      await ended;
    },
  };
}
