/** Every shape of a signature that is not the one: refused before any cryptography, each by its own rule. */
import { describe, expect, it } from 'vitest';
import type { SignatureStyle } from '../../../kit/idp/xml-signer.ts';
import { replacing, type TextChange } from '../../../kit/objects/saml-response.ts';
import { resultReason, validated } from '../../../kit/objects/validated-response.ts';

const dsig = 'http://www.w3.org/2000/09/xmldsig#';
const more = 'http://www.w3.org/2001/04/xmldsig-more#';
const exclusive = 'http://www.w3.org/2001/10/xml-exc-c14n#';
const inclusive = 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315';
const enveloped = `${dsig}enveloped-signature`;

const rightlySigned: readonly (readonly [string, string, SignatureStyle])[] = [
  ['RSA with SHA-1', 'saml.signature_algorithm_not_allowed', { signatureAlgorithm: `${dsig}rsa-sha1` }],
  ['a digest of SHA-1', 'saml.digest_algorithm_not_allowed', { digestAlgorithm: `${dsig}sha1` }],
  [
    'an HMAC keyed with our own certificate',
    'saml.signature_algorithm_not_allowed',
    { signatureAlgorithm: `${more}hmac-sha256` },
  ],
  ['the algorithm none', 'saml.signature_algorithm_not_allowed', { signatureAlgorithm: 'none' }],
  [
    'an algorithm called __proto__',
    'saml.signature_algorithm_not_allowed',
    { signatureAlgorithm: '__proto__' },
  ],
  [
    'RSA-PSS, which nobody pinned',
    'saml.signature_algorithm_not_allowed',
    { signatureAlgorithm: 'http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1' },
  ],
  ['inclusive canonicalisation', 'saml.canonicalization_not_allowed', { canonicalization: inclusive }],
  [
    'canonicalisation with comments',
    'saml.canonicalization_not_allowed',
    { canonicalization: `${exclusive}WithComments` },
  ],
  ['an inclusive transform', 'saml.transforms_not_allowed', { transforms: [enveloped, inclusive] }],
  [
    'a transform with comments',
    'saml.transforms_not_allowed',
    { transforms: [enveloped, `${exclusive}WithComments`] },
  ],
  ['the enveloped transform alone', 'saml.transforms_not_allowed', { transforms: [enveloped] }],
  [
    'the transforms the other way round',
    'saml.transforms_not_allowed',
    { transforms: [exclusive, enveloped] },
  ],
  ['a third transform', 'saml.transforms_not_allowed', { transforms: [enveloped, exclusive, exclusive] }],
  [
    'an XSLT transform',
    'saml.transforms_not_allowed',
    { transforms: [enveloped, 'http://www.w3.org/TR/1999/REC-xslt-19991116'] },
  ],
  ['no transforms', 'saml.transforms_not_allowed', { transforms: [] }],
  ['a reference to the whole document', 'saml.reference_not_parent', { uri: '' }],
  ['a reference to a file', 'saml.reference_not_parent', { uri: 'file:///etc/passwd' }],
  [
    'an XPointer',
    'saml.reference_not_parent',
    { uri: "#xpointer(id('ID_0b5e3c55-2222-4222-8222-222222222222'))" },
  ],
  [
    'two references',
    'saml.reference_count',
    { signedInfo: (text) => text.replace(/<dsig:Reference.*<\/dsig:Reference>/, '$&$&') },
  ],
  [
    'no reference',
    'saml.reference_count',
    { signedInfo: (text) => text.replace(/<dsig:Reference.*<\/dsig:Reference>/, '') },
  ],
  [
    'a length for an HMAC',
    'saml.signature_part_not_allowed',
    {
      signedInfo: (text) =>
        text.replace(
          /(<dsig:SignatureMethod [^>]*)\/>/,
          '$1><dsig:HMACOutputLength>8</dsig:HMACOutputLength></dsig:SignatureMethod>',
        ),
    },
  ],
  [
    'prefixes for the canonicalisation of SignedInfo',
    'saml.signature_part_not_allowed',
    {
      signedInfo: (text) =>
        text.replace(
          /(<dsig:CanonicalizationMethod [^>]*)\/>/,
          `$1><ec:InclusiveNamespaces xmlns:ec="${exclusive}" PrefixList="xs"/></dsig:CanonicalizationMethod>`,
        ),
    },
  ],
  ['a PrefixList that is none', 'saml.transforms_not_allowed', { prefixList: '#default' }],
  ['a PrefixList that ends in none', 'saml.transforms_not_allowed', { prefixList: 'xs #default' }],
];

const altered: readonly (readonly [string, string, TextChange])[] = [
  [
    'an Object',
    'saml.signature_part_not_allowed',
    replacing('</dsig:Signature>', '<dsig:Object>x</dsig:Object></dsig:Signature>'),
  ],
  [
    'a second SignedInfo',
    'saml.signature_part_not_allowed',
    (xml) => xml.replace(/<dsig:SignedInfo>.*<\/dsig:SignedInfo>/, '$&$&'),
  ],
  [
    'a second SignatureValue',
    'saml.signature_part_not_allowed',
    (xml) => xml.replace(/<dsig:SignatureValue>.*<\/dsig:SignatureValue>/, '$&$&'),
  ],
  [
    'a signature inside KeyInfo',
    'saml.signature_part_not_allowed',
    replacing('</dsig:KeyInfo>', '<dsig:Signature/></dsig:KeyInfo>'),
  ],
  [
    'an assertion inside KeyInfo',
    'saml.signature_part_not_allowed',
    replacing('</dsig:KeyInfo>', '<saml:Assertion/></dsig:KeyInfo>'),
  ],
  [
    'a RetrievalMethod',
    'saml.signature_part_not_allowed',
    replacing('<dsig:KeyName>', '<dsig:RetrievalMethod URI="http://x.example/"/><dsig:KeyName>'),
  ],
  [
    'an element inside the digest',
    'saml.signature_part_not_allowed',
    replacing('<dsig:DigestValue>', '<dsig:DigestValue><dsig:KeyName>x</dsig:KeyName>'),
  ],
  [
    'a reference without transforms',
    'saml.transforms_not_allowed',
    (xml) => xml.replace(/<dsig:Transforms>.*<\/dsig:Transforms>/, ''),
  ],
  [
    'text between its parts',
    'saml.signature_part_not_allowed',
    replacing('</dsig:SignedInfo>', '</dsig:SignedInfo>text'),
  ],
  [
    'a digest that is not base64',
    'saml.signature_value_malformed',
    replacing(/<dsig:DigestValue>[^<]*/, '<dsig:DigestValue>!'),
  ],
  [
    'a digest with something after the base64',
    'saml.signature_value_malformed',
    replacing('</dsig:DigestValue>', '!</dsig:DigestValue>'),
  ],
  [
    'a signature value with something before the base64',
    'saml.signature_value_malformed',
    replacing('<dsig:SignatureValue>', '<dsig:SignatureValue>!'),
  ],
  [
    'an empty signature value',
    'saml.signature_value_malformed',
    replacing(/<dsig:SignatureValue>[^<]*/, '<dsig:SignatureValue>'),
  ],
  [
    'two signatures in one assertion',
    'saml.element_repeated',
    (xml) => xml.replace(/<dsig:Signature .*<\/dsig:Signature>/, '$&$&'),
  ],
];

describe('a signature', () => {
  it.each(rightlySigned)('with %s is refused: %s', (_title, code, style) => {
    expect(resultReason(validated({ style }))).toBe(code);
  });

  it.each(altered)('with %s is refused: %s', (_title, code, change) => {
    expect(resultReason(validated({ after: [change] }))).toBe(code);
  });

  it('is validated in the response as strictly as in the assertion', () => {
    const weakOutside = replacing(`${more}rsa-sha256`, `${dsig}rsa-sha1`);
    expect(resultReason(validated({ sign: 'both', after: [weakOutside] }))).toBe(
      'saml.signature_algorithm_not_allowed',
    );
  });

  it('without KeyInfo is as good as with it, since keys come from the policy', () => {
    const bare: TextChange = (xml) => xml.replace(/<dsig:KeyInfo>.*<\/dsig:KeyInfo>/, '');
    expect(resultReason(validated({ after: [bare] }))).toBe('accepted');
  });

  it('may name its certificate instead of carrying it', () => {
    const named = replacing(
      /<dsig:X509Certificate>.*<\/dsig:X509Certificate>/s,
      '<dsig:X509SubjectName>CN=Pinned provider</dsig:X509SubjectName>',
    );
    expect(resultReason(validated({ after: [named] }))).toBe('accepted');
  });
});
