/** The condition that is there only while notices cannot be sent: access does not depend on it, but people are not told. */
import type { Condition } from '../../crds/rules/conditions.ts';
import { setCondition } from '../../crds/rules/conditions.ts';

export const noticesDelayed = 'NoticesDelayed';

interface WithConditions {
  readonly metadata: { readonly generation?: number };
  readonly status: { readonly conditions: readonly Condition[] };
}

/** The conditions with this one while there is a problem, and without it otherwise. */
export function withNoticesDelayed(
  { metadata, status: { conditions } }: WithConditions,
  { problem, now }: { readonly problem: string | undefined; readonly now: number },
): readonly Condition[] {
  if (problem === undefined) return conditions.filter(({ type }) => type !== noticesDelayed);
  const message = `People are not told what happens; it is tried again: ${problem}`;
  const observedGeneration = metadata.generation ?? 0;
  return setCondition(
    conditions,
    { type: noticesDelayed, status: 'True', reason: noticesDelayed, message, observedGeneration },
    now,
  );
}
