/** The thread in which one run of the store lives, from the opening of the file until it is closed or has died. */
import { Worker } from 'node:worker_threads';
import { SupportAccessError } from '../../../../crds/errors.ts';
import type { StoreHealth } from '../store.ts';
import type { EngineOptions } from './engine.ts';
import type { RequestMessage, ResponseMessage, WorkerRequest, WorkerResponse } from './worker.ts';

export interface Thread {
  /** Never rejects: a thread that has died answers `failed`. */
  ask(ask: WorkerRequest): Promise<WorkerResponse>;
  health(): StoreHealth;
  close(): Promise<void>;
}

/**
 * Resolves when the store takes appends, or on a full volume at least those that end access, as its health then says. `onHalt` is called once,
 * when it takes not all any more; never where it never did:
 * the caller is told that by the rejection, and would else try anew twice for each try, and with twice as many threads.
 * @throws SupportAccessError `records_halted` when the file cannot be opened or its start not be made durable.
 */
export async function startThread(
  options: EngineOptions,
  onHalt: (reason: string) => void = () => undefined,
): Promise<Thread> {
  // What was preloaded into the process (instrumentation, a watch on stdin) must not run in the store's thread too.
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    workerData: options,
    execArgv: [],
  });
  const pending = new Map<number, (answer: WorkerResponse) => void>();
  let health: StoreHealth = { state: 'ready' };
  let number = 0;
  let dead: string | undefined;
  let hasStarted = false;
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  const halt = (reason: string, endsOnly = false): void => {
    if (health.state === 'closed' || (health.state === 'halted' && (endsOnly || !health.endsOnly))) return;
    const isNews = health.state === 'ready';
    health = { state: 'halted', reason, ...(endsOnly ? { endsOnly } : {}) };
    if (hasStarted && isNews) onHalt(reason);
  };
  const fail = (reason: string): void => {
    dead = reason;
    halt(reason);
    for (const resolve of pending.values()) resolve({ failed: reason });
    pending.clear();
  };
  worker.on('message', (message: ResponseMessage) => {
    if (message.answer.halted !== undefined) halt(message.answer.halted, message.answer.endsOnly);
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
    return send(number, () => worker.postMessage({ number, ask: what } satisfies RequestMessage, []));
  };
  const { failed } = await send(0, () => undefined);
  if (failed !== undefined)
    throw new SupportAccessError('records_halted', `the records cannot be opened: ${failed}`);
  hasStarted = true;
  return {
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
