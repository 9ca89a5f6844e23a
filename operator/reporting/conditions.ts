/** Turns plain conditions into those of a status, for kinds whose status says no more than that. */
import { cutText } from '../../crds/audit/clean-text.ts';
import { type Condition, setCondition } from '../../crds/rules/conditions.ts';
import type { Reason } from '../../crds/rules/reasons.ts';

/**
 * The longest message that the CRDs admit. Messages name things as others named them; one that is too long would have the
 * API server refuse the whole status, and a grant that was closed would go on being reported open.
 */
const longestMessage = 4096;

/** Why a condition is as it is. */
export interface ConditionReason {
  readonly reason: Reason;
  readonly message: string;
}

export interface PlainCondition extends ConditionReason {
  readonly type: string;
  readonly holds: boolean;
}

interface WithConditions {
  readonly metadata: { readonly generation?: number };
  readonly status?: { readonly conditions?: readonly Condition[] };
}

export interface PlainStatus {
  observedGeneration: number;
  conditions: Mutable<Condition>[];
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** The next status: these conditions, and those of others as they were. */
export function statusOf(object: WithConditions, plain: readonly PlainCondition[], now: number): PlainStatus {
  const observedGeneration = object.metadata.generation ?? 0;
  let conditions: readonly Condition[] = object.status?.conditions ?? [];
  for (const { type, holds, reason, message: whole } of plain) {
    const status = holds ? 'True' : 'False';
    const message = cutText(whole, longestMessage);
    conditions = setCondition(conditions, { type, status, reason, message, observedGeneration }, now);
  }
  return { observedGeneration, conditions: conditions.map((condition) => ({ ...condition })) };
}
