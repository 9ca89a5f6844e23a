/** Attacks on how a signature is made: other algorithms, references and transforms, and encryption that hides what is signed. */
import { replacing, type TextChange } from '../../../kit/objects/saml-response.ts';
import { type Attack, caught, made } from './attack.ts';

const dsig = 'http://www.w3.org/2000/09/xmldsig#';
const more = 'http://www.w3.org/2001/04/xmldsig-more#';
const xmlenc = 'http://www.w3.org/2001/04/xmlenc#';
const exclusive = 'http://www.w3.org/2001/10/xml-exc-c14n#';
const inclusive = 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315';
const enveloped = `${dsig}enveloped-signature`;
const id = 'ID_0b5e3c55-2222-4222-8222-222222222222';

const signatureAlgorithm = (does: string, algorithm: string) =>
  [does, 'saml.signature_algorithm_not_allowed', { style: { signatureAlgorithm: algorithm } }] as const;
const digestAlgorithm = (does: string, algorithm: string) =>
  [does, 'saml.digest_algorithm_not_allowed', { style: { digestAlgorithm: algorithm } }] as const;
const transforms = (does: string, ...list: string[]) =>
  [does, 'saml.transforms_not_allowed', { style: { transforms: list } }] as const;
const reference = (does: string, uri: string) =>
  [does, 'saml.reference_not_parent', { style: { uri } }] as const;
const canonicalization = (does: string, algorithm: string) =>
  [does, 'saml.canonicalization_not_allowed', { style: { canonicalization: algorithm } }] as const;
const encrypted =
  (name: string): TextChange =>
  (xml) =>
    xml.replace(
      /<saml:Assertion.*<\/saml:Assertion>/s,
      `<saml:${name}><xenc:EncryptedData xmlns:xenc="${xmlenc}"/></saml:${name}>`,
    );

export const algorithmAttacks: readonly Attack[] = [
  ...made('SHA-1 collisions ("SHAttered" 2017, "SHA-1 is a Shambles" 2020)', [
    signatureAlgorithm('RSA with SHA-1', `${dsig}rsa-sha1`),
    signatureAlgorithm('ECDSA with SHA-1', `${more}ecdsa-sha1`),
    signatureAlgorithm('DSA with SHA-1', `${dsig}dsa-sha1`),
    digestAlgorithm('a digest of SHA-1', `${dsig}sha1`),
    digestAlgorithm('a digest of MD5', `${more}md5`),
    signatureAlgorithm('RSA with MD5', `${more}rsa-md5`),
  ]),
  ...made(
    'Key confusion: the certificate as the secret of an HMAC (Mainka et al. 2012; CVE-2015-9235 of its kin)',
    [
      signatureAlgorithm('HMAC with SHA-256', `${more}hmac-sha256`),
      signatureAlgorithm('HMAC with SHA-1', `${dsig}hmac-sha1`),
      signatureAlgorithm('HMAC with SHA-512', `${more}hmac-sha512`),
    ],
  ),
  ...made('HMAC truncation (CVE-2009-0217)', [
    [
      'an output length of eight bits',
      'saml.signature_part_not_allowed',
      {
        style: {
          signedInfo: (text) =>
            text.replace(
              /(<dsig:SignatureMethod [^>]*)\/>/,
              '$1><dsig:HMACOutputLength>8</dsig:HMACOutputLength></dsig:SignatureMethod>',
            ),
        },
      },
    ],
  ]),
  ...made('No algorithm, or one by another name (alg "none"; CVE-2022-23540 of its kin)', [
    signatureAlgorithm('none', 'none'),
    signatureAlgorithm('nothing', ''),
    signatureAlgorithm('__proto__', '__proto__'),
    signatureAlgorithm('constructor', 'constructor'),
    signatureAlgorithm('RSA with SHA-256 in capitals', `${more}RSA-SHA256`),
    signatureAlgorithm('a blank after it', `${more}rsa-sha256 `),
    digestAlgorithm('a digest called none', 'none'),
    digestAlgorithm('a digest of nothing', ''),
  ]),
  ...made('RSA-PSS and its parameters (RFC 9231), which no policy pins', [
    signatureAlgorithm('PSS with SHA-256', 'http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1'),
    signatureAlgorithm('PSS by parameters', 'http://www.w3.org/2007/05/xmldsig-more#rsa-pss'),
  ]),
  ...made('An algorithm of another type of key than the pinned one', [
    [
      'ECDSA over an RSA key',
      'saml.assertion_signature_invalid',
      { style: { signatureAlgorithm: `${more}ecdsa-sha256` } },
    ],
  ]),
  ...made(
    'Transforms that run code or choose what is signed (XSLT, XPath; XML Signature Best Practices 2.1; CVE-2021-40690)',
    [
      transforms('XSLT', enveloped, 'http://www.w3.org/TR/1999/REC-xslt-19991116'),
      transforms('XPath', enveloped, 'http://www.w3.org/TR/1999/REC-xpath-19991116'),
      transforms('XPath filter 2', enveloped, 'http://www.w3.org/2002/06/xmldsig-filter2'),
      transforms('base64', enveloped, `${dsig}base64`),
      transforms('decryption', enveloped, 'http://www.w3.org/2002/07/decrypt#XML'),
      transforms('a third one', enveloped, exclusive, exclusive),
      transforms('thirty of them', ...Array.from({ length: 30 }, () => exclusive)),
      transforms('the enveloped one alone', enveloped),
      transforms('the canonical one alone', exclusive),
      transforms('the other way round', exclusive, enveloped),
      transforms('none'),
    ],
  ),
  ...made('Canonicalisation that lets comments or outer namespaces matter', [
    canonicalization('with comments', `${exclusive}WithComments`),
    canonicalization('inclusive', inclusive),
    canonicalization('inclusive 1.1', 'http://www.w3.org/2006/12/xml-c14n11'),
    canonicalization('none', ''),
    transforms('an inclusive transform', enveloped, inclusive),
    transforms('a transform with comments', enveloped, `${exclusive}WithComments`),
  ]),
  ...made('References elsewhere: other elements, files, servers (server-side request forgery)', [
    reference('the whole document', ''),
    reference('another ID', '#ID_evil'),
    reference('a file', 'file:///etc/passwd'),
    reference('a server', 'http://169.254.169.254/latest/'),
    reference('an XPointer', `#xpointer(id('${id}'))`),
    reference('an XPointer to the root', '#xpointer(/)'),
    reference('the ID without its mark', id),
    reference('the ID with a blank', `#${id} `),
    reference('the ID with another behind it', `#${id}#${id}`),
    [
      'two references',
      'saml.reference_count',
      {
        style: {
          signedInfo: (text) => text.replace(/<dsig:Reference.*<\/dsig:Reference>/s, (one) => one + one),
        },
      },
    ],
    [
      'no reference',
      'saml.reference_count',
      { style: { signedInfo: (text) => text.replace(/<dsig:Reference.*<\/dsig:Reference>/s, '') } },
    ],
    [
      'a thousand references',
      'saml.',
      {
        style: {
          signedInfo: (text) =>
            text.replace(/<dsig:Reference.*<\/dsig:Reference>/s, (one) => one.repeat(200)),
        },
      },
    ],
  ]),
  ...caught(
    'Parts of a signature that readers act on (Object, Manifest, RetrievalMethod; XML Signature Best Practices)',
    [
      [
        'an Object',
        'saml.signature_part_not_allowed',
        replacing('</dsig:Signature>', '<dsig:Object>x</dsig:Object></dsig:Signature>'),
      ],
      [
        'a Manifest',
        'saml.signature_part_not_allowed',
        replacing('</dsig:Signature>', '<dsig:Object><dsig:Manifest/></dsig:Object></dsig:Signature>'),
      ],
      [
        'a RetrievalMethod',
        'saml.signature_part_not_allowed',
        replacing('</dsig:KeyInfo>', '<dsig:RetrievalMethod URI="http://evil.example/"/></dsig:KeyInfo>'),
      ],
      ['a signature in KeyInfo', 'saml.', replacing('</dsig:KeyInfo>', '<dsig:Signature/></dsig:KeyInfo>')],
      [
        'a Type on the reference',
        'saml.signature_part_not_allowed',
        replacing('<dsig:Reference ', '<dsig:Reference Type="http://www.w3.org/2000/09/xmldsig#Manifest" '),
      ],
    ],
  ),
  ...caught(
    'Encryption that hides what is inside, CBC padding oracles (Jager and Somorovsky 2011), wrapping by encryption',
    [
      ['an encrypted assertion', 'saml.encrypted_unsupported', encrypted('EncryptedAssertion')],
      [
        'an encrypted name',
        'saml.encrypted_unsupported',
        (xml) => xml.replace(/<saml:NameID.*?<\/saml:NameID>/s, '<saml:EncryptedID/>'),
      ],
      [
        'an encrypted attribute',
        'saml.encrypted_unsupported',
        replacing('<saml:AttributeStatement>', '<saml:AttributeStatement><saml:EncryptedAttribute/>'),
      ],
      [
        'an encrypted assertion beside the signed one',
        'saml.encrypted_unsupported',
        replacing('<saml:Assertion ', '<saml:EncryptedAssertion/><saml:Assertion '),
      ],
      [
        'an encrypted assertion in Advice',
        'saml.encrypted_unsupported',
        replacing(
          '<saml:Conditions',
          '<saml:Advice><saml:EncryptedAssertion/></saml:Advice><saml:Conditions',
        ),
      ],
    ],
  ),
];
