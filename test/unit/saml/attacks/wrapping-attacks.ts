/**
 * Attacks on which element was signed: the eight forms of signature wrapping, each against the three ways of signing, and what
 * came after them.
 */
import {
  aSamlResponse,
  type ResponsePlan,
  replacing,
  responseContent,
  type TextChange,
} from '../../../kit/objects/saml-response.ts';
import { foreignKey, pinnedKey } from '../../../kit/objects/validated-response.ts';
import { type Attack, caught, made } from './attack.ts';

const assertion = /<saml:Assertion.*<\/saml:Assertion>/s;
const signature = /<dsig:Signature.*?<\/dsig:Signature>/s;
const ofAssertion = /(?<=<saml:Assertion.*)<dsig:Signature.*?<\/dsig:Signature>/s;

const part = (xml: string, pattern: RegExp): string => pattern.exec(xml)?.[0] ?? '';
const eve = (xml: string): string => xml.replace('ada@vendor.example', 'eve@vendor.example');
const bare = (xml: string): string => xml.replace(signature, '');
/** Eve's copy: unsigned, under another ID. */
const forged = (xml: string): string => eve(bare(xml)).replace(responseContent.assertionId, 'ID_evil');
const forgedResponse = (xml: string): string =>
  eve(xml.replaceAll(new RegExp(signature.source, 'gs'), ''))
    .replace(responseContent.responseId, 'ID_evil_response')
    .replace(responseContent.assertionId, 'ID_evil');
const into = (holder: string, content: string): string =>
  holder.replace('</dsig:Signature>', () => `${content}</dsig:Signature>`);

/** As numbered in the paper. */
const forms: Readonly<Record<string, TextChange>> = {
  'XSW 1, the signed response inside the signature of the forged one': (xml) =>
    forgedResponse(xml).replace(
      '</saml:Issuer>',
      () => `</saml:Issuer>${into(part(xml, signature), bare(xml))}`,
    ),
  'XSW 2, the signed response beside the signature in the forged one': (xml) =>
    forgedResponse(xml).replace('</saml:Issuer>', () => `</saml:Issuer>${part(xml, signature)}${bare(xml)}`),
  'XSW 3, the forged assertion before the signed one': (xml) =>
    xml.replace(assertion, (one) => forged(one) + one),
  'XSW 4, the signed assertion inside the forged one': (xml) =>
    xml.replace(assertion, (one) =>
      forged(one).replace('</saml:Assertion>', () => `${one}</saml:Assertion>`),
    ),
  'XSW 5, the forged assertion with the signature, the signed one after it': (xml) =>
    xml.replace(
      assertion,
      (one) =>
        forged(one).replace('</saml:Issuer>', () => `</saml:Issuer>${part(xml, signature)}`) + bare(one),
    ),
  'XSW 6, the signed assertion inside the signature of the forged one': (xml) =>
    xml.replace(assertion, (one) =>
      forged(one).replace('</saml:Issuer>', () => `</saml:Issuer>${into(part(xml, signature), bare(one))}`),
    ),
  'XSW 7, the forged assertion in Extensions': (xml) =>
    xml.replace(assertion, (one) => `<samlp:Extensions>${forged(one)}</samlp:Extensions>${one}`),
  'XSW 8, the signed assertion in an Object of the forged one’s signature': (xml) =>
    xml.replace(assertion, (one) =>
      forged(one).replace(
        '</saml:Issuer>',
        () => `</saml:Issuer>${into(part(xml, signature), `<dsig:Object>${bare(one)}</dsig:Object>`)}`,
      ),
    ),
};

const ways = ['assertion', 'response', 'both'] as const;
const wrapping = ways.flatMap((sign) =>
  caught(
    'Signature wrapping: Somorovsky et al., "On Breaking SAML: Be Whoever You Want to Be", USENIX Security 2012',
    Object.entries(forms).map(([does, change]) => [`${does} (signed: ${sign})`, 'saml.', change] as const),
    { sign },
  ),
);

const hiding: Readonly<Record<string, (one: string) => string>> = {
  'in Advice': (one) => `<saml:Advice>${one}</saml:Advice>`,
  'in a value of an attribute': (one) =>
    `<saml:AttributeStatement><saml:Attribute Name="x"><saml:AttributeValue>${one}</saml:AttributeValue></saml:Attribute></saml:AttributeStatement>`,
  'in the declaration of a way of authentication': (one) =>
    `<saml:AuthnStatement AuthnInstant="2026-12-01T08:00:05Z"><saml:AuthnContext><saml:AuthnContextDecl>${one}</saml:AuthnContextDecl></saml:AuthnContext></saml:AuthnStatement>`,
  'in a foreign element': (one) => `<x:y xmlns:x="urn:x">${one}</x:y>`,
};

export const wrappingAttacks: readonly Attack[] = [
  ...wrapping,
  ...caught(
    'Wrapping in what is not looked at (CVE-2024-45409, ruby-saml; CVE-2025-47949, samlify)',
    Object.entries(hiding).flatMap(([where, hide]): (readonly [string, string, TextChange])[] => [
      [
        `the signed assertion ${where} of the forged one`,
        'saml.',
        (xml) =>
          xml.replace(assertion, (one) =>
            forged(one).replace('</saml:Issuer>', () => `</saml:Issuer>${hide(one)}`),
          ),
      ],
      [
        `the forged assertion ${where} of the signed one`,
        'saml.',
        (xml) =>
          xml.replace(assertion, (one) =>
            one.replace('</saml:Subject>', () => `</saml:Subject>${hide(forged(one))}`),
          ),
      ],
    ]),
  ),
  ...caught(
    'A second DigestValue or SignedInfo that another reader finds first: CVE-2024-45409 (ruby-saml), CVE-2025-29774 (xml-crypto)',
    [
      [
        'a DigestValue in the response',
        'saml.element_not_allowed',
        replacing(
          '<samlp:Status>',
          '<dsig:DigestValue xmlns:dsig="http://www.w3.org/2000/09/xmldsig#">x</dsig:DigestValue><samlp:Status>',
        ),
      ],
      [
        'a DigestValue in StatusDetail',
        'saml.',
        (xml) =>
          eve(
            replacing(
              '</samlp:Status>',
              `<samlp:StatusDetail>${part(xml, /<dsig:DigestValue>.*?<\/dsig:DigestValue>/)}</samlp:StatusDetail></samlp:Status>`.replace(
                '<dsig:DigestValue>',
                '<dsig:DigestValue xmlns:dsig="http://www.w3.org/2000/09/xmldsig#">',
              ),
            )(xml),
          ),
      ],
      [
        'a second SignedInfo',
        'saml.signature_part_not_allowed',
        (xml) => xml.replace(/<dsig:SignedInfo>.*<\/dsig:SignedInfo>/s, (one) => one + one),
      ],
      [
        'a second DigestValue',
        'saml.signature_part_not_allowed',
        (xml) => xml.replace(/<dsig:DigestValue>.*?<\/dsig:DigestValue>/s, (one) => one + one),
      ],
      [
        'a comment in the DigestValue',
        'saml.xml_declaration',
        replacing('<dsig:DigestValue>', '<dsig:DigestValue><!--x-->'),
      ],
    ],
  ),
  ...caught(
    'IDs: two of one name, and lenient ways to write them (OASIS SAML 2.0 errata, XML Signature Best Practices)',
    [
      [
        'the assertion’s ID on the response',
        'saml.',
        (xml) => xml.replace(responseContent.responseId, responseContent.assertionId),
      ],
      [
        'an ID on the subject',
        'saml.attribute_not_allowed',
        replacing('<saml:Subject>', '<saml:Subject ID="x">'),
      ],
      [
        'an id in small letters',
        'saml.attribute_not_allowed',
        replacing('<saml:Subject>', '<saml:Subject id="x">'),
      ],
      ['xml:id', 'saml.attribute_not_allowed', replacing('<saml:Subject>', '<saml:Subject xml:id="x">')],
      [
        'the ID in a foreign element',
        'saml.',
        replacing('>4711<', `><x:y xmlns:x="urn:x" ID="${responseContent.assertionId}"/><`),
      ],
      [
        'an ID with a quote for XPath',
        'saml.',
        (xml) => xml.replaceAll(responseContent.assertionId, `x' or '1'='1`),
      ],
      ['an empty ID', 'saml.', (xml) => xml.replaceAll(responseContent.assertionId, '')],
    ],
  ),
  ...caught(
    'Several assertions, of which one is signed (SAML profiles 4.1.4.3; CVE-2022-41912, crewjam/saml)',
    [
      [
        'the forged one last',
        'saml.assertion_repeated',
        (xml) => xml.replace(assertion, (one) => one + forged(one)),
      ],
      [
        'the forged one first',
        'saml.assertion_repeated',
        (xml) => xml.replace(assertion, (one) => forged(one) + one),
      ],
      ['the signed one twice', 'saml.id_repeated', (xml) => xml.replace(assertion, (one) => one + one)],
      [
        'a second one with the same ID',
        'saml.id_repeated',
        (xml) => xml.replace(assertion, (one) => eve(bare(one)) + one),
      ],
      [
        'a response inside the response',
        'saml.element_not_allowed',
        (xml) => xml.replace('<samlp:Status>', () => `${forgedResponse(xml)}<samlp:Status>`),
      ],
    ],
  ),
  ...caught('Signature stripping (Mainka et al. 2012; CVE-2022-39299, passport-saml)', [
    ['of the assertion', 'saml.assertion_unsigned', (xml) => eve(xml.replace(ofAssertion, ''))],
    [
      'an empty signature',
      'saml.',
      (xml) =>
        eve(xml.replace(ofAssertion, '<dsig:Signature xmlns:dsig="http://www.w3.org/2000/09/xmldsig#"/>')),
    ],
    [
      'an empty SignatureValue',
      'saml.signature_value_malformed',
      (xml) => eve(xml.replace(/(<dsig:SignatureValue>)[^<]*/, '$1')),
    ],
    [
      'a SignatureValue of blanks',
      'saml.',
      (xml) => eve(xml.replace(/(<dsig:SignatureValue>)[^<]*/, '$1    ')),
    ],
    [
      'a SignatureValue of zeros',
      'saml.assertion_signature_invalid',
      (xml) => eve(xml.replace(/(<dsig:SignatureValue>)[^<]*/, `$1${'A'.repeat(344)}`)),
    ],
    ['a signature of the response under the assertion', 'saml.', (xml) => eve(xml)],
  ]),
  ...made('Keys from the document: KeyInfo substitution (Certificate Faking; Mainka et al. 2012)', [
    ['another key whose certificate is in KeyInfo', 'saml.assertion_signature_invalid', { key: foreignKey }],
    [
      'another key, on the response',
      'saml.response_signature_invalid',
      { key: foreignKey, sign: 'response' },
    ],
    ['another key, on both', 'saml.response_signature_invalid', { key: foreignKey, sign: 'both' }],
  ]),
  ...(['assertion', 'response'] satisfies ResponsePlan['sign'][]).flatMap((sign) =>
    caught(
      'A signed part that was changed afterwards',
      [
        [`the name (signed: ${sign})`, `saml.${sign}_signature_invalid`, (xml) => eve(xml)],
        [`an attribute (signed: ${sign})`, `saml.${sign}_signature_invalid`, replacing('>4711<', '>4712<')],
        [
          `the end (signed: ${sign})`,
          `saml.${sign}_signature_invalid`,
          replacing(/(?<=NotOnOrAfter=")2026/, '2036'),
        ],
        [
          `an added blank (signed: ${sign})`,
          `saml.${sign}_signature_invalid`,
          replacing('<saml:Subject>', '<saml:Subject> '),
        ],
        [
          `an added element that is not looked at (signed: ${sign})`,
          `saml.${sign}_signature_invalid`,
          replacing('<saml:Conditions', '<saml:Advice/><saml:Conditions'),
        ],
      ],
      { sign },
    ),
  ),
  {
    published: 'Two signatures of one assertion, one genuine (XML Signature Best Practices)',
    does: 'the genuine signature and a foreign one side by side',
    refusedAs: 'saml.element_repeated',
    answer: () => {
      const genuine = aSamlResponse({ key: pinnedKey });
      return genuine.replace(signature, (one) => one + part(aSamlResponse({ key: foreignKey }), signature));
    },
  },
];
