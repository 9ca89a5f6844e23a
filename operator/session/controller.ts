/**
 * Looks at one SupportSession: the gateway ends those that are over, and where it does not, because none runs, the
 * operator records the end and deletes the session. It makes none and writes none.
 */
import type { SupportSession } from '../../crds/generated/support-session.ts';
import { kinds } from '../../crds/kinds.ts';
import { sessionEnded } from '../../crds/rules/session-end.ts';
import { changesSpecOrLife } from '../../kube/watch/metadata-change.ts';
import type { Caches } from '../watching/collections.ts';
import type { Controller, ControllerContext, Handle } from '../watching/controller.ts';
import { type LastKnown, Tombstones } from '../watching/tombstones.ts';
import { byUid, type Key, keysOf } from '../watching/watch.ts';
import { standingOf } from './over.ts';

const all = ({ sessions }: Caches): Key[] => keysOf(sessions.list());

export const sessionController: Controller = {
  name: 'session',
  watches: [
    {
      collection: 'sessions',
      indexes: {
        uid: byUid,
        grant: ({ spec }) => [spec.grantRef.uid],
        user: ({ spec }) => [spec.userRef.name],
      },
      keysAfter: ({ object }) => keysOf([object]),
    },
    {
      collection: 'grants',
      indexes: { uid: byUid },
      keysAfter: ({ object }, { caches }) => keysOf(caches.sessions.byIndex('grant', object.metadata.uid)),
    },
    {
      collection: 'users',
      keysAfter: ({ object }, { caches }) => keysOf(caches.sessions.byIndex('user', object.metadata.name)),
    },
    { collection: 'policies', keysAfter: (_change, { caches }) => all(caches) },
    {
      collection: 'locks',
      // Its status says what it stops, which changes with every grant and session.
      keysAfter: (change, { caches }) => (changesSpecOrLife(change) ? all(caches) : []),
    },
    { collection: 'identities', keysAfter: (_change, { caches }) => all(caches) },
  ],
  firstKeys: all,
  start: startSessions,
};

/** So long has a gateway that runs to end a session that is over, and to record why. */
const gatewaysTurnMs = 5000;
const tryAgainMs = 5000;

interface Over {
  readonly at: number;
  readonly reason: string;
}

function startSessions(context: ControllerContext): Handle {
  const { caches, now } = context;
  const tombstones = new Tombstones<SupportSession>(caches.sessions);
  const overSince = new Map<string, Over>();
  return async (uid, signal) => {
    const found = tombstones.find(uid);
    if (found === undefined) return 'gone';
    const standing = standingOf(found.object, caches, now());
    const reason = 'reason' in standing ? standing.reason : deletedReason(found);
    if (reason === undefined) {
      overSince.delete(uid);
      return 'until' in standing ? standing.until : undefined;
    }
    const over = overSince.get(uid) ?? { at: now(), reason };
    overSince.set(uid, over);
    if (now() < over.at + gatewaysTurnMs) return over.at + gatewaysTurnMs;
    const isTold = await end(context, { ...found, over }, signal);
    if (!isTold) return now() + tryAgainMs;
    tombstones.forget(uid);
    overSince.delete(uid);
    return 'gone';
  };
}

const deletedReason = ({ gone }: LastKnown<SupportSession>) => (gone ? 'Deleted' : undefined);

/**
 * Records the end and deletes the session. False until both are done: it is deleted whether or not it could be recorded,
 * and what is owed is sent again from its tombstone.
 */
async function end(
  { client, records }: Pick<ControllerContext, 'client' | 'records'>,
  { object: session, gone, over }: LastKnown<SupportSession> & { readonly over: Over },
  signal: AbortSignal,
): Promise<boolean> {
  const drafts = [sessionEnded(session, over)];
  const written = await records.write({ drafts, mustBeDurable: false }, signal);
  if (gone) return written === 'recorded';
  // That very session, in the state that was judged: one that was used meanwhile is looked at again.
  const { namespace, name, uid, resourceVersion } = session.metadata;
  await client.delete(kinds.SupportSession, { namespace, name }, { uid, resourceVersion, signal });
  return false;
}
