/**
 * Which support user is the person whom the identity provider vouches for? Compares what was received with what is on
 * file, exactly; on a mismatch both sides are handed out, because the customer's reviewer needs to see them (EC-16).
 */
import { cutText, escapeUnsafe } from '../../crds/audit/clean-text.ts';
import type { SupportUser } from '../../crds/generated/support-user.ts';
import {
  type AttributeDifference,
  type AttributeMapping,
  attributeDifferences,
  differsOnlyInForm,
  nameIDMatches,
} from '../../crds/rules/identity.ts';
import { type Invalid, type Result, valid } from '../result.ts';
import type { Profile } from './profile.ts';

/** Values by name, printable and bounded: fit for a record. */
export type PrintableAttributes = Record<string, string[]>;

export interface Mismatch {
  readonly received: PrintableAttributes;
  readonly expected: PrintableAttributes;
}

export interface MatchFailure {
  readonly mismatch: Mismatch;
  /** Who it would have been, but for letter case or blanks. */
  readonly near?: SupportUser;
}

export type MatchedUser = Result<SupportUser, Omit<Invalid, 'ok'> & MatchFailure>;

const longestShown = 256;
const mostShown = 32;

/** The one of `users` (those whom the grant names) to whom NameID and mapped attributes belong, compared exactly. */
export function matchUser(
  { subject, attributes }: Pick<Profile, 'subject' | 'attributes'>,
  users: readonly SupportUser[],
  mappings: readonly AttributeMapping[],
): MatchedUser {
  const [user, ...more] = users.filter((each) => nameIDMatches(each, subject.nameID));
  if (user === undefined || more.length > 0) {
    const reason = user === undefined ? 'saml.user_unknown' : 'saml.user_ambiguous';
    const onFile = users.map(({ spec }) => spec.nameID);
    const near = users.find(({ spec }) => differsOnlyInForm(spec.nameID, subject.nameID));
    return {
      ok: false,
      reason,
      ...(user === undefined && near !== undefined
        ? { near, detail: `spec.nameID of SupportUser ${near.metadata.name} ${onlyInForm}` }
        : {}),
      mismatch: {
        received: { nameID: printableValues([subject.nameID]) },
        expected: { nameID: printableValues(onFile) },
      },
    };
  }
  const differences = attributeDifferences(user, attributes, mappings);
  if (differences.length === 0) return valid(user);

  const names = { nameID: printableValues([subject.nameID]) };
  const received = Object.fromEntries(
    mappings.map((each) => [each.name, printableValues(attributes[each.attribute] ?? [])]),
  );
  const expected = Object.fromEntries(
    mappings.map((each) => [each.name, printableValues(onFileOf(user, each.name))]),
  );
  return {
    ok: false,
    reason: 'saml.attribute_mismatch',
    detail: differences.map(inWords).join(', '),
    ...(differences.every(isNear) ? { near: user } : {}),
    mismatch: {
      received: { ...received, ...names },
      expected: { ...expected, nameID: printableValues([user.spec.nameID]) },
    },
  };
}

const onlyInForm = 'differs only in letter case or blanks';

function inWords(difference: AttributeDifference): string {
  return isNear(difference) ? `${difference.name} ${onlyInForm}` : difference.name;
}

function isNear({ received, expected }: AttributeDifference): boolean {
  const [one, ...more] = received;
  return more.length === 0 && expected.some((each) => differsOnlyInForm(each, one ?? ''));
}

function onFileOf(user: SupportUser, name: string): readonly string[] {
  return (user.spec.attributes ?? []).filter((each) => each.name === name).map(({ value }) => value);
}

function printableValues(values: readonly string[]): string[] {
  return values.slice(0, mostShown).map((value) => cutText(escapeUnsafe(value), longestShown));
}
