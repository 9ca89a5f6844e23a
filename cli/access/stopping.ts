/** Access that is taken back: what ends by it, and when the last of it had ended. */
import type { InForce } from '../changes/change.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { localParts } from '../times/show.ts';
import { type Extent, namesIn, openGrants, sessionsNow } from './open-now.ts';

export interface Stopping {
  /** What will end, a sentence a line, before it is asked. */
  readonly words: readonly string[];
  /** Whether all of it has ended. From the API server's answer on nothing passes; this waits for streams and statuses. */
  look(): Promise<InForce | undefined>;
}

export interface StoppingWish {
  readonly extent: Extent;
  readonly zone: string;
  /** "Support access to namespace ecase is stopped". */
  readonly done: string;
}

/** Looks at what is open now, before anything is written. */
export async function stoppingOf(cluster: Cluster, { extent, zone, done }: StoppingWish): Promise<Stopping> {
  const [grants, sessions] = await Promise.all([openGrants(cluster, extent), sessionsNow(cluster, extent)]);
  const before = sessions?.length;
  let startedAt: number | undefined;
  let lastAt: number | undefined;
  return {
    words: [
      grants === undefined
        ? 'You may not list grants, so it is not said which are open.'
        : `Open now, and closed by it: ${namesIn(grants)}.`,
      before === undefined
        ? 'You may not list sessions, so their end is not confirmed.'
        : `Sessions that end by it: ${before}.`,
    ],
    look: async () => {
      startedAt ??= cluster.now();
      if ((await sessionsNow(cluster, extent))?.length) return undefined;
      lastAt ??= cluster.now();
      if ((await openGrants(cluster, extent))?.length) return undefined;
      const ended = endOfSessions(before, { at: lastAt, after: lastAt - startedAt, zone });
      return { asWanted: true, says: [`Done. ${done}.`, ended] };
    },
  };
}

interface End {
  readonly at: number;
  readonly after: number;
  readonly zone: string;
}

/** A gateway cuts the streams of a session in the moment in which it hears of it, and deletes the session after that. */
function endOfSessions(before: number | undefined, { at, after, zone }: End): string {
  if (before === undefined) return 'You may not list sessions; their streams end within a second.';
  if (before === 0) return 'No session was open.';
  const which = before === 1 ? 'The one session' : `The last of ${before} sessions`;
  const seconds = (after / 1000).toFixed(1);
  return `${which} had ended, streams included, by ${localParts(at, zone).time} ${zone}, ${seconds} s after it was written.`;
}
