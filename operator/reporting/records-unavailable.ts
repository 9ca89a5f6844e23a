/**
 * The condition that is there only while something waits for the records. It is put into a status and taken out of it beside
 * the plans: what they report says how far the records are complete, and keeps saying it while they are away.
 */

import { cutText } from '../../crds/audit/clean-text.ts';
import type { Condition } from '../../crds/rules/conditions.ts';
import { setCondition } from '../../crds/rules/conditions.ts';
import { errorWithCauses } from '../../process/redaction.ts';

export const recordsUnavailable = 'RecordsUnavailable';
/** An address and a code need no more; a status is read in a terminal. */
const longestCause = 1000;

interface WithConditions {
  readonly metadata: { readonly generation?: number };
  readonly status?: { readonly conditions?: readonly Condition[] };
}

/** The conditions with this one, whose message names the cause and what it holds up. */
export function withRecordsUnavailable(
  { metadata, status }: WithConditions,
  { cause, now }: { readonly cause: unknown; readonly now: number },
): Condition[] {
  const why = typeof cause === 'string' ? cause : errorWithCauses(cause);
  const message = cutText(
    `No record can be written, so no access is opened and no request passes until one can: ${why}`,
    longestCause,
  );
  const observedGeneration = metadata.generation ?? 0;
  const wanted = { type: recordsUnavailable, status: 'True', reason: recordsUnavailable, message } as const;
  return setCondition(status?.conditions ?? [], { ...wanted, observedGeneration }, now);
}

/** The conditions without it. */
export function withoutRecordsUnavailable<C extends { readonly type: string }>(
  conditions: readonly C[],
): C[] {
  return conditions.filter(({ type }) => type !== recordsUnavailable);
}
