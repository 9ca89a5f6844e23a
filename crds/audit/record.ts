/**
 * A record: the fields that a writer gives, the fields that the store adds, and how the two become one line of text. It
 * reads values; it neither stores nor judges chains.
 */

import { type CanonicalMember, canonicalMembers, joinMembers, recordHash } from './canonical.ts';
import type { Citation } from './citation.ts';
import { type Area, codeOf, type EventType, type Phase, type Writer } from './events.ts';
import type { FetchSite } from './page.ts';
import { readRecordFields } from './record-shape.ts';
import type { Requester } from './requester.ts';
import type { RecordProblem } from './shape.ts';

/** Most bytes of one record; under the 65,535 that an entry of a tile log may have. */
export const maxRecordBytes = 60 * 1024;

/** One record as its writer states it. */
export interface NewRecord {
  /** UUIDv7 made by the writer; the intent's id travels upstream as `Audit-ID`. */
  readonly id: string;
  /** Idempotency: same key and same content is recorded once, same key with other content is a conflict. */
  readonly key: string;
  readonly type: EventType;
  readonly phase: Phase;
  /** Of an intent: which running instance of its writer has to say what becomes of it. */
  readonly instance?: string;
  /** An outcome's intent; for a point, the record that led to it. */
  readonly cause?: string;
  /** When it happened, RFC 3339, UTC, milliseconds. */
  readonly time: string;
  readonly actor: RecordActor;
  readonly source?: { readonly ip: string; readonly claimed?: string; readonly peer?: string };
  /** The page from which a request came, as the browser says it: of a page that is not of ours it may be a lie. */
  readonly page?: { readonly origin?: string; readonly site?: FetchSite };
  /** Opaque handle of the session, never its secret. */
  readonly session?: string;
  readonly grant?: {
    readonly namespace: string;
    readonly name: string;
    readonly uid: string;
    readonly generation?: number;
  };
  /** The objects by which it was decided, or of which it tells, each in the state that it had. */
  readonly cites?: readonly Citation[];
  readonly target?: RecordTarget;
  readonly decision?: {
    readonly effect: 'allow' | 'deny';
    readonly reason?: string;
    readonly matrix?: string;
    /** How old the reading was, where the application lets one serve more than one request. */
    readonly readingAgeMs?: number;
  };
  readonly outcome?: RecordOutcome;
  /**
   * JSON pointers of what changed, or of the fields that a write named (`?` before those of its query), and a sentence; never the values.
   */
  readonly change?: { readonly paths: readonly string[]; readonly summary?: string };
  /** Both attribute sets, of a mismatch only. */
  readonly sso?: { readonly received: AttributeSet; readonly expected: AttributeSet };
  /** Who asked the API server, from the AdmissionReview and never from the object, and how surely that is known. */
  readonly requester?: Requester;
  readonly message?: string;
  /** Set when something was cut to fit. */
  readonly truncated?: true;
}

export interface RecordActor {
  readonly kind: 'support' | 'customer_admin' | 'system' | 'anonymous';
  readonly name: string;
  readonly uid?: string;
  readonly userType?: string;
  readonly userId?: string;
}

export interface RecordTarget {
  readonly area: Area;
  readonly module?: string;
  readonly subModule?: string;
  readonly action?: string;
  readonly method?: string;
  /** The route's template, never the raw URL. */
  readonly route?: string;
  /** What stood in the request for the placeholders that the route marks: which object it was about. */
  readonly parameters?: Readonly<Record<string, string>>;
  readonly host?: string;
  readonly kind?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly uid?: string;
  readonly generation?: number;
}

export interface RecordOutcome {
  readonly status?: number;
  readonly upstream?: 'answered' | 'refused' | 'timeout' | 'unknown' | 'cut';
  readonly bytesOut?: number;
  readonly masked?: Readonly<Record<string, number>>;
  readonly latencyMs?: number;
  readonly reason?: string;
}

export type AttributeSet = Readonly<Record<string, readonly string[]>>;

/** What the store adds to a record. */
export interface Placed {
  readonly v: 1;
  /** The log's origin; two logs never share one. */
  readonly log: string;
  /** Place in the log from 1 without gaps, as decimal text (a double is not enough for every reader). */
  readonly seq: string;
  /** Hash of the record before; of the first, the hash of the origin. */
  readonly prev: string;
  /** When it became durable; never earlier than the record before. */
  readonly recorded: string;
  readonly writer: Writer;
  readonly code: string;
  /** The clock had gone back; `recorded` repeats the newest time seen. */
  readonly clock?: { readonly stepped: true };
  /** Delivered well after it happened: the records were away, and the act did not wait for them. */
  readonly late?: true;
}

/** A record as it lies in the log. */
export type StoredRecord = NewRecord & Placed;

/**
 * A record with its canonical form, which is made once: what sends, compares or stores the record uses these texts
 * and does not make them again.
 */
export interface CanonicalRecord {
  readonly record: NewRecord;
  readonly members: readonly CanonicalMember[];
}

export type ReadRecord =
  | ({ readonly ok: true } & CanonicalRecord)
  | { readonly ok: false; readonly problems: readonly RecordProblem[] };

/** Reads what a writer sent: the cleaned record, or every problem with its field. Reading its own result changes nothing. */
export function readNewRecord(value: unknown): ReadRecord {
  const findings = { problems: [] as RecordProblem[], truncated: false };
  const fields = readRecordFields(value, findings);
  if (findings.problems.length > 0) return { ok: false, problems: findings.problems };
  const record = fields as NewRecord;
  return {
    ok: true,
    ...fitted(canonicalRecord(findings.truncated ? { ...record, truncated: true } : record)),
  };
}

/** The canonical form of a record that is known to be a clean one. */
export function canonicalRecord(record: NewRecord): CanonicalRecord {
  return { record, members: canonicalMembers(record) };
}

/** The canonical text of a record as its writer states it. */
export function textOf({ members }: CanonicalRecord): string {
  return joinMembers(members);
}

// What may go when the whole is too large, least needed first. Who, what, when and the decision always stay.
const expendable = ['change', 'sso', 'requester', 'message'] as const;

const truncatedMembers = canonicalMembers({ truncated: true });

function fitted(whole: CanonicalRecord): CanonicalRecord {
  let smaller = whole;
  for (const field of expendable) {
    if (Buffer.byteLength(textOf(smaller)) <= maxRecordBytes - placementBytes) return smaller;
    const { [field]: _left, ...rest } = smaller.record;
    const kept = smaller.members.filter(({ name }) => name !== field && name !== 'truncated');
    smaller = { record: { ...rest, truncated: true }, members: [...kept, ...truncatedMembers] };
  }
  return smaller;
}

/** Room for what the store adds. */
const placementBytes = 1024;

/** Where the store puts a record. */
export interface Placement {
  readonly log: string;
  readonly seq: number;
  readonly prev: string;
  /** Epoch milliseconds, already clamped. */
  readonly recorded: number;
  readonly writer: Writer;
  readonly stepped: boolean;
}

/** After this many milliseconds between the act and its record, the record says that it is late. */
const lateAfterMs = 10_000;

/** The line that goes into the log, and its hash, which the next record cites. */
export function sealRecord(
  { record, members }: CanonicalRecord,
  at: Placement,
): { readonly text: string; readonly hash: string } {
  const placement: Placed = {
    v: 1,
    log: at.log,
    seq: String(at.seq),
    prev: at.prev,
    recorded: new Date(at.recorded).toISOString(),
    writer: at.writer,
    code: codeOf(record.type),
    ...(at.stepped ? { clock: { stepped: true } } : {}),
    ...(at.recorded - Date.parse(record.time) > lateAfterMs ? { late: true } : {}),
  };
  const text = joinMembers([...members, ...canonicalMembers(placement)]);
  return { text, hash: recordHash(text) };
}

/** What two appends under one key are compared by. */
export function contentHash(canonical: CanonicalRecord): string {
  return recordHash(textOf(canonical));
}
