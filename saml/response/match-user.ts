/**
 * Which support user is the person whom the identity provider vouches for? Compares what was received with what is on
 * file, exactly; on a mismatch both sides are handed out, because the customer's reviewer needs to see them (EC-16).
 */
import { cutText, escapeUnsafe } from '../../crds/audit/clean-text.ts';
import type { SupportUser } from '../../crds/generated/support-user.ts';
import { type AttributeMapping, attributeDifferences, nameIDMatches } from '../../crds/rules/identity.ts';
import type { Invalid } from '../result.ts';
import type { Profile } from './profile.ts';

/** Values by name, printable and bounded: fit for a record. */
export type ShownAttributes = Record<string, string[]>;

export interface Mismatch {
  readonly received: ShownAttributes;
  readonly expected: ShownAttributes;
}

export type Match =
  | { readonly ok: true; readonly user: SupportUser }
  | (Invalid & { readonly sso: Mismatch });

const longestShown = 256;
const mostShown = 32;

/** `users` are those whom the grant names; nobody else can be the answer. */
export function matchUser(
  { subject, attributes }: Pick<Profile, 'subject' | 'attributes'>,
  users: readonly SupportUser[],
  mappings: readonly AttributeMapping[],
): Match {
  const [user, ...more] = users.filter((each) => nameIDMatches(each, subject.nameID));
  if (user === undefined || more.length > 0) {
    const reason = user === undefined ? 'saml.user_unknown' : 'saml.user_ambiguous';
    const onFile = users.map(({ spec }) => spec.nameID);
    return {
      ok: false,
      reason,
      sso: { received: { nameID: shown([subject.nameID]) }, expected: { nameID: shown(onFile) } },
    };
  }
  const differences = attributeDifferences(user, attributes, mappings);
  if (differences.length === 0) return { ok: true, user };

  const names = { nameID: shown([subject.nameID]) };
  const received = Object.fromEntries(
    mappings.map((each) => [each.name, shown(attributes[each.attribute] ?? [])]),
  );
  const expected = Object.fromEntries(mappings.map((each) => [each.name, shown(onFileOf(user, each.name))]));
  return {
    ok: false,
    reason: 'saml.attribute_mismatch',
    detail: differences.map(({ name }) => name).join(', '),
    sso: {
      received: { ...received, ...names },
      expected: { ...expected, nameID: shown([user.spec.nameID]) },
    },
  };
}

function onFileOf(user: SupportUser, name: string): readonly string[] {
  return (user.spec.attributes ?? []).filter((each) => each.name === name).map(({ value }) => value);
}

function shown(values: readonly string[]): string[] {
  return values.slice(0, mostShown).map((value) => cutText(escapeUnsafe(value), longestShown));
}
