/**
 * Counts the refusals that do not stand by themselves: one record a window for each kind, grant and address, with the number
 * and the times of the first and the last. The counts of the current window are lost when the process dies.
 */
import type { NewRecord } from '../../../crds/audit/record.ts';
import type { Clock } from '../../../kube/clock.ts';
import { createBuckets } from '../../../process/buckets.ts';
import { newRecordId } from '../../../trail/trail.ts';
import { neighbourAt, neighbourText } from '../listener/neighbour.ts';

/** How many sums there are at one time; what comes beyond is summed over all addresses. */
const maxSums = 200;
/** How many of them one address may have; what comes beyond is summed over all grants. */
const maxSumsOfOne = 20;
/** A window lasts a minute; in a flood that goes on, most last ten. */
const windowMs = 60_000;
const windows = { size: 5, everyMs: 10 * windowMs } as const;
/** Kinds of refusals that anonymous clients can cause, times two; the sums over all addresses are so few. */
const maxKinds = 50;

/** Most sums that are recorded within so many milliseconds. */
export function mostSumsWithin(ms: number): number {
  return (maxSums + maxKinds) * (windows.size + ms / windows.everyMs);
}

const manyAddresses = 'unknown: many addresses';

export interface RefusalSums {
  add(record: NewRecord): void;
  /** Records the numbers now; those that find no room are recorded with the next window. */
  record(): void;
  /** Records the numbers for the last time. */
  stop(): void;
}

export interface RefusalSumsOptions {
  /** False when there is no room at the moment. */
  readonly offer: (sum: NewRecord) => boolean;
  readonly clock: Clock;
}

interface Sum {
  count: number;
  readonly first: string;
  /** The newest, without what the others that are counted here do not share with it. */
  last: NewRecord;
  readonly neighbour: string;
}

export function createRefusalSums({ offer, clock }: RefusalSumsOptions): RefusalSums {
  const pace = createBuckets({ ...windows, clock: () => clock.monotonic() });
  let sums = new Map<string, Sum>();
  let cancel: (() => void) | undefined;

  const placeOf = (record: NewRecord, neighbour: string): readonly [key: string, last: NewRecord] => {
    const own = ofOneGrant(record);
    const ownKey = keyOf(own, neighbour);
    if (sums.has(ownKey)) return [ownKey, own];
    const ofOne = [...sums.values()].filter((sum) => sum.neighbour === neighbour).length;
    const grouped = ofOne < maxSumsOfOne ? own : ofAllGrants(record);
    const key = keyOf(grouped, neighbour);
    if (sums.has(key) || sums.size < maxSums) return [key, grouped];
    const nameless = ofAllAddresses(record);
    const kind = keyOf(nameless, '');
    return [sums.has(kind) || sums.size < maxSums + maxKinds - 1 ? kind : 'all the rest', nameless];
  };
  const record = (): void => {
    cancel?.();
    cancel = undefined;
    const unrecorded = [...sums].filter(([, sum]) => !offer(summed(sum, clock.now())));
    sums = new Map(unrecorded);
    if (sums.size > 0) wait();
  };
  const wait = (): void => {
    cancel ??= clock.after(windowMs, () => {
      cancel = undefined;
      if (pace.take('')) record();
      else wait();
    });
  };
  return {
    add(refusal) {
      wait();
      const neighbour = neighbourAt(refusal.source ?? { ip: '' });
      const [key, last] = placeOf(refusal, neighbour);
      const sum = sums.get(key) ?? { count: 0, first: refusal.time, last, neighbour };
      sum.count += 1;
      sum.last = { ...last, ...sourceOfBoth(sum.last, last) };
      sums.set(key, sum);
    },
    record,
    stop() {
      record();
      cancel?.();
    },
  };
}

/** What makes refusals alike. No name that the client chose: else each would be a kind of its own. */
function keyOf({ type, decision, target, grant }: NewRecord, neighbour: string): string {
  return JSON.stringify([type, decision?.reason, target?.area, grant?.uid, neighbour]);
}

/** What the refusals of one sum share: nothing of their clients' choice; what an existing grant is called stays. */
function ofOneGrant({
  id,
  key,
  type,
  phase,
  time,
  actor,
  source,
  decision,
  target,
  grant,
}: NewRecord): NewRecord {
  const named = grant && { kind: 'SupportAccessGrant', namespace: grant.namespace, name: grant.name };
  return {
    id,
    key,
    type,
    phase,
    time,
    actor,
    ...(source === undefined ? {} : { source }),
    ...(grant === undefined ? {} : { grant }),
    ...(decision === undefined ? {} : { decision }),
    ...(target === undefined ? {} : { target: { area: target.area, ...named } }),
  };
}

function ofAllGrants(record: NewRecord): NewRecord {
  const { grant: _one, ...rest } = record;
  return ofOneGrant(rest);
}

function ofAllAddresses(record: NewRecord): NewRecord {
  return { ...ofAllGrants(record), source: { ip: manyAddresses } };
}

/** The source of the newer one; where the two came from different addresses of one network, the network. */
function sourceOfBoth({ source: older }: NewRecord, { source: newer }: NewRecord): Pick<NewRecord, 'source'> {
  if (newer === undefined) return {};
  const differ = older !== undefined && older.ip !== newer.ip;
  return { source: differ ? { ...newer, ip: neighbourText(newer.ip) } : newer };
}

function summed({ count, first, last }: Sum, now: number): NewRecord {
  const id = newRecordId(now);
  return {
    ...last,
    id,
    key: `${last.type}/${id}`,
    time: new Date(now).toISOString(),
    message: `${count} more like this between ${first} and ${last.time}, counted and not recorded one by one`,
  };
}
