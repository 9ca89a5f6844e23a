/** The condition of the policy that is there only while a lock stops everything: the switch alone would look as if access were on. */
import type { Condition } from '../../crds/rules/conditions.ts';
import { setCondition } from '../../crds/rules/conditions.ts';
import { lockOnAll } from '../../crds/rules/locks.ts';

/** Its type, and its reason. */
export const locked = 'Locked';

interface WithConditions {
  readonly metadata: { readonly generation?: number };
  readonly status: { readonly conditions: readonly Condition[] };
}

/** The conditions with this one while that lock stands, and without it otherwise. */
export function withLocked(
  { metadata, status: { conditions } }: WithConditions,
  { isLocked, now }: { readonly isLocked: boolean; readonly now: number },
): readonly Condition[] {
  if (!isLocked) return conditions.filter(({ type }) => type !== locked);
  const message = `SupportAccessLock ${lockOnAll} stops all support access, whatever spec.access says; kubectl support-access unlock all lifts it`;
  const observedGeneration = metadata.generation ?? 0;
  return setCondition(
    conditions,
    { type: locked, status: 'True', reason: locked, message, observedGeneration },
    now,
  );
}
