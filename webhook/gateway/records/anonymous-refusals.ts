/**
 * Bounds how many records anonymous clients can cause: some stand by themselves, the rest are in numbers. Without it, a flood
 * of requests would push the records of signed-in people out of the queue and fill the disk; without the numbers, it would
 * leave no trace. What an identity provider vouched for is evidence, and is never only counted.
 */
import type { NewRecord } from '../../../crds/audit/record.ts';
import { type Clock, systemClock } from '../../../kube/clock.ts';
import type { Trail } from '../../../trail/trail.ts';
import { createRefusalSums, mostSumsWithin } from './refusal-sums.ts';
import { createStandingAlone, mostAloneWithin } from './standing-alone.ts';

/** Most records that anonymous clients can cause at one gateway within so many milliseconds; the documents say it for a day. */
export function mostRecordsWithin(ms: number): number {
  return mostAloneWithin(ms) + mostSumsWithin(ms);
}

/** They are recorded only while so few records wait: the rest of the queue is for what people and the operator do. */
const mostWaiting = { ofGrants: 5000, others: 1000 } as const;

export interface AnonymousRefusals {
  /** Takes the record over: it is recorded, or counted. */
  note(record: NewRecord): void;
  /** Records the numbers now; those that find no room are recorded later. */
  recordSums(): void;
  /** Records the numbers for the last time. */
  stop(): void;
}

export interface AnonymousRefusalOptions {
  /** False when so many records, or more, wait at the moment. */
  readonly offer: (record: NewRecord, mostWaiting: number) => boolean;
  readonly clock: Clock;
}

/**
 * The trail, with the refusals of anonymous clients kept in small numbers. They are never reported as lost: what is not
 * recorded one by one is in a number.
 */
export function limitAnonymousRefusals(trail: Trail, clock: Clock = systemClock): Trail {
  const refusals = createAnonymousRefusals({
    offer: (record, most) => trail.health().waiting < most && trail.appendInBackground([record]),
    clock,
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

/**
 * Whether it is the refusal of a client for whom nothing vouches: no session of ours stood behind the request, and no
 * identity provider said whose it is.
 */
export function isAnonymousRefusal({ actor, phase, decision, sso }: NewRecord): boolean {
  return actor.kind === 'anonymous' && sso === undefined && phase === 'point' && decision?.effect === 'deny';
}

export function createAnonymousRefusals({ offer, clock }: AnonymousRefusalOptions): AnonymousRefusals {
  const maySay = createStandingAlone(() => clock.monotonic());
  const room = ({ grant }: NewRecord): number =>
    grant === undefined ? mostWaiting.others : mostWaiting.ofGrants;
  const sums = createRefusalSums({ offer: (sum) => offer(sum, room(sum)), clock });
  return {
    note(record) {
      if (!maySay(record) || !offer(record, room(record))) sums.add(record);
    },
    recordSums: () => sums.record(),
    stop: () => sums.stop(),
  };
}
