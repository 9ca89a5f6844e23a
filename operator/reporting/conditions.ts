/** How do plain statements about an object become its conditions? For kinds whose status says no more than that. */
import { type Condition, setCondition } from '../../crds/rules/conditions.ts';
import type { Reason } from '../../crds/rules/reasons.ts';

/** Why a condition is as it is. */
export interface ConditionReason {
  readonly reason: Reason;
  readonly message: string;
}

export interface PlainCondition extends ConditionReason {
  readonly type: string;
  readonly holds: boolean;
}

interface Stated {
  readonly metadata: { readonly generation?: number };
  readonly status?: { readonly conditions?: readonly Condition[] };
}

export interface PlainStatus {
  observedGeneration: number;
  conditions: Mutable<Condition>[];
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** The next status: these statements, and conditions of others as they were. */
export function statusOf(object: Stated, statements: readonly PlainCondition[], now: number): PlainStatus {
  const observedGeneration = object.metadata.generation ?? 0;
  let conditions: readonly Condition[] = object.status?.conditions ?? [];
  for (const { type, holds, reason, message } of statements) {
    const status = holds ? 'True' : 'False';
    conditions = setCondition(conditions, { type, status, reason, message, observedGeneration }, now);
  }
  return { observedGeneration, conditions: conditions.map((condition) => ({ ...condition })) };
}
