/**
 * What a process may ask of the records: the one interface, across the network for gateway and operator, in process for
 * admission. It says nothing about where and how they are kept.
 */
import { randomBytes } from 'node:crypto';
import type { NewRecord } from '../crds/audit/record.ts';
import type { Requester, StoredWrite } from '../crds/audit/requester.ts';

/** Proof that a record is durable, and where it stands. */
export interface Receipt {
  readonly id: string;
  readonly seq: number;
  /** When it became durable, RFC 3339. */
  readonly recorded: string;
  /** Hash of the stored record, lower-case hex. */
  readonly hash: string;
}

/** How long a caller waits that names no time of its own, milliseconds. */
export const defaultDeadlineMs = 2000;

export interface AppendOptions {
  readonly signal?: AbortSignal;
  /** Milliseconds until the caller is told that it is not durable; default 2000. */
  readonly deadlineMs?: number;
}

export interface Trail {
  /**
   * Resolves when every record is durable, all or none of them, with one receipt each in the same order.
   * @throws SupportAccessError `records_unavailable` when that is not known in time, `records_halted`, `records_conflict`,
   *   `records_invalid`, `records_forbidden`. The caller must then not act: no record, no access.
   */
  append(records: readonly NewRecord[], options?: AppendOptions): Promise<readonly Receipt[]>;
  /**
   * For what never waits for a record: taking access away. Returns at once; the records are delivered in order of calls
   * as soon as the store takes them. One whose key is known already was recorded before, and counts as delivered. False
   * when the queue is full and these records are lost, which the caller must at least log.
   */
  appendInBackground(records: readonly NewRecord[]): boolean;
  /** What is waiting, lost and wrong, for health and metrics. */
  health(): TrailHealth;
  /** Delivers what waits, for at most `withinMs` (default 2000), and lets go of the connection. */
  close(withinMs?: number): Promise<void>;
}

/** Knows who asked for what was stored. */
export interface RequesterSource {
  /**
   * Who asked for each of these writes, in order; what is answered once stays the answer.
   * @throws SupportAccessError as `append` does.
   */
  requestersOf(writes: readonly StoredWrite[], options?: AppendOptions): Promise<readonly Requester[]>;
}

/** Knows whether a world is older than what was recorded. */
export interface WitnessSource {
  /**
   * Resolves where nothing that access would open by is older than the records know.
   * @throws SupportAccessError `records_older`, where it may be that it was only read too early; `records_rolled_back`, where it
   *   came back from a backup; and as `append` does.
   */
  checkWorld(world: Pick<NewRecord, 'grant' | 'cites'>, options?: AppendOptions): Promise<void>;
}

export interface TrailHealth {
  /** Whether the last attempt to append succeeded; true before the first. */
  readonly reachable: boolean;
  /** Why not, in words for a person. */
  readonly problem?: string;
  /** Records that became durable through this trail. */
  readonly appended: number;
  /** Records of `appendInBackground` not yet durable. */
  readonly waiting: number;
  /** Records of `appendInBackground` that never will be: queue full, or refused by the store. */
  readonly lost: number;
}

/**
 * The id of a new record: a UUIDv7 (RFC 9562), so that ids sort by time. `now` in epoch milliseconds; 74 random bits keep
 * two writers apart.
 */
export function newRecordId(now: number): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(now, 0, 6);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x70, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
