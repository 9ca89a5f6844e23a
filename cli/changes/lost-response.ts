/** Writes, and where the API server's answer is lost looks at the object: what is told then is what is true. */
import { ServerUnreachable } from '../../kube/errors.ts';
import type { KubeObject, ObjectRef } from '../../kube/objects.ts';
import type { Resource } from '../../kube/resources.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { findOrNothing } from '../cluster/find.ts';
import type { Terminal } from '../command.ts';
import { cameBetween, isLost, type PlannedChange } from './change.ts';

const lookMs = 10_000;

/**
 * The object as it was stored. Written a second time where the first was not stored: only one of the two can be, since each
 * is refused where the other came in between. `onLost` is told that an answer was lost.
 */
export async function writeSurely(
  planned: PlannedChange,
  { terminal, onLost }: { readonly terminal: Terminal; readonly onLost: () => void },
): Promise<KubeObject> {
  try {
    return await planned.write({ dryRun: false });
  } catch (error) {
    if (!isLost(error)) throw error;
    onLost();
    terminal.say('No answer says whether it was stored, so it is looked at.');
    const seen = await look(planned);
    if (seen !== undefined && seen !== 'unknown') return seen;
    if (seen === undefined) terminal.say('By now it is not stored.');
    // An answer of the API server, or of what stands before it, that says nothing of the write: asked again it would say the same.
    if (seen === 'unknown' || !(error instanceof ServerUnreachable)) throw error;
    return writeAgain(planned);
  }
}

async function writeAgain(planned: PlannedChange): Promise<KubeObject> {
  try {
    return await planned.write({ dryRun: false });
  } catch (error) {
    if (!cameBetween(error)) throw error;
    // The first may have come through after it was looked at.
    const seen = await look(planned);
    if (seen === undefined || seen === 'unknown') throw error;
    return seen;
  }
}

async function look(planned: PlannedChange): Promise<KubeObject | undefined | 'unknown'> {
  const end = Promise.withResolvers<'unknown'>();
  const timer = setTimeout(() => end.resolve('unknown'), lookMs);
  try {
    return await Promise.race([planned.stored(), end.promise]);
  } catch {
    return 'unknown';
  } finally {
    clearTimeout(timer);
  }
}

/** What a change leaves: fields of the spec, of this very object where it was there before. */
export interface Left {
  readonly spec: object;
  /** As it was before; where it is still that version, nothing was written. */
  readonly before?: { readonly uid: string; readonly resourceVersion?: string | undefined } | undefined;
}

/** The object, where it is as a change leaves it. */
export async function leftAs(
  cluster: Cluster,
  { resource, ref }: { readonly resource: Resource; readonly ref: ObjectRef },
  { spec, before }: Left,
): Promise<KubeObject | undefined> {
  const object = await findOrNothing<KubeObject & { readonly spec?: unknown }>(cluster, resource, ref);
  if (object === undefined) return undefined;
  const { uid, resourceVersion } = object.metadata;
  if (before !== undefined && (uid !== before.uid || resourceVersion === before.resourceVersion))
    return undefined;
  return holds(object.spec, spec) ? object : undefined;
}

/** Whether everything that was written is there; the API server may have added what holds where nothing is said. */
function holds(there: unknown, written: unknown): boolean {
  if (Array.isArray(written)) {
    return (
      Array.isArray(there) &&
      there.length === written.length &&
      written.every((each, at) => holds(there[at], each))
    );
  }
  if (typeof written !== 'object' || written === null) return there === written;
  if (typeof there !== 'object' || there === null) return false;
  return Object.entries(written).every(([name, value]) =>
    holds((there as Record<string, unknown>)[name], value),
  );
}
