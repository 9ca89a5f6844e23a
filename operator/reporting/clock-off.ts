/** The condition that is there only while the clock of one of our programs and the API server's disagree. */
import type { Condition } from '../../crds/rules/conditions.ts';
import { setCondition } from '../../crds/rules/conditions.ts';

export const clockOff = 'ClockOff';

interface WithConditions {
  readonly metadata: { readonly generation?: number };
  readonly status: { readonly conditions: readonly Condition[] };
}

/** The conditions with this one while there is a problem, and without it otherwise. */
export function withClockOff(
  { metadata, status: { conditions } }: WithConditions,
  { problem, now }: { readonly problem: string | undefined; readonly now: number },
): readonly Condition[] {
  if (problem === undefined) return conditions.filter(({ type }) => type !== clockOff);
  const consequence =
    'access begins and ends by the later of the two, so up to that much too early, and times in the records may be off';
  const message = `${problem[0]?.toUpperCase() ?? ''}${problem.slice(1)}: ${consequence}. Set the clocks of all nodes by one time server (NTP)`;
  const observedGeneration = metadata.generation ?? 0;
  return setCondition(
    conditions,
    { type: clockOff, status: 'True', reason: clockOff, message, observedGeneration },
    now,
  );
}
