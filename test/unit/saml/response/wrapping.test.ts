/**
 * Signature wrapping in its eight classic forms (Somorovsky et al., "On Breaking SAML", 2012) and their kin: a rightly
 * signed assertion is moved aside, and a forged one put where a careless reader looks.
 */
import { describe, expect, it } from 'vitest';
import { readProfile } from '../../../../saml/response/profile.ts';
import { responseTree } from '../../../../saml/response/structure.ts';
import { scanXml } from '../../../../saml/xml/scanner.ts';
import { aSamlResponse, type ResponsePlan, responseContent } from '../../../kit/objects/saml-response.ts';
import {
  foreignKey,
  pinnedKey,
  resultReason,
  validatedText,
  validationContext,
} from '../../../kit/objects/validated-response.ts';

const saml = 'urn:oasis:names:tc:SAML:2.0:assertion';
const assertionPattern = /<saml:Assertion.*<\/saml:Assertion>/s;
const signaturePattern = /<dsig:Signature.*?<\/dsig:Signature>/s;

function signed(sign: NonNullable<ResponsePlan['sign']>): string {
  return aSamlResponse({ key: pinnedKey, sign });
}

function part(xml: string, pattern: RegExp): string {
  const found = pattern.exec(xml)?.[0];
  if (found === undefined) throw new Error(`no ${String(pattern)}`);

  return found;
}

/** What the attacker wants us to read: Eve, under another ID, unsigned. */
function evil(assertion: string, id = 'ID_evil'): string {
  return assertion
    .replace(signaturePattern, '')
    .replace(responseContent.assertionId, id)
    .replace('ada@vendor.example', 'eve@vendor.example');
}

function evilResponse(response: string): string {
  return response
    .replace(signaturePattern, '')
    .replace(responseContent.responseId, 'ID_evil_response')
    .replace('ada@vendor.example', 'eve@vendor.example');
}

const into = (signature: string, content: string) =>
  signature.replace('</dsig:Signature>', () => `${content}</dsig:Signature>`);

/** The eight, as in the paper: 1 and 2 wrap a signed response, 3 to 8 a signed assertion. */
const attacks: Readonly<Record<string, () => string>> = {
  'XSW 1: the signed response inside the forged one’s signature': () => {
    const original = signed('response');
    const signature = part(original, signaturePattern);
    const bare = original.replace(signaturePattern, '');
    return evilResponse(original).replace('</saml:Issuer>', () => `</saml:Issuer>${into(signature, bare)}`);
  },
  'XSW 2: the signed response beside its signature in the forged one': () => {
    const original = signed('response');
    const signature = part(original, signaturePattern);
    const bare = original.replace(signaturePattern, '');
    return evilResponse(original).replace('</saml:Issuer>', () => `</saml:Issuer>${signature}${bare}`);
  },
  'XSW 3: the forged assertion before the signed one': () => {
    const xml = signed('assertion');
    const assertion = part(xml, assertionPattern);
    return xml.replace(assertion, () => evil(assertion) + assertion);
  },
  'XSW 4: the signed assertion inside the forged one': () => {
    const xml = signed('assertion');
    const assertion = part(xml, assertionPattern);
    const forged = evil(assertion).replace('</saml:Assertion>', () => `${assertion}</saml:Assertion>`);
    return xml.replace(assertion, () => forged);
  },
  'XSW 5: the forged assertion carries the signature, the signed one follows bare': () => {
    const xml = signed('assertion');
    const assertion = part(xml, assertionPattern);
    const signature = part(assertion, signaturePattern);
    const bare = assertion.replace(signaturePattern, '');
    const forged = evil(assertion).replace('</saml:Issuer>', () => `</saml:Issuer>${signature}`);
    return xml.replace(assertion, () => forged + bare);
  },
  'XSW 6: the signed assertion inside the signature of the forged one': () => {
    const xml = signed('assertion');
    const assertion = part(xml, assertionPattern);
    const bare = assertion.replace(signaturePattern, '');
    const signature = into(part(assertion, signaturePattern), bare);
    return xml.replace(assertion, () =>
      evil(assertion).replace('</saml:Issuer>', () => `</saml:Issuer>${signature}`),
    );
  },
  'XSW 7: the forged assertion in Extensions': () => {
    const xml = signed('assertion');
    const assertion = part(xml, assertionPattern);
    return xml.replace(
      assertion,
      () => `<samlp:Extensions>${evil(assertion)}</samlp:Extensions>${assertion}`,
    );
  },
  'XSW 8: the signed assertion in an Object of the forged one’s signature': () => {
    const xml = signed('assertion');
    const assertion = part(xml, assertionPattern);
    const bare = assertion.replace(signaturePattern, '');
    const signature = into(part(assertion, signaturePattern), `<dsig:Object>${bare}</dsig:Object>`);
    return xml.replace(assertion, () =>
      evil(assertion).replace('</saml:Issuer>', () => `</saml:Issuer>${signature}`),
    );
  },
};

const expected: Readonly<Record<string, string>> = {
  'XSW 1': 'saml.id_repeated',
  'XSW 2': 'saml.element_not_allowed',
  'XSW 3': 'saml.assertion_repeated',
  'XSW 4': 'saml.element_not_allowed',
  'XSW 5': 'saml.assertion_repeated',
  'XSW 6': 'saml.signature_part_not_allowed',
  'XSW 7': 'saml.element_not_allowed',
  'XSW 8': 'saml.signature_part_not_allowed',
};

describe('signature wrapping', () => {
  it.each(Object.entries(attacks))('%s', (title, attack) => {
    const xml = attack();
    expect(xml).toContain('eve@vendor.example');
    expect(resultReason(validatedText(xml))).toBe(expected[title.slice(0, 5)]);
  });

  it('is refused when two assertions are rightly signed', () => {
    const xml = signed('assertion');
    const assertion = part(xml, assertionPattern);
    const another = part(aSamlResponse({ key: pinnedKey, facts: { assertionId: 'ID_2' } }), assertionPattern);
    expect(resultReason(validatedText(xml.replace(assertion, () => assertion + another)))).toBe(
      'saml.assertion_repeated',
    );
  });

  it('is refused when the forged assertion has the ID of the signed one', () => {
    const xml = signed('assertion');
    const assertion = part(xml, assertionPattern);
    const twin = evil(assertion, responseContent.assertionId);
    expect(resultReason(validatedText(xml.replace(assertion, () => twin + assertion)))).toBe(
      'saml.id_repeated',
    );
  });

  it('is refused when the response has the ID of the assertion', () => {
    const xml = aSamlResponse({ key: pinnedKey, facts: { responseId: responseContent.assertionId } });
    expect(resultReason(validatedText(xml))).toBe('saml.id_repeated');
  });

  it('is refused when the assertion’s signature signs the response', () => {
    const xml = aSamlResponse({ key: pinnedKey, style: { uri: `#${responseContent.responseId}` } });
    expect(resultReason(validatedText(xml))).toBe('saml.reference_not_parent');
  });

  it('is refused when nothing is signed', () => {
    expect(resultReason(validatedText(signed('none')))).toBe('saml.assertion_unsigned');
  });

  it('is refused when somebody else signed the response around a good assertion', () => {
    const good = aSamlResponse({ key: pinnedKey, sign: 'both' });
    const foreign = aSamlResponse({ key: foreignKey, sign: 'both' });
    const xml = good.replace(part(good, signaturePattern), () => part(foreign, signaturePattern));
    expect(resultReason(validatedText(xml))).toBe('saml.response_signature_invalid');
  });

  it('is refused when the certificate in KeyInfo signed, and not the pinned one', () => {
    expect(resultReason(validatedText(aSamlResponse({ key: foreignKey })))).toBe(
      'saml.assertion_signature_invalid',
    );
  });

  it('is refused when a single character changed after signing', () => {
    const xml = signed('assertion').replace('ada@vendor.example', 'adb@vendor.example');
    expect(resultReason(validatedText(xml))).toBe('saml.assertion_signature_invalid');
  });

  it('is refused when a space was added inside the signed part', () => {
    const xml = signed('assertion').replace('<saml:Subject>', '<saml:Subject> ');
    expect(resultReason(validatedText(xml))).toBe('saml.assertion_signature_invalid');
  });

  it('is refused when the library verified other bytes than those that we found', () => {
    const xml = signed('assertion');
    const root = scanXml(xml);
    const tree = root.ok ? responseTree(root.value) : root;
    const assertion = part(xml, assertionPattern).replace(
      '<saml:Assertion',
      `<saml:Assertion xmlns:saml="${saml}"`,
    );
    const readBack = (verified: string) =>
      tree.ok && resultReason(readProfile(verified, tree.value, validationContext));
    expect(readBack(assertion.replace(signaturePattern, ''))).toBe('accepted');
    expect(readBack(assertion)).toBe('saml.verified_bytes_differ');
    expect(readBack(evil(assertion))).toBe('saml.verified_bytes_differ');
    expect(readBack(assertion.replaceAll('saml:Assertion', 'saml:Advice'))).toBe(
      'saml.verified_bytes_differ',
    );
  });
});
