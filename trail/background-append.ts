/**
 * Sends the records of what could not wait for them: a bounded queue, delivered in order, many records a call, retried
 * until the store takes them. Adding never blocks, and a store that is only away is never given up on. While the volume of the records
 * is full, what ends access goes before what has to wait for space.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { tellsOfEnd } from '../crds/audit/endings.ts';
import type { NewRecord } from '../crds/audit/record.ts';
import { isSupportAccessError } from '../crds/errors.ts';
import type { AppendOptions, Trail } from './trail.ts';

/** Bounds memory while the records are away: about 10 MB. */
const maxWaitingRecords = 10_000;
/** Records of one call, so that a queue that filled up while the store was away is empty again within seconds. */
const maxTogether = 100;
const firstPauseMs = 100;
const longestPauseMs = 5000;
const deadlineMs = 10_000;

export interface BackgroundAppend {
  /** False when the queue is full or closed: these records are lost. */
  add(records: readonly NewRecord[]): boolean;
  /** As `add`, but only while the queue is less than half full: the other half is for taking access away. */
  addIfRoom(records: readonly NewRecord[]): boolean;
  health(): { readonly waiting: number; readonly lost: number };
  /** Tries to deliver what waits for at most `withinMs`, then stops; what is left is lost. */
  close(withinMs: number): Promise<void>;
}

/** A queue that delivers through `append`. */
export function createBackgroundAppend(append: Trail['append']): BackgroundAppend {
  const groups: (readonly NewRecord[])[] = [];
  const stopping = new AbortController();
  let waiting = 0;
  let lost = 0;
  let delivering: Promise<void> | undefined;

  const deliverAll = async (): Promise<void> => {
    while (groups.length > 0) {
      const batch = firstOf(groups);
      const onHalted = (): Promise<void> => overtake(groups.slice(batch.length).filter(isOfEnds));
      const never = await deliver(append, batch, { signal: stopping.signal, onHalted });
      groups.splice(0, batch.length);
      waiting -= batch.flat().length;
      lost += never;
    }
    delivering = undefined;
  };
  // A full volume takes what ends access, and nothing of what stands before it: that must not wait for space.
  const overtake = async (ends: readonly Group[]): Promise<void> => {
    const batch = firstOf(ends);
    if (batch.length === 0) return;
    const isTaken = await append(batch.flat(), { signal: stopping.signal, deadlineMs }).then(
      () => true,
      () => false,
    );
    if (!isTaken) return;
    for (const group of batch) groups.splice(groups.indexOf(group), 1);
    waiting -= batch.flat().length;
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

type Group = readonly NewRecord[];

/** How delivering goes on. */
interface Delivering {
  readonly signal: AbortSignal;
  /** Called each time that the store takes nothing of this. */
  readonly onHalted: () => Promise<void>;
}

const isOfEnds = (group: Group): boolean => group.every(tellsOfEnd);

/**
 * The groups that travel in the next call: all of each, and at least one. Those that end access travel by themselves, since a call is
 * taken as a whole.
 */
function firstOf(groups: readonly Group[]): Group[] {
  let records = 0;
  const [first = []] = groups;
  const end = groups.findIndex((group) => {
    records += group.length;
    return records > maxTogether || isOfEnds(group) !== isOfEnds(first);
  });
  return groups.slice(0, end < 0 ? groups.length : Math.max(end, 1));
}

/** Appends the groups; resolves to how many records will never be durable: refused for what they are, or stopped. */
async function deliver(append: Trail['append'], groups: readonly Group[], how: Delivering): Promise<number> {
  const records = groups.flat();
  const outcome = await tryUntilJudged(append, records, how);
  if (outcome === 'taken') return 0;
  if (outcome === 'stopped') return records.length;
  // One that is wrong or known must not take those with it that only travelled along.
  if (groups.length > 1) return deliverEach(append, groups, how);
  if (outcome === 'invalid') return records.length;
  // Two replicas may have seen the same session end and derive the same key. What is recorded already is not lost, and
  // must not keep the others of its group from being recorded.
  if (records.length === 1) return 0;
  return deliverEach(
    append,
    records.map((record) => [record]),
    how,
  );
}

async function deliverEach(
  append: Trail['append'],
  groups: readonly Group[],
  how: Delivering,
): Promise<number> {
  let lost = 0;
  for (const group of groups) lost += await deliver(append, [group], how);
  return lost;
}

async function tryUntilJudged(
  append: Trail['append'],
  records: Group,
  { signal, onHalted }: Delivering,
): Promise<'taken' | 'stopped' | 'invalid' | 'conflict'> {
  const options: AppendOptions = { signal, deadlineMs };
  for (let pauseMs = firstPauseMs; !signal.aborted; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    try {
      await append(records, options);
      return 'taken';
    } catch (error) {
      // The store has judged these records: asking again gives the same answer and would hold up those behind.
      if (isSupportAccessError(error, 'records_invalid')) return 'invalid';
      if (isSupportAccessError(error, 'records_conflict')) return 'conflict';
      // An intent that is told late, of a request that was refused then: what it cites was changed since.
      if (isSupportAccessError(error, 'records_older')) return 'invalid';
      if (isSupportAccessError(error, 'records_rolled_back')) return 'invalid';
      if (isSupportAccessError(error, 'records_halted')) await onHalted();
      await pause(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }
  return 'stopped';
}
