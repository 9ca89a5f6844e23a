/** Which values of mapped attributes are handed out, and how many and how long they may be. */
import { describe, expect, it } from 'vitest';
import type { ValidationContext } from '../../../../saml/response/validation-context.ts';
import { replacing, type TextChange } from '../../../kit/objects/saml-response.ts';
import { resultReason, validated } from '../../../kit/objects/validated-response.ts';

/** The value of employeeNumber as one of so many values, each of which is so long. */
function withValues(count: number, length: number): TextChange {
  const one = `<saml:AttributeValue>${'4'.repeat(length)}</saml:AttributeValue>`;
  return replacing(/<saml:AttributeValue[^>]*>4711<\/saml:AttributeValue>/, one.repeat(count));
}

const rules: readonly (readonly [string, string, readonly TextChange[], Partial<ValidationContext>])[] = [
  ['an unmapped attribute is repeated, as Keycloak repeats Role', 'accepted', [], {}],
  [
    'a mapped attribute is repeated',
    'saml.attribute_repeated',
    [],
    { attributes: [{ name: 'role', attribute: 'Role' }] },
  ],
  ['a value is as long as it may be', 'accepted', [withValues(1, 1024)], {}],
  ['a value is longer', 'saml.attribute_too_large', [withValues(1, 1025)], {}],
  ['there are as many values as there may be', 'accepted', [withValues(32, 1)], {}],
  ['there is a value more', 'saml.attribute_too_large', [withValues(33, 1)], {}],
];

describe('the attributes of a response', () => {
  it.each(rules)('when %s: %s', (_rule, code, before, expected) => {
    expect(resultReason(validated({ before }, expected))).toBe(code);
  });

  it('takes a name like __proto__ for an ordinary attribute', () => {
    const named = replacing('Name="employeeNumber"', 'Name="__proto__"');
    const outcome = validated(
      { before: [named] },
      { attributes: [{ name: 'proto', attribute: '__proto__' }] },
    );
    expect(outcome.ok && Object.getPrototypeOf(outcome.value.profile.attributes)).toBeNull();
    expect(outcome.ok && Object.entries(outcome.value.profile.attributes)).toEqual([['__proto__', ['4711']]]);
  });
});
