/** Is this the person? Compares exactly; it never trims or folds an identity that lets anyone in. */

/** Whether the assertion's NameID is the one on file: the same code points, nothing trimmed, folded or normalised. */
export function nameIDMatches(user: { readonly spec: { readonly nameID: string } }, nameID: string): boolean {
  return nameID !== '' && user.spec.nameID === nameID;
}

/**
 * Whether two texts differ in nothing but letter case, blanks or the spelling of one character: what a person takes for the same.
 * It is said to the customer and lets no one in.
 */
export function differsOnlyInForm(one: string, other: string): boolean {
  return one !== other && formless(one) === formless(other);
}

function formless(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[\s\p{Default_Ignorable_Code_Point}]/gu, '');
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
