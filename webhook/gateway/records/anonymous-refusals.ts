/**
 * Bounds how many records anonymous clients can cause: the first refusals of a kind are recorded one by one, the rest as a
 * number. Without it, a flood of requests would push the records of signed-in people out of the queue and fill the disk;
 * without the number, it would leave no trace. The count of the current minute is lost when the process dies.
 */
import type { NewRecord } from '../../../crds/audit/record.ts';
import { newRecordId, type Trail } from '../../../trail/trail.ts';

export interface AnonymousRefusalLimits {
  /** How many refusals of one kind and source address stand by themselves within a minute. */
  readonly alike: number;
  /** How many of all kinds do. */
  readonly alone: number;
}

/** Far above what people and their mistakes cause; at most some 2,000 records a minute, 2 GB a day of a lasting flood. */
const usualLimits: AnonymousRefusalLimits = { alike: 600, alone: 2000 };
/** How many kinds and addresses are counted each for itself; those beyond share one sum per kind. */
const maxSums = 100;
/** They are recorded only while this few records wait: the rest of the queue is for what people and the operator do. */
const maxWaitingRecords = 1000;
const windowMs = 60_000;

/** Stands for the address where there were too many to name them. */
const manyAddresses = 'unknown: many addresses';

export interface AnonymousRefusals {
  /** Takes the record over: it is recorded, or counted. */
  note(record: NewRecord): void;
  /** Records the numbers now; those that find no room are recorded a minute later. */
  recordSums(): void;
  /** Records the numbers for the last time. */
  stop(): void;
}

export interface AnonymousRefusalOptions {
  /** False when there is no room at the moment. */
  readonly offer: (records: readonly NewRecord[]) => boolean;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly limits?: AnonymousRefusalLimits;
}

/**
 * The trail, with the refusals of anonymous clients kept in small numbers. They are never reported as lost: what is not
 * recorded one by one is in a number.
 */
export function limitAnonymousRefusals(trail: Trail): Trail {
  const refusals = createAnonymousRefusals({
    offer: (records) =>
      trail.health().waiting + records.length <= maxWaitingRecords && trail.appendInBackground(records),
    now: () => Date.now(),
  });
  return {
    append: (records, options) => trail.append(records, options),
    appendInBackground(records) {
      if (!records.every(isAnonymousRefusal)) return trail.appendInBackground(records);
      for (const record of records) refusals.note(record);
      return true;
    },
    health: () => trail.health(),
    close: (withinMs) => {
      refusals.stop();
      return trail.close(withinMs);
    },
  };
}

/** Whether it is the refusal of an anonymous client: no session of ours stood behind the request. */
export function isAnonymousRefusal({ actor, phase, decision }: NewRecord): boolean {
  return actor.kind === 'anonymous' && phase === 'point' && decision?.effect === 'deny';
}

/** One kind of refusal from one address, within a window. */
interface Sum {
  alone: number;
  more: number;
  first: string;
  last: NewRecord;
}

export function createAnonymousRefusals({
  offer,
  now,
  limits = usualLimits,
}: AnonymousRefusalOptions): AnonymousRefusals {
  let sums = new Map<string, Sum>();
  let alone = 0;
  let timer: NodeJS.Timeout | undefined;

  const sumOf = (record: NewRecord): Sum => {
    const own = kindOf(record, record.source?.ip);
    const isRoom = sums.has(own) || sums.size < maxSums;
    const key = isRoom ? own : kindOf(record, manyAddresses);
    const last = isRoom ? record : { ...record, source: { ip: manyAddresses } };
    const sum = sums.get(key) ?? { alone: 0, more: 0, first: record.time, last };
    sum.last = last;
    sums.set(key, sum);
    return sum;
  };
  const recordSums = (): void => {
    clearTimeout(timer);
    timer = undefined;
    const unrecorded = [...sums].filter(([, sum]) => sum.more > 0 && !offer([summed(sum, now())]));
    sums = new Map(unrecorded.map(([key, sum]) => [key, { ...sum, alone: 0 }]));
    alone = 0;
    if (sums.size > 0) wait();
  };
  const wait = (): void => {
    timer ??= setTimeout(recordSums, windowMs).unref();
  };
  return {
    note(record) {
      wait();
      const sum = sumOf(record);
      if (sum.alone < limits.alike && alone < limits.alone && offer([record])) {
        sum.alone += 1;
        alone += 1;
        return;
      }
      if (sum.more === 0) sum.first = record.time;
      sum.more += 1;
    },
    recordSums,
    stop() {
      recordSums();
      clearTimeout(timer);
    },
  };
}

/** What makes refusals alike. No name that the client chose: else each would be a kind of its own. */
function kindOf({ type, decision, target }: NewRecord, ip = ''): string {
  return JSON.stringify([type, decision?.reason, target?.area, ip]);
}

function summed({ more, first, last }: Sum, now: number): NewRecord {
  const { type, phase, time, actor, source, decision, target } = last;
  const id = newRecordId(now);
  return {
    id,
    key: `${type}/${id}`,
    type,
    phase,
    time: new Date(now).toISOString(),
    actor,
    ...(source === undefined ? {} : { source }),
    ...(decision === undefined ? {} : { decision }),
    ...(target === undefined ? {} : { target: { area: target.area } }),
    message: `${more} more like this between ${first} and ${time}, counted and not recorded one by one`,
  };
}
