/**
 * What is kept of refusals of people who have not said who they are? The first of a kind one by one, the rest as a
 * number: whoever floods a door must neither push other people's records out nor fill the disk, and is never passed
 * over in silence. What is counted when the process dies is lost, at most a minute's worth.
 */
import type { NewRecord } from '../crds/audit/record.ts';
import { newRecordId } from './record-id.ts';

export interface AnonymousRefusalLimits {
  /** How many refusals of one kind and source address stand by themselves within a minute. */
  readonly alike: number;
  /** How many of all kinds do. */
  readonly alone: number;
}

/** Far above what people and their mistakes make; at most some 2,000 records a minute, 2 GB a day of a lasting flood. */
const usualLimits: AnonymousRefusalLimits = { alike: 600, alone: 2000 };
/** How many kinds and addresses are counted each for itself; those beyond share one sum per kind. */
const maxSums = 100;
const windowMs = 60_000;

/** Stands for the address where there were too many to name them. */
const manyAddresses = 'unknown: many addresses';

export interface AnonymousRefusals {
  /** Takes the record over: it is recorded, or counted. */
  note(record: NewRecord): void;
  /** Records the numbers now; those that do not fit are told later. */
  tell(): void;
  /** The last word: tells, and counts no more. */
  stop(): void;
}

export interface AnonymousRefusalOptions {
  /** False when there is no room at the moment. */
  readonly offer: (records: readonly NewRecord[]) => boolean;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly limits?: AnonymousRefusalLimits;
}

/** Whether it tells of a refusal of somebody who is not known: no session of ours stood behind the request. */
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
    const told = isRoom ? record : { ...record, source: { ip: manyAddresses } };
    const sum = sums.get(key) ?? { alone: 0, more: 0, first: record.time, last: told };
    sum.last = told;
    sums.set(key, sum);
    return sum;
  };
  const tell = (): void => {
    clearTimeout(timer);
    timer = undefined;
    const untold = [...sums].filter(([, sum]) => sum.more > 0 && !offer([summed(sum, now())]));
    sums = new Map(untold.map(([key, sum]) => [key, { ...sum, alone: 0 }]));
    alone = 0;
    if (sums.size > 0) wait();
  };
  const wait = (): void => {
    timer ??= setTimeout(tell, windowMs).unref();
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
    tell,
    stop() {
      tell();
      clearTimeout(timer);
    },
  };
}

/** What makes refusals alike. No name that the stranger chose: else each would be a kind of its own. */
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
