/**
 * The store's own thread: SQLite is synchronous and waits for the disk, which must not hold up admission or a lease.
 * Carries messages to the engine and back; decides nothing.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { Writer } from '../../../../crds/audit/events.ts';
import type { OlderThing, WitnessRow } from '../../../../crds/audit/witness.ts';
import { isSupportAccessError } from '../../../../crds/errors.ts';
import type { QueueAsk, QueueState } from '../../../../trail/notice-queue.ts';
import type { Appended, AppendRequest, CitedWorld, LogHead } from '../store.ts';
import { type EngineOptions, openSqliteEngine } from './engine.ts';

export type WorkerRequest =
  | { readonly kind: 'append'; readonly requests: readonly AppendRequest[] }
  | { readonly kind: 'close-intents'; readonly instance: string }
  | { readonly kind: 'read'; readonly after: number; readonly limit: number }
  | { readonly kind: 'find'; readonly writer: Writer; readonly key: string }
  | { readonly kind: 'head' }
  | { readonly kind: 'older'; readonly world: CitedWorld }
  | { readonly kind: 'refused' }
  | { readonly kind: 'restored-at' }
  | { readonly kind: 'notices'; readonly asked: QueueAsk }
  | { readonly kind: 'close' };

export interface WorkerResponse {
  readonly appended?: readonly Appended[];
  readonly closed?: boolean;
  readonly lines?: readonly string[];
  readonly head?: LogHead;
  readonly older?: readonly OlderThing[];
  readonly refused?: readonly WitnessRow[];
  readonly restoredAt?: number;
  readonly notices?: QueueState;
  /** The queue of notices was read further meanwhile. */
  readonly overtaken?: string;
  readonly halted?: string;
  /** With `halted`: what ends access is taken nevertheless. */
  readonly endsOnly?: boolean;
  /** The ask itself failed, a read for instance. */
  readonly failed?: string;
}

export interface RequestMessage {
  readonly number: number;
  readonly ask: WorkerRequest;
}

export interface ResponseMessage {
  readonly number: number;
  readonly answer: WorkerResponse;
}

const port = parentPort;
if (port === null) throw new Error('sqlite-worker must run as a worker thread');
const engine = openSqliteEngine(workerData as EngineOptions, Date.now);

function answerTo(ask: WorkerRequest): WorkerResponse {
  return ask.kind === 'notices' ? noticesAnswer(ask.asked) : recordsAnswer(ask);
}

function recordsAnswer(ask: Exclude<WorkerRequest, { kind: 'notices' }>): WorkerResponse {
  switch (ask.kind) {
    case 'append':
      return { appended: engine.append(ask.requests) };
    case 'close-intents':
      return { closed: engine.closeIntentsOf(ask.instance) };
    case 'read':
      return { lines: engine.read(ask.after, ask.limit) };
    case 'find':
      return { lines: engine.find(ask.writer, ask.key) };
    case 'head':
      return { head: engine.head() };
    case 'older':
      return { older: engine.older(ask.world) };
    case 'refused':
      return { refused: engine.refused() };
    case 'restored-at':
      return { restoredAt: engine.restoredAt() };
    case 'close':
      engine.close();
  }
  return {};
}

function withState(answer: WorkerResponse): WorkerResponse {
  const halted = engine.halted();
  return halted === undefined ? answer : { ...answer, halted, endsOnly: engine.endsOnly() };
}

function noticesAnswer(asked: QueueAsk): WorkerResponse {
  try {
    return { notices: engine.notices(asked) };
  } catch (error) {
    if (isSupportAccessError(error, 'records_conflict')) return { overtaken: error.message };
    throw error;
  }
}

port.on('message', ({ number, ask }: RequestMessage) => {
  let answer: WorkerResponse;
  try {
    answer = answerTo(ask);
  } catch (error) {
    answer = { failed: error instanceof Error ? error.message : String(error) };
  }
  port.postMessage({ number, answer: withState(answer) } satisfies ResponseMessage);
  if (ask.kind === 'close') port.close();
});

port.postMessage({ number: 0, answer: withState({}) } satisfies ResponseMessage);
