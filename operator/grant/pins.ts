/**
 * Which people and which matrix did the names mean when consent was given? Pins are made the first time an object is
 * seen under `access: Enabled` with the present consent number, and then stay: a later namesake is another object.
 */
import { defaults } from '../../crds/defaults.ts';
import type { GrantWorld, Pins } from './world.ts';

/** The consent number of a grant; the API server gives one that has none the same. */
export function consentOf({ grant }: GrantWorld): number {
  return grant.spec.consent ?? defaults.consent;
}

/** The pins to report next. A disabled or deleted grant consents to nothing new, so its pins stay as they were. */
export function nextPins(world: GrantWorld): Pins | undefined {
  const { grant, gone, users, matrix } = world;
  const last = grant.status?.pins;
  if (gone || grant.spec.access !== 'Enabled') return last;
  const consent = consentOf(world);
  const kept = last?.consent === consent ? last : undefined;
  const pinned = kept?.matrix ?? (matrix && pinOf(matrix.object.metadata, matrix.hash));
  return {
    consent,
    users: grant.spec.userRefs.flatMap(({ name }) => {
      const before = kept?.users.find((pin) => pin.name === name);
      const seen = users.find((user) => user.metadata.name === name);
      if (before !== undefined) return [before];
      return seen === undefined ? [] : [{ name, uid: seen.metadata.uid }];
    }),
    ...(pinned === undefined ? {} : { matrix: pinned }),
  };
}

function pinOf(metadata: { readonly name: string; readonly uid: string }, hash: string): Pins['matrix'] {
  return { name: metadata.name, uid: metadata.uid, hash };
}
