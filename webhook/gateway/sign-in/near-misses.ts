/**
 * Whom did an identity provider name almost as they are on file? Told to the operator with the renewals of this gateway's lease, for the
 * condition of the SupportUser: the record of the sign-in says it too, but no one looks there before the person calls.
 */
import { LRUCache } from 'lru-cache';
import { mostNearMisses } from '../../../trail/wire.ts';

/** Long enough for who looks the next morning; the next sign-in that succeeds takes it back at once. */
const keptForMs = 24 * 3_600_000;

export interface NearMisses {
  /** The SupportUser of this name would have been the person, but for letter case or blanks. */
  note(user: string): void;
  /** The person signed in. */
  forget(user: string): void;
  /** Names of SupportUsers. */
  all(): readonly string[];
}

export function createNearMisses(): NearMisses {
  const names = new LRUCache<string, true>({ max: mostNearMisses, ttl: keptForMs });
  return {
    note: (user) => void names.set(user, true),
    forget: (user) => void names.delete(user),
    all: () => [...names.keys()].toSorted(),
  };
}
