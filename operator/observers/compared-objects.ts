/**
 * Is anything in the cluster older than the records know? Access is compared when it opens. What opens nothing today may be edited
 * until its generation is the newest, and then it could not be told any more that it came back from a backup. So all that access
 * can open by is compared when this process begins to lead, and that is each time that a backup was put back under it.
 */
import { type Citation, citationsOf } from '../../crds/audit/citation.ts';
import type { CitedWorld } from '../../crds/audit/witness.ts';
import { isSupportAccessError } from '../../crds/errors.ts';
import { type Clock, pause } from '../../kube/clock.ts';
import type { KubeObject } from '../../kube/objects.ts';
import type { Caches } from '../watching/collections.ts';

/** At most as many as one record cites; each that is older is read anew by the records. */
const atOnce = 100;
/** How soon the records are asked again about what they did not answer. */
export const comparedAgainAfterMs = 10_000;

export interface Comparing {
  readonly restoredIn: (world: CitedWorld, signal: AbortSignal) => Promise<string | undefined>;
  readonly clock: Pick<Clock, 'after'>;
  /** Told what the records say is older. */
  readonly onRestored: (what: string) => void;
}

type Compared = Pick<Caches, 'grants' | 'policies' | 'users' | 'matrices' | 'applications'>;

/** Resolves once the records have answered for each object, or the signal aborts. Never rejects. */
export async function compareWithRecords(
  caches: Compared,
  comparing: Comparing,
  signal: AbortSignal,
): Promise<void> {
  const { policies, users, matrices, applications, grants } = caches;
  const copies = [policies, users, matrices, applications, grants] as const;
  const objects = copies.flatMap((copy): KubeObject[] => copy.list());
  for (let left = inParts(citationsOf(objects)); left.length > 0 && !signal.aborted; ) {
    const unanswered: (readonly Citation[])[] = [];
    for (const cites of left) if (!(await isAnswered({ cites }, comparing, signal))) unanswered.push(cites);
    left = unanswered;
    if (left.length > 0) await pause(comparing.clock, comparedAgainAfterMs, signal).catch(() => undefined);
  }
}

function inParts(cites: readonly Citation[]): (readonly Citation[])[] {
  return Array.from({ length: Math.ceil(cites.length / atOnce) }, (_, at) =>
    cites.slice(at * atOnce, (at + 1) * atOnce),
  );
}

async function isAnswered(
  world: CitedWorld,
  { restoredIn, onRestored }: Comparing,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    const restored = await restoredIn(world, signal);
    if (restored !== undefined) onRestored(restored);
    return true;
  } catch (error) {
    // A copy that is only late shows something newer soon.
    return isSupportAccessError(error, 'records_older');
  }
}
