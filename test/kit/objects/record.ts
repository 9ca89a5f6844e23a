/** Records and logs for tests: a valid one, and small changes that read as what they mean. */
import { canonicalize, genesisHash } from '../../../crds/audit/canonical.ts';
import type { Writer } from '../../../crds/audit/events.ts';
import { canonicalRecord, type NewRecord, sealRecord } from '../../../crds/audit/record.ts';
import type { Head } from '../../../crds/audit/verify.ts';

export type RecordChange = (record: NewRecord) => NewRecord;

const start = Date.parse('2026-12-01T08:00:00.000Z');

/** A UUIDv7 that is the same for the same number, so that a failing test can be read. */
export function recordIdOf(number: number): string {
  return `019a0000-0000-7000-8000-${number.toString(16).padStart(12, '0')}`;
}

let nextNumber = 1;

/** A refused request of Ada's; each call gives another id and key. */
export function aRecord(...changes: readonly RecordChange[]): NewRecord {
  const number = nextNumber;
  nextNumber += 1;
  const record: NewRecord = {
    id: recordIdOf(number),
    key: `test/${number}`,
    type: 'app.request',
    phase: 'point',
    time: new Date(start).toISOString(),
    actor: { kind: 'support', name: 'ada', userType: 'Support User', userId: 'S-1' },
    source: { ip: '203.0.113.7' },
    decision: { effect: 'deny', reason: 'ActionNotPermitted' },
  };
  return changes.reduce((changed, change) => change(changed), record);
}

export const withFields =
  (fields: Partial<NewRecord>): RecordChange =>
  (record) => ({ ...record, ...fields });

export const asIntent: RecordChange = ({ decision: _decision, ...record }) => ({
  ...record,
  phase: 'intent',
  decision: { effect: 'allow', matrix: 'casepoint-ecase-1' },
});

export const asOutcomeOf =
  (intent: NewRecord): RecordChange =>
  (record) => ({
    ...record,
    phase: 'outcome',
    cause: intent.id,
    outcome: { status: 200, upstream: 'answered' },
  });

/** A record of the operator. */
export const ofOperator: RecordChange = (record) => ({
  ...record,
  type: 'grant.activated',
  phase: 'point',
  actor: { kind: 'system', name: 'operator' },
});

export interface Log {
  readonly lines: readonly string[];
  readonly head: Head;
}

/** The lines that a store would write for these records, one a second. */
export function aLog(
  records: readonly NewRecord[],
  writer: Writer | ((record: NewRecord) => Writer) = 'gateway',
): Log {
  const origin = 'test/log';
  const lines: string[] = [];
  let prev = genesisHash(origin);
  for (const [index, record] of records.entries()) {
    const at = {
      log: origin,
      seq: index + 1,
      prev,
      recorded: start + index * 1000,
      writer: typeof writer === 'string' ? writer : writer(record),
      stepped: false,
    };
    const sealed = sealRecord(canonicalRecord(record), at);
    lines.push(sealed.text);
    prev = sealed.hash;
  }
  return { lines, head: { seq: records.length, hash: prev } };
}

/** A stored line with some fields changed, in canonical form again. */
export function editedLine(line: string, change: Record<string, unknown>): string {
  return canonicalize({ ...(JSON.parse(line) as object), ...change });
}
