/**
 * Which values did the mapped attributes have? Reads verified bytes only, and of those only the attributes that the
 * policy maps: the rest is personal data that is not needed. Names come from outside, so the map has no prototype.
 */
import type { AttributeMapping } from '../../crds/rules/identity.ts';
import { invalid, type SamlResult, valid } from '../result.ts';
import { childrenOf, valueOf } from '../xml/lookup.ts';
import type { XmlElement } from '../xml/scanner.ts';

/** Values by SAML attribute name. */
export type ReceivedAttributes = Readonly<Record<string, readonly string[]>>;

const mostValues = 32;
const longestValue = 1024;

/**
 * The values of each mapped attribute; one that was not sent has none. Only mapped names must be unique, since
 * Keycloak sends one `Role` per role: of two mapped ones it would be unclear which is meant.
 */
export function readAttributes(
  assertion: XmlElement,
  mappings: readonly AttributeMapping[],
): SamlResult<ReceivedAttributes> {
  const sent = childrenOf(assertion, 'saml:AttributeStatement').flatMap((statement) =>
    childrenOf(statement, 'saml:Attribute'),
  );
  const received: Record<string, readonly string[]> = Object.create(null);
  for (const { name, attribute } of mappings) {
    const [first, ...more] = sent.filter((each) => valueOf(each, 'Name') === attribute);
    if (more.length > 0) return invalid('saml.attribute_repeated', name);

    const elements = first ? childrenOf(first, 'saml:AttributeValue') : [];
    if (elements.some(({ children }) => children.length > 0)) return invalid('saml.attribute_not_text', name);

    const values = elements.map(({ text }) => text);
    if (values.length > mostValues || values.some((value) => value.length > longestValue))
      return invalid('saml.attribute_too_large', name);

    received[attribute] = values;
  }
  return valid(received);
}
