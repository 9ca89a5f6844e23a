/**
 * How does a record follow an act that could not wait for it? A bounded queue, one delivery at a time, retried until the
 * store takes it. It never blocks whoever adds, and it never gives up on a store that is only away.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { NewRecord } from '../crds/audit/record.ts';
import { isSupportAccessError } from '../crds/errors.ts';
import type { AppendOptions, Trail } from './trail.ts';

/** Bounds memory while the records are away: about 10 MB of closing facts. */
const maxWaitingRecords = 10_000;
const firstPauseMs = 100;
const longestPauseMs = 5000;

export interface LaterQueue {
  /** False when the queue is full or closed: these records are lost. */
  add(records: readonly NewRecord[]): boolean;
  /** As `add`, but only while the queue is less than half full: the other half is for taking access away. */
  addIfRoom(records: readonly NewRecord[]): boolean;
  health(): { readonly waiting: number; readonly lost: number };
  /** Tries to deliver what waits for at most `withinMs`, then stops; what is left is lost. */
  close(withinMs: number): Promise<void>;
}

/** A queue that delivers through `append`. */
export function createLaterQueue(append: Trail['append']): LaterQueue {
  const groups: (readonly NewRecord[])[] = [];
  const stopping = new AbortController();
  let waiting = 0;
  let lost = 0;
  let delivering: Promise<void> | undefined;

  const deliverAll = async (): Promise<void> => {
    for (let group = groups[0]; group !== undefined; group = groups[0]) {
      const never = await deliver(append, group, stopping.signal);
      groups.shift();
      waiting -= group.length;
      lost += never;
    }
    delivering = undefined;
  };
  const addUpTo = (max: number, records: readonly NewRecord[]): boolean => {
    if (stopping.signal.aborted || waiting + records.length > max) {
      lost += records.length;
      return false;
    }
    groups.push(records);
    waiting += records.length;
    delivering ??= deliverAll();
    return true;
  };
  return {
    add: (records) => addUpTo(maxWaitingRecords, records),
    addIfRoom: (records) => addUpTo(maxWaitingRecords / 2, records),
    health: () => ({ waiting, lost }),
    async close(withinMs) {
      const timer = setTimeout(() => stopping.abort(), withinMs);
      await delivering;
      clearTimeout(timer);
      stopping.abort();
    },
  };
}

/** How many records of the group will never be durable: refused for what they are, or the queue was stopped. */
async function deliver(
  append: Trail['append'],
  group: readonly NewRecord[],
  signal: AbortSignal,
): Promise<number> {
  const options: AppendOptions = { signal, deadlineMs: 10_000 };
  for (let pauseMs = firstPauseMs; !signal.aborted; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    try {
      await append(group, options);
      return 0;
    } catch (error) {
      // The store has judged these records: asking again gives the same answer and would hold up those behind.
      if (isSupportAccessError(error, 'records_invalid')) return group.length;
      if (isSupportAccessError(error, 'records_conflict')) return deliverEach(append, group, signal);
      await pause(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }
  return group.length;
}

// A key is the name of a fact: two replicas may have seen the same session end. What was told before is not lost, and
// must not keep the others of its group from being told.
async function deliverEach(
  append: Trail['append'],
  group: readonly NewRecord[],
  signal: AbortSignal,
): Promise<number> {
  if (group.length === 1) return 0;
  let lost = 0;
  for (const record of group) lost += await deliver(append, [record], signal);
  return lost;
}
