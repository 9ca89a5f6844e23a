/**
 * Which opening is reported next? One that stands keeps its ids, of which every session under it holds two; what is
 * opened anew, the grant or one person in it, gets a new one. It decides nothing about what is open.
 */
import { randomBytes } from 'node:crypto';
import { consentOf } from '../../crds/rules/consent.ts';
import type { Opening } from '../../crds/rules/opening.ts';
import { versionsOf } from '../../crds/rules/opening.ts';
import type { OpeningDecision } from './decide-opening.ts';
import type { GrantWorld } from './world.ts';

/** 128 random bits: an opening cannot be guessed, and no two are ever the same. */
export function newOpeningId(): string {
  return randomBytes(16).toString('hex');
}

/** The opening of a grant that is open as decided. What it was judged from is noted, so that a restart can compare. */
export function nextOpening(
  world: GrantWorld,
  { people }: Extract<OpeningDecision, { open: true }>,
  newId: () => string,
): Opening {
  const { grant } = world;
  // what another consent opened was closed from the moment it was given: `decide` asks for the pins of the present one
  const last = grant.status?.pins?.consent === consentOf(grant) ? grant.status.opening : undefined;
  const { startTime, expirationTime } = grant.spec;
  return {
    id: last?.id ?? newId(),
    ...(startTime === undefined ? {} : { startTime }),
    expirationTime,
    ...versionsOf(world, []),
    people: people.map(({ metadata: { name, uid, generation = 0 } }) => {
      const before = last?.people.find((person) => person.uid === uid);
      return { name, uid, id: before?.id ?? newId(), generation };
    }),
  };
}
