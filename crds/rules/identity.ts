/** Is this the person, and what are the things called that are made for them? Compares exactly; it never trims or folds an identity. */
import { hash } from 'node:crypto';

/**
 * The name of an object made for others, from their UIDs: `sa-` and 20 hex digits. Hashing UIDs, not names, keeps
 * `a-b`/`c` and `a`/`b-c` apart and a re-created namesake away from what its predecessor had (T-O13).
 * Throws when a part is empty or has a `/`, since two different lists could then give one name.
 */
export function childName(prefix: string, ...parts: readonly string[]): string {
  if (parts.length === 0 || parts.some((part) => part === '' || part.includes('/')))
    throw new TypeError('the parts of a child name must be neither empty nor contain "/"');

  return `${prefix}-${hash('sha256', parts.join('/'), 'hex').slice(0, 20)}`;
}

/**
 * A role's name as it is compared with the reserved ones: lower-case letters and digits only, so that `Support Admin`,
 * `support:admin` and `SUPPORT-ADMIN` are one (requirement EC-12). Compatibility forms and accents are folded too.
 */
export function foldRoleName(name: string): string {
  return name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '');
}

/** Whether the assertion's NameID is the one on file: the same code points, nothing trimmed, folded or normalised. */
export function nameIDMatches(user: { readonly spec: { readonly nameID: string } }, nameID: string): boolean {
  return nameID !== '' && user.spec.nameID === nameID;
}

/** Which SAML attribute must equal which attribute on file. */
export interface AttributeMapping {
  /** Our name, as in `SupportUser.spec.attributes`. */
  readonly name: string;
  /** The `Name` of the SAML attribute. */
  readonly attribute: string;
}

/** One mapped attribute that is not as on file; both sides, for the record (requirement EC-16). */
export interface AttributeDifference extends AttributeMapping {
  readonly received: readonly string[];
  readonly expected: readonly string[];
}

/**
 * Every mapped attribute that differs between the assertion and the record on file. One that is missing on either
 * side differs, and so does one that came with several values: which of them would be meant?
 */
export function attributeDifferences(
  user: {
    readonly spec: { readonly attributes?: readonly { readonly name: string; readonly value: string }[] };
  },
  received: Readonly<Record<string, readonly string[]>>,
  map: readonly AttributeMapping[],
): AttributeDifference[] {
  return map.flatMap(({ name, attribute }) => {
    const expected = (user.spec.attributes ?? [])
      .filter((entry) => entry.name === name)
      .map(({ value }) => value);
    const values = Object.hasOwn(received, attribute) ? (received[attribute] ?? []) : [];
    const same = expected.length === 1 && values.length === 1 && expected[0] === values[0];
    return same ? [] : [{ name, attribute, received: values, expected }];
  });
}
