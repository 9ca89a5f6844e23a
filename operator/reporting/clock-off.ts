/** The condition that is there only while the clock of one of our programs and the API server's disagree. */
import type { Condition } from '../../crds/rules/conditions.ts';
import { setCondition } from '../../crds/rules/conditions.ts';

export const clockOff = 'ClockOff';

interface WithConditions {
  readonly metadata: { readonly generation?: number };
  readonly status: { readonly conditions: readonly Condition[] };
}

/** The conditions with this one while there is a problem, which says what follows from it, and without it otherwise. */
export function withClockOff(
  { metadata, status: { conditions } }: WithConditions,
  { problem, now }: { readonly problem: string | undefined; readonly now: number },
): readonly Condition[] {
  if (problem === undefined) return conditions.filter(({ type }) => type !== clockOff);
  const message = `${problem[0]?.toUpperCase() ?? ''}${problem.slice(1)}. Set the clocks of all nodes by one time server (NTP)`;
  const observedGeneration = metadata.generation ?? 0;
  return setCondition(
    conditions,
    { type: clockOff, status: 'True', reason: clockOff, message, observedGeneration },
    now,
  );
}
