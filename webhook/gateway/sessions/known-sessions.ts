/**
 * Is there such a session, as far as this process knows without asking? What the watch holds, and what was written here a
 * moment ago and may not have come back yet. It decides nothing: it says whose cookies cost nothing to look into.
 */
import { LRUCache } from 'lru-cache';
import type { NamespacedName } from '../../../kube/objects.ts';
import type { NewSession, SessionStore } from './session-store.ts';

/** Far longer than a watch is behind, milliseconds. */
const newForMs = 60_000;
const mostNew = 1000;

export interface KnownSessions {
  /** The sessions, of which those that are written are known from then on. */
  readonly sessions: SessionStore;
  readonly knows: (session: NamespacedName) => boolean;
}

export function knownSessions(
  sessions: SessionStore,
  isSeen: (session: NamespacedName) => boolean,
): KnownSessions {
  const written = new LRUCache<string, true>({ max: mostNew, ttl: newForMs });
  const create = async (...person: Parameters<SessionStore['create']>): Promise<NewSession> => {
    const made = await sessions.create(...person);
    written.set(keyOf(made.proof.session), true);
    return made;
  };
  return {
    sessions: { ...sessions, create },
    knows: (session) => isSeen(session) || written.has(keyOf(session)),
  };
}

function keyOf({ namespace, name }: NamespacedName): string {
  return `${namespace}/${name}`;
}
