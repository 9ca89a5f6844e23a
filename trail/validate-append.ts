/**
 * Says whether a writer may append these records: cleans what may be cleaned and refuses the rest, before any of it is
 * sent or stored. The server does the same again, because what a client says of itself proves nothing.
 */
import { mayAppend, type Writer } from '../crds/audit/events.ts';
import { type CanonicalRecord, readNewRecord } from '../crds/audit/record.ts';
import type { ErrorCode } from '../crds/errors.ts';

/** Most records of one append. */
export const maxAppendRecords = 256;

export type Accepted =
  | { readonly ok: true; readonly records: readonly CanonicalRecord[] }
  | { readonly ok: false; readonly code: ErrorCode; readonly detail: string };

/** The cleaned records in their canonical form, or the first reason why none of them can be appended. */
export function validateAppend(writer: Writer, values: unknown): Accepted {
  if (!Array.isArray(values) || values.length === 0 || values.length > maxAppendRecords)
    return invalid(`must be a list of 1 to ${maxAppendRecords} records`);

  const records: CanonicalRecord[] = [];
  for (const [at, value] of values.entries()) {
    const read = readNewRecord(value);
    if (!read.ok)
      return invalid(read.problems.map(({ field, rule }) => `[${at}].${field} ${rule}`).join('; '));
    const { type, phase } = read.record;
    if (!mayAppend(writer, type, phase)) {
      const rule = `cannot be appended by the ${writer}; only its own types can`;
      return invalid(`[${at}].type ${type} (${phase}) ${rule}`);
    }

    records.push({ record: read.record, members: read.members });
  }
  return { ok: true, records };
}

function invalid(detail: string): Accepted {
  return { ok: false, code: 'records_invalid', detail: detail.slice(0, 1000) };
}
