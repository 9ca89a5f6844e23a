/** Access that is taken back: what ends by it, and when the last of it had ended. */
import type { KubeObject, ObjectRef } from '../../kube/objects.ts';
import type { Resource } from '../../kube/resources.ts';
import type { InForce } from '../changes/change.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { reading } from '../cluster/find.ts';
import { localParts } from '../times/show.ts';
import { type Extent, namesIn, openGrants, sessionsNow, soon } from './open-now.ts';

export interface Stopping {
  /** What will end, a sentence a line, before it is asked. */
  readonly words: readonly string[];
  /** Whether all of it has ended. From the API server's answer on nothing passes; this waits for streams and statuses. `isAlready`: nothing was written. */
  look(stored: KubeObject, how: { readonly isAlready: boolean }): Promise<InForce | undefined>;
}

/** Whether what stops it still does: another may have taken it back since; or it may not be looked at. */
export type StopReading = 'stands' | 'unreadable' | { readonly fallen: string };

export interface StoppingWish {
  readonly extent: Extent;
  readonly zone: string;
  /** "Support access to namespace ecase is stopped". */
  readonly done: string;
  /** Looks at what stops it, as it was stored. */
  readonly stands: (stored: KubeObject) => Promise<StopReading>;
}

/** Looks at what is open now, before anything is written; that it cannot be listed never keeps anyone from stopping it. */
export async function stoppingOf(
  cluster: Cluster,
  { extent, zone, done, stands }: StoppingWish,
): Promise<Stopping> {
  const [grants, sessions] = await Promise.all([
    soon(async (bound) => openGrants(cluster, { ...extent, ...bound })),
    soon(async (bound) => sessionsNow(cluster, { ...extent, ...bound })),
  ]);
  const before = Array.isArray(sessions) ? sessions.length : sessions;
  // How long it took is measured, and never the difference of two times of day: the cluster's clock is read anew at each answer.
  let startedAt: number | undefined;
  let last: { readonly at: number; readonly after: number } | undefined;
  return {
    words: [grantsNow(grants), sessionsBefore(before)],
    look: async (stored, { isAlready }) => {
      startedAt ??= performance.now();
      let isOver = !(await sessionsNow(cluster, extent))?.length;
      if (isOver) {
        last ??= { at: cluster.now(), after: performance.now() - startedAt };
        isOver = !(await openGrants(cluster, extent))?.length;
      }
      // Last of all: what was taken back while the lists were read must not be confirmed.
      const standing = await stands(stored);
      if (typeof standing === 'object') return { asWanted: false, says: [standing.fallen] };
      if (!isOver || last === undefined) return undefined;
      const ended = endOfSessions(before, { ...last, isAlready, zone });
      return {
        asWanted: true,
        says: [`Done. ${done}.`, ended, ...(standing === 'unreadable' ? [unseen] : [])],
      };
    },
  };
}

const unseen = 'You may not read what stops it, so it was not looked whether it still does.';

/** Whether an object that was disabled still is. One that is gone lets no one in. */
export async function isStillDisabled(
  cluster: Cluster,
  resource: Resource,
  ref: ObjectRef,
): Promise<StopReading> {
  const found = await reading<{ readonly spec?: { readonly access?: string } }>(cluster, resource, ref);
  if (found === 'unreadable') return 'unreadable';
  const isEnabled = found !== 'absent' && found.spec?.access === 'Enabled';
  return isEnabled ? { fallen: enabledAgain(`${resource.kind} ${ref.name}`) } : 'stands';
}

/** What is said where another write gave back what had just been taken. */
export function enabledAgain(what: string): string {
  return `It was stored, and did not stay so: by another write ${what} is enabled again. See who writes it with kubectl get --show-managed-fields -o yaml; "kubectl support-access revoke" makes a lock, which neither Git nor Helm reverts.`;
}

const whoMayList =
  'Who may (ClusterRole support-access-viewer) sees with "kubectl support-access sessions -A" whether one is left.';

/** How many sessions there were; undefined where they may not be listed. */
type Before = number | 'unlisted' | undefined;

function grantsNow(grants: Awaited<ReturnType<typeof openGrants>> | 'unlisted'): string {
  if (grants === undefined) return 'You may not list grants, so it is not said which are open.';
  if (grants === 'unlisted') return 'Grants could not be listed, so it is not said which are open.';
  return `Open now, and closed by it: ${namesIn(grants)}.`;
}

function sessionsBefore(before: Before): string {
  if (before === undefined)
    return `You may not list sessions, so it will not be said when the last of them has ended. ${whoMayList}`;
  if (before === 'unlisted') return 'Sessions could not be listed, so it is not said how many end by it.';
  return `Sessions that end by it: ${before}.`;
}

interface End {
  readonly at: number;
  /** Milliseconds since the API server's answer. */
  readonly after: number;
  /** Nothing was written, so there was no answer. */
  readonly isAlready: boolean;
  readonly zone: string;
}

/** A gateway cuts the streams of a session in the moment in which it hears of it, and deletes the session after that. */
function endOfSessions(before: Before, { at, after, isAlready, zone }: End): string {
  if (before === undefined)
    return `When the last stream ended is not known, since you may not list sessions; a gateway that runs ends them within a second. ${whoMayList}`;
  if (before === 'unlisted') return 'No session is listed any more; how many there were is not known.';
  if (before === 0) return 'No session was open.';
  const which = before === 1 ? 'The one session' : `The last of ${before} sessions`;
  const since = isAlready ? '' : `, ${(after / 1000).toFixed(1)} s after the API server's answer`;
  return `${which} had ended, streams included, by ${localParts(at, zone).time} ${zone}${since}.`;
}
