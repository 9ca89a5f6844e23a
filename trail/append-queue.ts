/**
 * Lets many callers share one connection: what waits while one call is in flight travels together in the next, and each
 * caller keeps its own deadline. A call that broke off is repeated: ids and keys make that harmless.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { type CanonicalRecord, textOf } from '../crds/audit/record.ts';
import { SupportAccessError } from '../crds/errors.ts';
import { whenOver } from '../process/deadline.ts';
import { type AppendOptions, defaultDeadlineMs, type Receipt } from './trail.ts';
import { type GroupResult, maxAppendBytes } from './wire.ts';

/**
 * Carries groups to the store once: a result for each, or an error for all of them. `records_unavailable` means that it
 * may be tried again.
 */
export type SendGroups = (groups: readonly string[], signal: AbortSignal) => Promise<readonly GroupResult[]>;

export interface AppendQueue {
  /** Resolves with receipts; rejects with the store's refusal, or `records_unavailable` when its caller gives up. */
  append(records: readonly CanonicalRecord[], options: AppendOptions): Promise<readonly Receipt[]>;
  /** Why the last call found records that take nothing, with what was underneath; undefined when they do. */
  problem(): SupportAccessError | undefined;
}

/** How long one try may take: short enough for a second one, on a new connection, within a caller's two seconds. */
const tryMs = 900;
const pauseBetweenTriesMs = 50;
const maxGroups = 128;
// Room for the brackets and commas around the groups.
const maxGroupBytes = maxAppendBytes - 4096;

interface Waiting {
  readonly text: string;
  readonly bytes: number;
  readonly settle: (result: GroupResult | SupportAccessError) => void;
}

export function createAppendQueue(send: SendGroups): AppendQueue {
  const waiting = new Set<Waiting>();
  let running = false;
  let problem: SupportAccessError | undefined;

  const tryOnce = async (): Promise<void> => {
    const batch = nextBatch(waiting);
    const trial = new AbortController();
    const late = new SupportAccessError('records_unavailable', `no answer within ${tryMs} ms`);
    const timer = setTimeout(() => trial.abort(late), tryMs);
    const groups = batch.map(({ text }) => text);
    const results = await send(groups, trial.signal).catch(asError);
    clearTimeout(timer);
    problem = takesNothing(results) ? results : undefined;
    if (isAway(results)) {
      await pause(pauseBetweenTriesMs);
      return;
    }
    for (const [at, entry] of batch.entries()) {
      waiting.delete(entry);
      entry.settle(results instanceof SupportAccessError ? results : (results[at] ?? unanswered()));
    }
  };
  const run = async (): Promise<void> => {
    running = true;
    while (waiting.size > 0) await tryOnce();
    running = false;
  };
  return {
    append(records, { signal, deadlineMs = defaultDeadlineMs }) {
      const text = `[${records.map(textOf).join(',')}]`;
      const bytes = Buffer.byteLength(text);
      if (bytes > maxGroupBytes)
        return Promise.reject(new SupportAccessError('records_invalid', 'too many bytes at once'));
      return new Promise((resolve, reject) => {
        const cancel = whenOver({ ms: deadlineMs, signal }, (cause) => {
          waiting.delete(entry);
          // That time is up says nothing; what the tries met until then does.
          reject(isAway(problem) ? problem : unanswered(problem ?? cause));
        });
        const settle: Waiting['settle'] = (result) => {
          cancel();
          if ('receipts' in result) resolve(result.receipts);
          else reject(result instanceof Error ? result : new SupportAccessError(result.code, result.detail));
        };
        const entry: Waiting = { text, bytes, settle };
        waiting.add(entry);
        if (!running) void run();
      });
    },
    problem: () => problem,
  };
}

function nextBatch(waiting: ReadonlySet<Waiting>): Waiting[] {
  const batch: Waiting[] = [];
  let bytes = 0;
  for (const entry of waiting) {
    bytes += entry.bytes + 1;
    if (batch.length === maxGroups || (batch.length > 0 && bytes > maxGroupBytes)) break;
    batch.push(entry);
  }
  return batch;
}

function isAway(result: unknown): result is SupportAccessError {
  return result instanceof SupportAccessError && result.code === 'records_unavailable';
}

/** Away, or halted: those who are away are asked again at once, those who are halted when their callers come again. */
function takesNothing(result: unknown): result is SupportAccessError {
  return isAway(result) || (result instanceof SupportAccessError && result.code === 'records_halted');
}

function asError(error: unknown): SupportAccessError {
  if (error instanceof SupportAccessError) return error;
  return new SupportAccessError('records_unavailable', 'the records cannot be reached', { cause: error });
}

function unanswered(cause?: unknown): SupportAccessError {
  return new SupportAccessError('records_unavailable', 'the records did not answer in time', { cause });
}
