/** Attacks on who is meant: confirmations that prove nothing, and names that look like another person's. */
import { replacing, type TextChange, without } from '../../../kit/objects/saml-response.ts';
import { type Attack, caught, issued } from './attack.ts';

const named = (text: string): TextChange => replacing('ada@vendor.example', text);

export const nameAttacks: readonly Attack[] = [
  ...issued(
    'Ways to confirm a subject that prove nothing (SAML core 2.4.1; holder-of-key and sender-vouches confusion)',
    [
      ['holder-of-key', 'saml.confirmation_not_bearer', replacing('cm:bearer', 'cm:holder-of-key')],
      ['sender-vouches', 'saml.confirmation_not_bearer', replacing('cm:bearer', 'cm:sender-vouches')],
      ['no data', 'saml.confirmation_data_missing', without(/<saml:SubjectConfirmationData[^>]*\/>/)],
      [
        'no confirmation',
        'saml.confirmation_count',
        without(/<saml:SubjectConfirmation .*<\/saml:SubjectConfirmation>/s),
      ],
      ['no subject', 'saml.subject_missing', without(/<saml:Subject>.*<\/saml:Subject>/s)],
      ['no name', 'saml.nameid_missing', without(/<saml:NameID.*<\/saml:NameID>/s)],
      [
        'two names',
        'saml.element_repeated',
        (xml) => xml.replace(/<saml:NameID.*?<\/saml:NameID>/s, (one) => one + one),
      ],
      [
        'two subjects',
        'saml.element_repeated',
        (xml) => xml.replace(/<saml:Subject>.*<\/saml:Subject>/s, (one) => one + one),
      ],
      [
        'an unknown condition',
        'saml.element_not_allowed',
        replacing('<saml:AudienceRestriction>', '<saml:Condition/><saml:AudienceRestriction>'),
      ],
    ],
  ),
  ...issued('Names that look like another person’s (Unicode TR36 and TR39)', [
    [
      'an element in the name',
      'saml.element_not_allowed',
      named('ada<saml:NameID>x</saml:NameID>@vendor.example'),
    ],
    ['a blank before', 'saml.nameid_malformed', named(' ada@vendor.example')],
    ['a blank behind', 'saml.nameid_malformed', named('ada@vendor.example ')],
    ['a line break', 'saml.nameid_malformed', named('ada@vendor.example\n')],
    ['a line break by reference', 'saml.nameid_malformed', named('ada@vendor.example&#10;')],
    ['a zero-width space', 'saml.nameid_malformed', named('ada\u200b@vendor.example')],
    ['a zero-width joiner', 'saml.nameid_malformed', named('ada\u200d@vendor.example')],
    ['a soft hyphen', 'saml.nameid_malformed', named('ada\u00ad@vendor.example')],
    ['a right-to-left override', 'saml.nameid_malformed', named('ada\u202e@vendor.example')],
    ['a byte order mark', 'saml.nameid_malformed', named('\ufeffada@vendor.example')],
    ['a no-break space', 'saml.nameid_malformed', named('ada\u00a0@vendor.example')],
    ['a tag character', 'saml.nameid_malformed', named('ada\u{e0041}@vendor.example')],
    ['a Hangul filler', 'saml.nameid_malformed', named('ada\u3164@vendor.example')],
    ['a private character', 'saml.nameid_malformed', named('ada\ue000@vendor.example')],
    ['a decomposed letter', 'saml.nameid_malformed', named('a\u0301da@vendor.example')],
    ['nothing', 'saml.nameid_malformed', named('')],
    ['257 characters', 'saml.nameid_malformed', named('a'.repeat(257))],
    [
      'a transient name',
      'saml.nameid_format',
      replacing('nameid-format:emailAddress', 'nameid-format:transient'),
    ],
    [
      'a name of Kerberos',
      'saml.nameid_format',
      replacing('SAML:1.1:nameid-format:emailAddress', 'SAML:2.0:nameid-format:kerberos'),
    ],
    [
      'a name for another service',
      'saml.nameid_qualifier',
      replacing('<saml:NameID ', '<saml:NameID SPNameQualifier="https://other.example.com" '),
    ],
    [
      'a name of another provider',
      'saml.nameid_qualifier',
      replacing('<saml:NameID ', '<saml:NameID NameQualifier="https://evil.example" '),
    ],
    [
      'the mapped attribute twice',
      'saml.attribute_repeated',
      (xml) => xml.replace(/<saml:Attribute Name="employeeNumber".*?<\/saml:Attribute>/s, (one) => one + one),
    ],
    ['XML in the mapped attribute', 'saml.attribute_not_text', replacing('>4711<', '>47<b/>11<')],
    [
      'a mapped attribute of 33 values',
      'saml.attribute_too_large',
      replacing('<saml:AttributeValue', '<saml:AttributeValue/>'.repeat(33) + '<saml:AttributeValue'),
    ],
  ]),
  ...caught('An answer without what it should vouch with', [
    ['no assertion', 'saml.assertion_missing', without(/<saml:Assertion.*<\/saml:Assertion>/s)],
  ]),
];
