/**
 * Bounds what reviews leave in the records that no client certificate proves to be the API server's. A process that knows
 * our path can invent them without end: some stand by themselves, the rest are in numbers. A number loses nothing that is
 * needed: each write that is stored gets a record of its own, made from the stored object.
 */
import type { NewRecord } from '../../../crds/audit/record.ts';
import { unknownRequester } from '../../../crds/audit/requester.ts';
import { parseAddress } from '../../../crds/rules/address/address.ts';
import type { Clock } from '../../../kube/clock.ts';
import { createSharedBudget } from '../../../process/shared-budget.ts';
import { newRecordId, type Trail } from '../../../trail/trail.ts';
import { requesterActor } from '../requesters/requesters.ts';

const hour = 3_600_000;
/**
 * Units of 2 KiB that may stand by themselves, each record costs at least one. Half is for callers that sent few lately, so
 * that the API server's reviews stand alone beside another caller's flood.
 */
const unitBytes = 2048;
const alone = { size: 5000, everyMs: hour / 1000, reserve: 2500, few: 500 } as const;
/** A window of numbers. A write waits for it, and the API server waits 5 s for us. */
const windowMs = 2000;

/** Most records of unproved reviews within so many milliseconds, and most bytes of those that stand alone. */
export function mostOfReviewsWithin(ms: number): { readonly records: number; readonly bytesAlone: number } {
  const units = alone.size + ms / alone.everyMs;
  return { records: units + ms / windowMs, bytesAlone: units * unitBytes };
}

/** Who sent a review. */
export interface ReviewCaller {
  /** Whether it showed the API server's client certificate. */
  readonly proved: boolean;
  /** The address of the connection. */
  readonly peer: string;
}

export interface ReviewRecords {
  /** Resolves when the record, or the number that it is counted in, is durable; rejects when it is not in time. */
  readonly record: (record: NewRecord, caller: ReviewCaller) => Promise<void>;
  /** The same for what has already been allowed to happen. */
  readonly appendInBackground: (record: NewRecord, caller: ReviewCaller) => void;
}

interface Window {
  count: number;
  readonly first: string;
  last: string;
  readonly recorded: Promise<void>;
}

export interface ReviewRecordsOptions {
  readonly trail: Pick<Trail, 'append' | 'appendInBackground'>;
  readonly clock: Clock;
  readonly onLost: (recordId: string) => void;
}

/** The records of reviews, bounded where nothing proves who sent them. */
export function createReviewRecords({ trail, clock, onLost }: ReviewRecordsOptions): ReviewRecords {
  const budget = createSharedBudget({ ...alone, clock: () => clock.monotonic() });
  const standsAlone = (record: NewRecord, { proved, peer }: ReviewCaller): boolean =>
    proved || budget.take(machineOf(peer), Math.ceil(Buffer.byteLength(JSON.stringify(record)) / unitBytes));
  let current: Window | undefined;
  const opened = ({ time }: NewRecord): Window => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const window: Window = { count: 0, first: time, last: time, recorded: promise };
    // No review may wait for it.
    promise.catch(() => undefined);
    clock.after(windowMs, () => {
      current = undefined;
      const number = numberOf(window, clock.now());
      trail.append([number]).then(
        () => resolve(),
        (error: unknown) => {
          onLost(number.id);
          reject(error);
        },
      );
    });
    return window;
  };
  const counted = (record: NewRecord): Promise<void> => {
    current ??= opened(record);
    current.count += 1;
    current.last = record.time;
    return current.recorded;
  };
  return {
    async record(record, caller) {
      if (standsAlone(record, caller)) await trail.append([record]);
      else await counted(record);
    },
    appendInBackground(record, caller) {
      if (!standsAlone(record, caller)) void counted(record);
      else if (!trail.appendInBackground([record])) onLost(record.id);
    },
  };
}

/**
 * Who counts as one caller: an IPv4 address, or the IPv6 network of 64 bits of one node's pods. A machine has as many
 * addresses in it as it likes, each of them a newcomer, and would use up what is kept for others.
 */
function machineOf(peer: string): string {
  const address = parseAddress(peer);
  return address?.family === 6 ? `6/${address.a}/${address.b}` : peer;
}

function numberOf({ count, first, last }: Window, now: number): NewRecord {
  const id = newRecordId(now);
  return {
    id,
    key: `admission/${id}`,
    type: 'admission.requested',
    phase: 'point',
    time: new Date(now).toISOString(),
    actor: requesterActor(unknownRequester),
    source: { ip: 'unknown: kubernetes-api' },
    target: { area: 'kubernetes-api' },
    requester: unknownRequester,
    message: `${count} more reviews between ${first} and ${last} without a client certificate, counted and not recorded one by one; each write that was stored has a record of its own`,
  };
}
