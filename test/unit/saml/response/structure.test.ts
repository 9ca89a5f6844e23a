/** Everything that a sign-in response does not have, each put in where a lenient reader would let it pass. */
import { describe, expect, it } from 'vitest';
import { responseTree, verifiedAssertion } from '../../../../saml/response/structure.ts';
import { scanXml } from '../../../../saml/xml/scanner.ts';
import {
  aSamlResponse,
  replacing,
  responseContent,
  type TextChange,
  without,
} from '../../../kit/objects/saml-response.ts';
import {
  pinnedKey,
  resultReason,
  validated,
  validatedText,
} from '../../../kit/objects/validated-response.ts';

const samlp = 'urn:oasis:names:tc:SAML:2.0:protocol';
const encryptedAssertion: TextChange = (xml) =>
  xml.replace(/<saml:Assertion.*<\/saml:Assertion>/s, '<saml:EncryptedAssertion/>');

const cases: readonly (readonly [string, string, TextChange])[] = [
  ['an encrypted assertion', 'saml.encrypted_unsupported', encryptedAssertion],
  [
    'an encrypted name',
    'saml.encrypted_unsupported',
    (xml) => xml.replace(/<saml:NameID.*<\/saml:NameID>/, '<saml:EncryptedID/>'),
  ],
  [
    'an encrypted attribute',
    'saml.encrypted_unsupported',
    replacing('<saml:AttributeStatement>', '<saml:AttributeStatement><saml:EncryptedAttribute/>'),
  ],
  ['no assertion', 'saml.assertion_missing', without(/<saml:Assertion.*<\/saml:Assertion>/s)],
  [
    'a condition of its own',
    'saml.element_not_allowed',
    replacing('<saml:AudienceRestriction>', '<saml:Condition/><saml:AudienceRestriction>'),
  ],
  [
    'an element inside NameID',
    'saml.element_not_allowed',
    replacing('ada@vendor.example', 'ada@vendor.example<saml:NameID>.evil</saml:NameID>'),
  ],
  ['two statuses', 'saml.element_repeated', (xml) => xml.replace(/<samlp:Status>.*<\/samlp:Status>/, '$&$&')],
  ['two issuers', 'saml.element_repeated', (xml) => xml.replace(/<saml:Issuer>.*?<\/saml:Issuer>/, '$&$&')],
  ['two subjects', 'saml.element_repeated', (xml) => xml.replace(/<saml:Subject>.*<\/saml:Subject>/, '$&$&')],
  ['two NameIDs', 'saml.element_repeated', (xml) => xml.replace(/<saml:NameID.*<\/saml:NameID>/, '$&$&')],
  [
    'two sets of conditions',
    'saml.element_repeated',
    (xml) => xml.replace(/<saml:Conditions.*<\/saml:Conditions>/, '$&$&'),
  ],
  ['no status', 'saml.element_missing', without(/<samlp:Status>.*<\/samlp:Status>/)],
  [
    'an assertion without issuer',
    'saml.element_missing',
    (xml) => xml.replace(/(<saml:Assertion[^>]*>)<saml:Issuer>.*?<\/saml:Issuer>/, '$1'),
  ],
  ['xml:id', 'saml.attribute_not_allowed', replacing('<saml:Subject>', '<saml:Subject xml:id="x">')],
  ['a lower-case id', 'saml.attribute_not_allowed', replacing('<saml:Subject>', '<saml:Subject id="x">')],
  ['an ID on a subject', 'saml.attribute_not_allowed', replacing('<saml:Subject>', '<saml:Subject ID="x">')],
  [
    'a response in Advice',
    'saml.element_not_allowed',
    replacing('<saml:Conditions', '<saml:Advice><samlp:Response/></saml:Advice><saml:Conditions'),
  ],
  ['an assertion in a value', 'saml.element_not_allowed', replacing('>4711<', '><saml:Assertion ID="x"/><')],
  [
    'a signature in Extensions',
    'saml.element_not_allowed',
    replacing(
      '<samlp:Status>',
      '<samlp:Extensions><x:y xmlns:x="urn:x"><Signature xmlns="http://www.w3.org/2000/09/xmldsig#"/></x:y></samlp:Extensions><samlp:Status>',
    ),
  ],
  [
    "the assertion's ID in what is not looked at",
    'saml.id_repeated',
    replacing('>4711<', `><x:y xmlns:x="urn:x" x:id="${responseContent.assertionId}"/><`),
  ],
  ['no version', 'saml.attribute_missing', without(' Version="2.0"')],
  ['text between elements', 'saml.text_not_allowed', replacing('<saml:Subject>', 'text<saml:Subject>')],
  ['an ID with a quote', 'saml.id_malformed', replacing(/ID="ID_7a1f[^"]*"/, `ID="x'y"`)],
  ['an empty ID', 'saml.id_malformed', replacing(/ID="ID_7a1f[^"]*"/, 'ID=""')],
];

describe('the structure of a response', () => {
  it.each(cases)('with %s is refused: %s', (_title, code, change) => {
    expect(resultReason(validated({ sign: 'none', before: [change] }))).toBe(code);
  });

  it('is not taken for one when it is a logout, or a bare assertion', () => {
    const logout = `<samlp:LogoutResponse xmlns:samlp="${samlp}" ID="x"/>`;
    expect(resultReason(validatedText(logout))).toBe('saml.not_a_response');
    expect(resultReason(validatedText('<Assertion xmlns="urn:oasis:names:tc:SAML:2.0:assertion"/>'))).toBe(
      'saml.not_a_response',
    );
  });

  it('is asked of the verified bytes too, without the document around them', () => {
    const found = scanXml(aSamlResponse({ key: pinnedKey, sign: 'none' }));
    const tree = found.ok ? responseTree(found.value) : found;
    const assertion = (id: string, inner = '') => {
      const xml = `<Assertion xmlns="urn:oasis:names:tc:SAML:2.0:assertion" ID="${id}" Version="2.0" IssueInstant="x"><Issuer>i</Issuer>${inner}</Assertion>`;
      const root = scanXml(xml);
      if (!root.ok || !tree.ok) throw new Error('this document is not the one to test with');

      return resultReason(verifiedAssertion(root.value, tree.value));
    };
    const { assertionId } = responseContent;
    expect(assertion(assertionId)).toBe('accepted');
    expect(assertion('_1')).toBe('saml.verified_bytes_differ');
    const signature = '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#" Id="_1"/>';
    expect(assertion(assertionId, signature)).toBe('saml.verified_bytes_differ');
    expect(assertion(assertionId, `<Subject>${signature}</Subject>`)).toBe('saml.element_not_allowed');
  });

  it('of a failure is told as the failure that it is, though it has no assertion', () => {
    const failed = [
      replacing('status:Success', 'status:Responder'),
      without(/<saml:Assertion.*<\/saml:Assertion>/s),
    ];
    expect(resultReason(validated({ sign: 'none', before: failed }))).toBe('saml.status_not_success');
  });

  it('may have IDs that begin with a digit, as bare UUIDs do', () => {
    const facts = { assertionId: '0b5e3c55-2222-4222-8222-222222222222' };
    expect(resultReason(validated({ facts }))).toBe('accepted');
  });
});
