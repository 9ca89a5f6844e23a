/** Reads a parsed line as a record that the store could have written. Schema only; order and hashes are the verifier's. */

import { canonicalMembers, joinMembers } from './canonical.ts';
import { codeOf, mayAppend } from './events.ts';
import { type Placed, readNewRecord, type StoredRecord } from './record.ts';
import {
  type Findings,
  flag,
  identifier,
  instant,
  matching,
  objectOf,
  oneOf,
  type Reader,
  type RecordProblem,
} from './shape.ts';

export type ReadStored =
  | { readonly ok: true; readonly record: StoredRecord; readonly text: string }
  | { readonly ok: false; readonly problems: readonly RecordProblem[] };

const versionOne: Reader = (value, field, { problems }) => {
  if (value !== 1) problems.push({ field, rule: 'must be 1' });
  return value;
};

const placement = objectOf({
  required: {
    v: versionOne,
    log: identifier(256),
    seq: matching(/^[1-9][0-9]{0,15}$/, 'must be a decimal number from 1'),
    prev: matching(/^[0-9a-f]{64}$/, 'must be a SHA-256 in lower-case hex'),
    recorded: instant,
    writer: oneOf('gateway', 'operator', 'admission', 'store'),
    code: identifier(16),
  },
  optional: { clock: objectOf({ required: { stepped: flag } }), late: flag },
});

/**
 * Reads one parsed line of a log: the record and its canonical text, or every problem with its field. A line that the
 * store wrote is exactly that text.
 */
export function readStoredRecord(value: unknown): ReadStored {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { ok: false, problems: [{ field: '', rule: 'must be an object' }] };

  const { v, log, seq, prev, recorded, writer, code, clock, late, ...rest } = value as Record<
    string,
    unknown
  >;
  const findings: Findings = { problems: [], truncated: false };
  const placed = placement({ v, log, seq, prev, recorded, writer, code, clock, late }, '', findings);
  const written = readNewRecord(rest);
  const problems = [...findings.problems, ...(written.ok ? [] : written.problems)];
  if (problems.length > 0 || !written.ok) return { ok: false, problems };
  // The cleaned record, not the given one: what is printed of it is nothing that a writer could not have sent.
  const record: StoredRecord = { ...written.record, ...(placed as Placed) };
  const text = joinMembers([...written.members, ...canonicalMembers(placed as Placed)]);
  problems.push(...storeProblems(record));
  return problems.length > 0 ? { ok: false, problems } : { ok: true, record, text };
}

function storeProblems({ code, writer, type, phase }: StoredRecord): RecordProblem[] {
  const problems: RecordProblem[] = [];
  if (code !== codeOf(type)) problems.push({ field: 'code', rule: `must be ${codeOf(type)}` });
  if (!mayAppend(writer, type, phase))
    problems.push({ field: 'writer', rule: `must be one that may append ${type}` });

  return problems;
}
