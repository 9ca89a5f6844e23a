/**
 * Verifies that a log is what was written: reads lines one after the other and names the first sequence number that cannot be
 * trusted. Pure and in constant memory but for open intents; where the lines come from is the caller's affair.
 */
import { canonicalize, genesisHash, recordHash } from './canonical.ts';
import type { StoredRecord } from './record.ts';
import { readStoredRecord } from './stored-record.ts';

/** The end of a log as it was remembered elsewhere; the only thing that makes a cut tail visible. */
export interface Head {
  readonly seq: number;
  readonly hash: string;
}

/**
 * - `good`: nothing contradicts anything.
 * - `tampered`: what stands at `seq` is not what was written there.
 * - `incomplete`: what is there agrees, but something that must exist is missing from `seq` on.
 */
export type Verification =
  | {
      readonly state: 'good';
      readonly records: number;
      readonly head: Head | undefined;
      readonly openIntents: number;
    }
  | { readonly state: 'tampered' | 'incomplete'; readonly seq: number; readonly why: string };

export interface Verifier {
  /** Takes the next line; true when a fault is already certain and reading on is of no use. */
  add(line: string): boolean;
  /** The verification over what was added. */
  finish(): Verification;
}

type Fault = Extract<Verification, { state: 'tampered' | 'incomplete' }>;

interface LastRecord {
  readonly seq: number;
  readonly hash: string;
  /** Hash of what stands before it, which it should cite. */
  readonly prev: string;
  readonly recorded: string;
  readonly log: string;
}

interface Progress {
  readonly expected: Head | undefined;
  count: number;
  /** What stands before it is not known: intents of its outcomes may. */
  readonly isPart: boolean;
  last: LastRecord | undefined;
  /** The last record cites another predecessor than the one read; the next record tells which of the two was changed. */
  suspicion: number | undefined;
  fault: Fault | undefined;
  /** Intents without an outcome, with their sequence. */
  readonly open: Map<string, number>;
  /** Intents that a restart closed as unknown; the real outcome may still arrive from the writer. */
  readonly recovered: Set<string>;
}

/** What stands before a part of a log: the record that its first one must cite, 0 and the hash of the origin before the first of all. */
export interface PartStart extends Head {
  readonly log: string;
}

/**
 * A verifier for a log from its first record on, or for a part that begins after `start`, against a head that was kept elsewhere
 * if there is one.
 */
export function createVerifier(expected?: Head, start?: PartStart): Verifier {
  const progress: Progress = {
    expected,
    count: 0,
    last: start === undefined ? undefined : { ...start, prev: '', recorded: '' },
    isPart: start !== undefined,
    suspicion: undefined,
    fault: undefined,
    open: new Map(),
    recovered: new Set(),
  };
  return {
    add(line) {
      progress.fault ??= takeLine(progress, line);
      return progress.fault !== undefined;
    },
    finish: () => conclude(progress),
  };
}

/** The verification over lines that are all at hand. */
export function verifyChain(lines: Iterable<string>, expected?: Head): Verification {
  const verifier = createVerifier(expected);
  for (const line of lines) if (verifier.add(line)) break;
  return verifier.finish();
}

const tampered = (seq: number, why: string): Fault => ({ state: 'tampered', seq, why });

function takeLine(progress: Progress, line: string): Fault | undefined {
  const expectedSeq = (progress.last?.seq ?? 0) + 1;
  const record = readLine(line);
  if ('why' in record) return resolveSuspicion(progress, undefined) ?? tampered(expectedSeq, record.why);
  const fault =
    resolveSuspicion(progress, record) ??
    placeFault(progress, record, expectedSeq) ??
    linkFault(progress, record) ??
    pairFault(progress, record);
  if (fault) return fault;
  progress.last = {
    seq: expectedSeq,
    hash: recordHash(line),
    prev: endHash(progress, record),
    recorded: record.recorded,
    log: record.log,
  };
  progress.count += 1;
  return headFault(progress);
}

// What the next record must cite.
function endHash({ last }: Progress, record: StoredRecord): string {
  return last?.hash ?? genesisHash(record.log);
}

function linkFault(progress: Progress, record: StoredRecord): Fault | undefined {
  const { last } = progress;
  if (record.prev === endHash(progress, record)) return undefined;
  if (last === undefined) return tampered(1, 'does not cite the origin of its log');
  // It cites the record before last: what stands between the two was put there later.
  if (record.prev === last.prev)
    return tampered(last.seq, 'is not cited by its successor, which cites its predecessor');
  progress.suspicion = last.seq;
  return undefined;
}

function readLine(line: string): StoredRecord | { readonly why: string } {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return { why: 'is not JSON' };
  }
  const read = readStoredRecord(parsed);
  if (read.ok && read.text === line) return read.record;
  if (!isCanonical(parsed, line)) return { why: 'is not in canonical form (RFC 8785)' };
  if (read.ok) return { why: 'holds text as the store never writes it' };
  const [first] = read.problems;
  return { why: `does not follow the schema: ${first?.field ?? ''} ${first?.rule ?? ''}` };
}

// JSON has numbers that no double holds and nests deeper than any stack: a hostile line is a finding, not a crash.
function isCanonical(parsed: unknown, line: string): boolean {
  try {
    return canonicalize(parsed) === line;
  } catch {
    return false;
  }
}

// Record n+1 cites something else than record n. If record n+2 cites n+1 as it stands, n+1 is as it was written and so n
// was changed; if not, n+1 itself was changed.
function resolveSuspicion(progress: Progress, next: StoredRecord | undefined): Fault | undefined {
  const { suspicion, last } = progress;
  if (suspicion === undefined || last === undefined) return undefined;
  if (next !== undefined && next.prev !== last.hash)
    return tampered(last.seq, 'does not cite the record before it');
  return tampered(suspicion, `is not the record that record ${last.seq} cites`);
}

function placeFault({ last }: Progress, record: StoredRecord, expectedSeq: number): Fault | undefined {
  if (record.seq !== String(expectedSeq)) return orderFault(last, record, expectedSeq);
  if (last !== undefined && record.log !== last.log) return tampered(expectedSeq, 'belongs to another log');
  // A clock that was ahead is put right, and the record says so; the order is that of the numbers and the links.
  if (last !== undefined && record.recorded < last.recorded && record.clock?.stepped !== true)
    return tampered(expectedSeq, 'was recorded before its predecessor');

  return undefined;
}

function orderFault(last: LastRecord | undefined, record: StoredRecord, expectedSeq: number): Fault {
  const why = `is missing: record ${record.seq} stands in its place`;
  // A copy that starts later is a part; a hole, a repetition or another order is nothing that the store does.
  if (last === undefined) return { state: 'incomplete', seq: expectedSeq, why };
  if (record.seq === String(last.seq)) return tampered(last.seq, 'stands there twice');
  return tampered(expectedSeq, why);
}

function pairFault(progress: Progress, record: StoredRecord): Fault | undefined {
  // A broken link explains a missing partner, and names an earlier record.
  if (progress.suspicion !== undefined) return undefined;
  if (record.phase === 'intent') return openFault(progress, record);
  if (record.phase === 'outcome') return closeFault(progress, record, record.cause ?? '');
  // The store closes what a crash left open before it says that it has started.
  const [unclosed] = record.type === 'audit.started' ? progress.open.values() : [];
  if (unclosed === undefined) return undefined;
  return { state: 'incomplete', seq: unclosed, why: 'is an intent with neither outcome nor recovery' };
}

function openFault({ open }: Progress, { id, seq }: StoredRecord): Fault | undefined {
  if (open.has(id)) return tampered(Number(seq), 'repeats the id of an open intent');
  open.set(id, Number(seq));
  return undefined;
}

function closeFault(
  { open, recovered, isPart }: Progress,
  { seq, writer }: StoredRecord,
  cause: string,
): Fault | undefined {
  if (!open.delete(cause) && !recovered.delete(cause) && !isPart)
    return tampered(Number(seq), 'is the outcome of no intent');
  if (writer === 'store') recovered.add(cause);
  return undefined;
}

// The head was remembered where the log's writer could not reach it: it decides against whatever stands at its place.
function headFault({ expected, last }: Progress): Fault | undefined {
  if (last === undefined || last.seq !== expected?.seq || last.hash === expected.hash) return undefined;
  return tampered(last.seq, 'is not the record that the remembered head names');
}

function conclude(progress: Progress): Verification {
  const { count, expected, last, open } = progress;
  const fault = progress.fault ?? resolveSuspicion(progress, undefined);
  if (fault) return fault;
  const end = last?.seq ?? 0;
  if (expected !== undefined && end < expected.seq) {
    return {
      state: 'incomplete',
      seq: end + 1,
      why: `is missing: the log is known to reach record ${expected.seq}`,
    };
  }
  const head = last === undefined ? undefined : { seq: last.seq, hash: last.hash };
  return { state: 'good', records: count, head, openIntents: open.size };
}
