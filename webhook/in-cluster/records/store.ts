/**
 * The port of a store of records, behind which SQLite lies today. It knows nothing of HTTP, tokens or rights: callers have
 * settled those.
 */
import type { Writer } from '../../../crds/audit/events.ts';
import type { CanonicalRecord } from '../../../crds/audit/record.ts';
import type { Head } from '../../../crds/audit/verify.ts';
import type { CitedWorld, OlderThing, WitnessRow } from '../../../crds/audit/witness.ts';
import type { ErrorCode } from '../../../crds/errors.ts';
import type { QueueAsk, QueueState } from '../../../trail/notice-queue.ts';
import type { Receipt } from '../../../trail/trail.ts';

/** Records that are appended together: all of them or none. */
export interface AppendRequest {
  readonly writer: Writer;
  readonly records: readonly CanonicalRecord[];
}

/** Receipts in the order of the records, or why none of them was appended. */
export type Appended =
  | { readonly ok: true; readonly receipts: readonly Receipt[] }
  | {
      readonly ok: false;
      readonly code: ErrorCode;
      readonly detail: string;
      /** With `records_older`: what the records cite and know in a later state. */
      readonly older?: readonly OlderThing[];
    };

export type { CitedWorld };

/** The end of the log and the name under which it stands. */
export interface LogHead extends Head {
  readonly log: string;
}

export interface StoreHealth {
  /** `halted`: a write failed; appends are refused until the file could be opened anew. */
  readonly state: 'ready' | 'halted' | 'closed';
  readonly reason?: string;
  /** With `halted`: the volume is full, and what ends access is taken nevertheless. */
  readonly endsOnly?: boolean;
}

/** Whether the store may take what ends access, and tell what was recorded. */
export function takesEnds({ state, endsOnly = false }: StoreHealth): boolean {
  return state === 'ready' || endsOnly;
}

export interface RecordStore {
  /** Resolves after the records are durable. Never rejects for what a caller or the disk may do: that is an answer. */
  append(request: AppendRequest): Promise<Appended>;
  /** Closes as unknown what this instance left open. False when that is not durable. */
  closeIntentsOf(instance: string): Promise<boolean>;
  /** At most `limit` lines after the given sequence number, in order. */
  read(range: { readonly after: number; readonly limit: number }): Promise<readonly string[]>;
  head(): Promise<LogHead>;
  /** The line that this writer appended under this key, if there is one. */
  find(writer: Writer, key: string): Promise<string | undefined>;
  /** What in this world is older than what the records know. */
  older(world: CitedWorld): Promise<readonly OlderThing[]>;
  /** What came back from a backup, or was lost by one, and was not confirmed. */
  refused(): Promise<readonly WitnessRow[]>;
  /** The number of the last record that something was restored, or that it was confirmed; 0 where there is none. */
  restoredAt(): number;
  /** The queue of notices; rejects with `records_conflict` where it was read further meanwhile. */
  notices(ask: QueueAsk): Promise<QueueState>;
  health(): StoreHealth;
  close(): Promise<void>;
}
