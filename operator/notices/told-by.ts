/**
 * By which policy are people told? By the one that is there; by the last one while there is none, and for a moment where it was made
 * anew without notices: that it was deleted is told to those whom it named.
 */
import type { SupportAccessPolicy } from '../../crds/generated/support-access-policy.ts';

/** Long enough to read on what was recorded before, and to try it once or twice. */
const farewellMs = 60_000;

/** What is there now, at this time, and by which policy that is told; undefined where none was seen yet. */
export type ToldBy = (
  policy: SupportAccessPolicy | undefined,
  now: number,
) => SupportAccessPolicy | undefined;

/** Remembers the last policy for as long as the process leads. */
export function createToldBy(): ToldBy {
  let last: SupportAccessPolicy | undefined;
  let replacedAt: number | undefined;
  return (policy, now) => {
    if (policy === undefined) return last;
    const isAnew = last !== undefined && last.metadata.uid !== policy.metadata.uid;
    replacedAt = isAnew && policy.spec.notices === undefined ? (replacedAt ?? now) : undefined;
    if (replacedAt !== undefined && now < replacedAt + farewellMs) return last;
    replacedAt = undefined;
    last = policy;
    return policy;
  };
}
