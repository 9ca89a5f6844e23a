/**
 * The queue of notices as the operator's leader asks for it: what happened since it looked last, what is due, and what became
 * of it. It lies beside the records, so that it outlives every process; each step is one call that may be repeated.
 */
import type { EventType } from '../crds/audit/events.ts';
import type { Notice } from '../crds/notices/notice.ts';

/** One notice to one recipient. */
export interface NewEntry {
  /** Idempotency: of two entries of one key the second counts only where both fold. */
  readonly key: string;
  /** Whether entries of this key are folded into one while it was not tried. */
  readonly folds: boolean;
  /** To whom, as the policy names it: `mail:grace@example.com`, `webhook:tickets`. */
  readonly recipient: string;
  readonly notice: Notice;
  /** Not before this moment, epoch milliseconds. */
  readonly dueAt: number;
}

export interface QueuedEntry extends Omit<NewEntry, 'folds'> {
  readonly since: number;
  /** How often it was tried in vain. */
  readonly attempts: number;
}

/** What a call asks. */
export type QueueAsk =
  | {
      readonly kind: 'look';
      readonly types: readonly EventType[];
      readonly now: number;
      /** Most due entries in the answer. */
      readonly limit: number;
    }
  | {
      /** Takes these entries and goes on to `to`, where `from` is still how far it was read. */
      readonly kind: 'put';
      readonly from: number;
      readonly to: number;
      readonly entries: readonly NewEntry[];
      readonly now: number;
    }
  | {
      readonly kind: 'settle';
      readonly key: string;
      /** Undefined: it is over, delivered or given up. */
      readonly dueAt: number | undefined;
    };

export interface QueueState {
  /** How far the records had been read, and how far they were read for this answer. */
  readonly from: number;
  readonly to: number;
  /** Whether there are more records behind `to`. */
  readonly more: boolean;
  /** Records of the types that were asked for, as stored. */
  readonly records: readonly string[];
  readonly due: readonly QueuedEntry[];
  /** How many wait, and since when the oldest does. */
  readonly waiting: number;
  readonly oldestSince: number | undefined;
}

/** Most entries of one put. */
export const mostEntries = 500;

/** Knows the queue. */
export interface NoticeQueue {
  /** @throws SupportAccessError as `append` does; `records_conflict` where another leader has gone on meanwhile. */
  ask(ask: QueueAsk, signal?: AbortSignal): Promise<QueueState>;
}
