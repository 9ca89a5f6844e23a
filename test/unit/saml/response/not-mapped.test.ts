/** What providers put into a signed assertion besides what a sign-in goes by: it changes nothing, with each way of signing. */
import { describe, expect, it } from 'vitest';
import {
  aSamlResponse,
  replacing,
  responseContent,
  type TextChange,
} from '../../../kit/objects/saml-response.ts';
import {
  foreignKey,
  pinnedKey,
  resultReason,
  validated,
  validatedText,
} from '../../../kit/objects/validated-response.ts';

const { acsUrl, requestId, issuedAt } = responseContent;
const attribute = (inner: string, more = ''): string =>
  `<saml:Attribute Name="urn:oid:1.3.6.1.4.1.5923.1.1.1.10"${more}>${inner}</saml:Attribute>`;
const value = (inner: string): string => `<saml:AttributeValue>${inner}</saml:AttributeValue>`;
const inStatement = (text: string): TextChange =>
  replacing('</saml:AttributeStatement>', `${text}</saml:AttributeStatement>`);
const beforeConditions = (text: string): TextChange =>
  replacing('<saml:Conditions', `${text}<saml:Conditions`);
const confirmation = (data: string, method = 'bearer'): string =>
  `<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:${method}">${data}</saml:SubjectConfirmation>`;
const beforeConfirmation = (text: string): TextChange =>
  replacing('<saml:SubjectConfirmation ', `${text}<saml:SubjectConfirmation `);
const later = new Date(issuedAt + 298_000).toISOString();
const passport =
  '<p:card xmlns:p="urn:p" id="a b"><p:name>Ada</p:name><p:signature id="a b"/><p:Assertion xmlns:p="urn:q"/></p:card>';

const unmapped: Readonly<Record<string, TextChange>> = {
  'a NameID in a value': inStatement(
    attribute(
      value('<saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">x1</saml:NameID>'),
    ),
  ),
  'any XML in a value': inStatement(attribute(value(passport))),
  'text and XML in a value': inStatement(attribute(value(`x${passport}y`))),
  'an empty value': inStatement(attribute(value(''))),
  'OriginalIssuer and a friendly name': inStatement(
    attribute(
      value('v'),
      ' xmlns:x500="urn:x500" x500:Encoding="LDAP" OriginalIssuer="https://old" FriendlyName="f"',
    ),
  ),
  'a second statement of attributes': replacing(
    '</saml:AttributeStatement>',
    `</saml:AttributeStatement><saml:AttributeStatement>${attribute(value('v'))}</saml:AttributeStatement>`,
  ),
  'one Role for each role': inStatement(
    ['a', 'b', 'a'].map((role) => `<saml:Attribute Name="Role">${value(role)}</saml:Attribute>`).join(''),
  ),
  'foreign XML attributes everywhere': (xml) =>
    xml.replaceAll(/<(saml:(?!Assertion\b|Response\b)\w+)/g, '<$1 xmlns:f="urn:f" f:more="1"'),
  'attributes of a later version of SAML': replacing('<saml:Subject>', '<saml:Subject Trusted="true">'),
  Advice: beforeConditions(
    '<saml:Advice><saml:AssertionIDRef>_x</saml:AssertionIDRef><z:y xmlns:z="urn:z"/></saml:Advice>',
  ),
  'a statement of authorisation': replacing(
    '<saml:AuthnStatement',
    '<saml:AuthzDecisionStatement Resource="r" Decision="Permit"><saml:Action Namespace="n">a</saml:Action></saml:AuthzDecisionStatement><saml:AuthnStatement',
  ),
  'a statement of its own': replacing('<saml:AuthnStatement', '<x:Own xmlns:x="urn:x"/><saml:AuthnStatement'),
  'a second statement of authentication': (xml) =>
    xml.replace(/<saml:AuthnStatement.*?<\/saml:AuthnStatement>/s, (one) => one + one),
  'a declaration of the way of authentication': replacing(
    '</saml:AuthnContext>',
    '<saml:AuthnContextDecl><x:y xmlns:x="urn:x">text</x:y></saml:AuthnContextDecl></saml:AuthnContext>',
  ),
  'where the person sat': replacing(
    '<saml:AuthnContext>',
    '<saml:SubjectLocality Address="192.0.2.7"/><saml:AuthnContext>',
  ),
  'a name in the confirmation': replacing(
    '<saml:SubjectConfirmationData',
    '<saml:NameID>eve@vendor.example</saml:NameID><saml:SubjectConfirmationData',
  ),
  'another confirmation before the good one': beforeConfirmation(confirmation('', 'holder-of-key')),
  'a confirmation for somebody else before the good one': beforeConfirmation(
    confirmation(
      `<saml:SubjectConfirmationData InResponseTo="_other" NotOnOrAfter="${later}" Recipient="https://other.example.com/acs"/>`,
    ),
  ),
  'a confirmation with a key before the good one': beforeConfirmation(
    confirmation(
      '<saml:SubjectConfirmationData><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:KeyName>k</ds:KeyName></ds:KeyInfo></saml:SubjectConfirmationData>',
      'holder-of-key',
    ),
  ),
  'a confirmation without data after the good one': replacing(
    '</saml:Subject>',
    `${confirmation('')}</saml:Subject>`,
  ),
  Extensions: replacing(
    '<samlp:Status>',
    '<samlp:Extensions><k:i xmlns:k="urn:k" MessageSigningKeyId="x"/></samlp:Extensions><samlp:Status>',
  ),
  StatusDetail: replacing(
    '</samlp:Status>',
    '<samlp:StatusDetail><c:Cause xmlns:c="urn:c">none</c:Cause></samlp:StatusDetail></samlp:Status>',
  ),
};

const shapes = ['keycloak', 'simplesamlphp'] as const;
const signs = ['assertion', 'response', 'both'] as const;

describe('CC-2 what is inside the signed part and not mapped', () => {
  it.each(Object.entries(unmapped))('is ignored: %s', (_what, change) => {
    for (const shape of shapes) {
      for (const sign of signs) {
        const result = validated({ shape, sign, before: [change] });
        expect(resultReason(result), `${shape}, ${sign}`).toBe('accepted');
        expect(result).toMatchObject({
          value: {
            profile: { subject: { nameID: 'ada@vendor.example' }, attributes: { employeeNumber: ['4711'] } },
            signed: sign,
          },
        });
      }
    }
  });

  it.each([
    ['XML in a mapped attribute', 'saml.attribute_not_text', replacing('>4711<', `>${passport}<`)],
    [
      'a NameID in a mapped attribute',
      'saml.attribute_not_text',
      replacing('>4711<', '>47<saml:NameID>11</saml:NameID><'),
    ],
    [
      'a mapped attribute in each of two statements',
      'saml.attribute_repeated',
      (xml: string) =>
        xml.replace(/<saml:AttributeStatement>.*<\/saml:AttributeStatement>/s, (one) => one + one),
    ],
    [
      'a condition that we do not know',
      'saml.element_not_allowed',
      replacing('<saml:AudienceRestriction>', '<saml:Condition/><saml:AudienceRestriction>'),
    ],
    [
      'no confirmation',
      'saml.confirmation_count',
      (xml: string) => xml.replace(/<saml:SubjectConfirmation .*<\/saml:SubjectConfirmation>/s, ''),
    ],
    [
      'several confirmations of which none is good',
      'saml.recipient_mismatch',
      (xml: string) =>
        beforeConfirmation(confirmation('', 'holder-of-key'))(xml).replace(
          `Recipient="${acsUrl}"`,
          'Recipient="https://x.example"',
        ),
    ],
  ])('is told from what matters: %s', (_what, reason, change) => {
    for (const sign of signs) expect(resultReason(validated({ sign, before: [change] }))).toBe(reason);
  });
});

describe('a signature on the response alone', () => {
  const signed = (after: TextChange[] = [], key = pinnedKey) =>
    resultReason(validatedText(aSamlResponse({ key, sign: 'response', after })));

  it('suffices, since it covers the assertion', () => {
    expect(signed()).toBe('accepted');
  });

  it.each([
    ['a name that was changed', replacing('ada@vendor.example', 'eve@vendor.example')],
    ['a status that was changed', replacing('status:Success', 'status:Success2')],
    ['an assertion that was put in', (xml: string) => xml.replace(requestId, '_other')],
  ])('covers %s', (_what, change) => {
    expect(signed([change])).toBe('saml.response_signature_invalid');
  });

  it('must be of the pinned provider', () => {
    expect(signed([], foreignKey)).toBe('saml.response_signature_invalid');
  });

  it('does not cover an assertion with a bad signature of its own', () => {
    const foreign = aSamlResponse({ key: foreignKey, sign: 'assertion' });
    const signature = /<dsig:Signature.*?<\/dsig:Signature>/s.exec(foreign)?.[0] ?? '';
    const before = [replacing(/(?<=<saml:Assertion.*<\/saml:Issuer>)(?=<saml:Subject>)/s, signature)];
    expect(resultReason(validatedText(aSamlResponse({ key: pinnedKey, sign: 'response', before })))).toBe(
      'saml.assertion_signature_invalid',
    );
  });

  it('is not enough where the policy demands both, and neither is that of the assertion', () => {
    const reasons = signs.map((sign) => resultReason(validated({ sign }, { demandsBoth: true })));
    expect(reasons).toEqual(['saml.signature_missing', 'saml.signature_missing', 'accepted']);
  });
});

describe('clocks of whole seconds', () => {
  it('answer within the second of the request, without any allowance for clocks', () => {
    const requestedAt = issuedAt + 700 - (issuedAt % 1000);
    const plan = { facts: { issuedAt: requestedAt + 50 }, shape: 'simplesamlphp' } as const;
    const now = requestedAt + 900;
    expect(resultReason(validated(plan, { requestedAt, now, skewMs: 0 }))).toBe('accepted');
    expect(resultReason(validated(plan, { requestedAt: requestedAt + 1000, now, skewMs: 0 }))).toBe(
      'saml.response_time',
    );
  });
});
