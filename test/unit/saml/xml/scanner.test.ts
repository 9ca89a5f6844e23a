/** What the scanner reads, what it refuses, and that it stops at its limits instead of reading on. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scanLimits, scanXml } from '../../../../saml/xml/scanner.ts';
import { aSamlResponse, replacing } from '../../../kit/objects/saml-response.ts';
import {
  pinnedKey,
  resultReason,
  validated,
  validatedText,
} from '../../../kit/objects/validated-response.ts';

const many = (count: number, text: (at: number) => string) =>
  Array.from({ length: count }, (_, at) => text(at)).join('');

const refused: readonly (readonly [string, string, string])[] = [
  ['a comment', 'saml.xml_declaration', '<a><!-- x --></a>'],
  ['a comment after the root', 'saml.xml_declaration', '<a/><!-- x -->'],
  ['a CDATA section', 'saml.xml_declaration', '<a><![CDATA[x]]></a>'],
  ['a document type', 'saml.xml_declaration', '<!DOCTYPE a><a/>'],
  [
    'a document type with entities',
    'saml.xml_declaration',
    '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
  ],
  [
    'a billion laughs',
    'saml.xml_declaration',
    '<!DOCTYPE a [<!ENTITY l "ha"><!ENTITY m "&l;&l;&l;">]><a>&m;</a>',
  ],
  ['a processing instruction', 'saml.xml_instruction', '<a><?php x ?></a>'],
  ['a second XML declaration', 'saml.xml_instruction', '<?xml version="1.0"?><?xml version="1.0"?><a/>'],
  ['XML 1.1', 'saml.xml_instruction', '<?xml version="1.1"?><a/>'],
  ['another encoding', 'saml.xml_instruction', '<?xml version="1.0" encoding="UTF-7"?><a/>'],
  ['a style sheet', 'saml.xml_instruction', '<?xml-stylesheet href="x"?><a/>'],
  ['an unknown entity', 'saml.xml_entity', '<a>&xxe;</a>'],
  ['a bare ampersand', 'saml.xml_entity', '<a>x & y</a>'],
  ['a reference to NUL', 'saml.xml_entity', '<a>&#0;</a>'],
  ['a reference to a control character', 'saml.xml_entity', '<a>&#x1b;</a>'],
  ['a reference to half a character', 'saml.xml_entity', '<a>&#xD800;</a>'],
  ['a reference beyond Unicode', 'saml.xml_entity', '<a>&#x110000;</a>'],
  ['a reference in an attribute that is not closed', 'saml.xml_entity', '<a b="&lt"/>'],
  ['the end of a CDATA section', 'saml.xml_cdata_end', '<a>]]></a>'],
  ['a NUL', 'saml.xml_control_character', '<a>\u0000</a>'],
  ['an escape', 'saml.xml_control_character', '<a>\u001b[31m</a>'],
  ['a next line', 'saml.xml_control_character', '<a>\u0085</a>'],
  ['a non-character', 'saml.xml_control_character', '<a>\ufffe</a>'],
  ['half a character', 'saml.xml_control_character', '<a>\ud800</a>'],
  ['nothing', 'saml.xml_malformed', ''],
  ['text alone', 'saml.xml_malformed', 'SAML'],
  ['deflated bytes', 'saml.xml_malformed', 'eJxLBAAAYgBi'],
  ['two roots', 'saml.xml_malformed', '<a/><b/>'],
  ['text after the root', 'saml.xml_malformed', '<a/>x'],
  ['an end without a start', 'saml.xml_malformed', '</a>'],
  ['crossed tags', 'saml.xml_malformed', '<a><b></a></b>'],
  ['an end in other letters', 'saml.xml_malformed', '<a></A>'],
  ['an end with another prefix', 'saml.xml_malformed', '<x:a xmlns:x="urn:x" xmlns:y="urn:x"></y:a>'],
  ['an open tag', 'saml.xml_malformed', '<a><b></b>'],
  ['a tag that never ends', 'saml.xml_malformed', '<a b="c"'],
  ['an attribute without quotes', 'saml.xml_malformed', '<a b=c/>'],
  ['attributes without a space', 'saml.xml_malformed', '<a b="c"d="e"/>'],
  ['a line break inside an attribute', 'saml.xml_malformed', '<a b="c\nd"/>'],
  ['a tag inside an attribute', 'saml.xml_malformed', '<a b="<c>"/>'],
  ['a name with two colons', 'saml.xml_malformed', '<a:b:c xmlns:a="urn:a"/>'],
  ['a name that is not ASCII', 'saml.xml_malformed', '<\u00e4/>'],
  ['an attribute name in full-width letters', 'saml.xml_malformed', '<a \uff29\uff24="x"/>'],
  ['a repeated attribute', 'saml.xml_attribute_repeated', '<a b="c" b="d"/>'],
  [
    'an attribute repeated under two prefixes',
    'saml.xml_attribute_repeated',
    '<a xmlns:x="urn:x" xmlns:y="urn:x" x:b="c" y:b="d"/>',
  ],
  ['a repeated declaration', 'saml.xml_attribute_repeated', '<a xmlns:x="urn:x" xmlns:x="urn:y"/>'],
  ['an undeclared prefix', 'saml.xml_prefix_undeclared', '<x:a/>'],
  ['an undeclared prefix of an attribute', 'saml.xml_prefix_undeclared', '<a x:b="c"/>'],
  ['a prefix declared by a sibling', 'saml.xml_prefix_undeclared', '<a><b xmlns:x="urn:x"/><x:c/></a>'],
  ['xml bound elsewhere', 'saml.xml_namespace_forbidden', '<a xmlns:xml="urn:x"/>'],
  ['xmlns bound', 'saml.xml_namespace_forbidden', '<a xmlns:xmlns="urn:x"/>'],
  [
    'another prefix for the xml namespace',
    'saml.xml_namespace_forbidden',
    '<a xmlns:x="http://www.w3.org/XML/1998/namespace"/>',
  ],
  ['a prefix unbound', 'saml.xml_namespace_forbidden', '<a xmlns:x=""/>'],
  ['the default namespace unbound', 'saml.xml_namespace_forbidden', '<a xmlns="urn:a"><b xmlns=""/></a>'],
  ['a relative namespace', 'saml.xml_namespace_forbidden', '<a xmlns="x/y"/>'],
  ['a prefix called __proto__', 'saml.xml_name_forbidden', '<__proto__:a xmlns:__proto__="urn:x"/>'],
  ['an element called constructor', 'saml.xml_name_forbidden', '<constructor/>'],
  ['an attribute called toString', 'saml.xml_name_forbidden', '<a toString="x"/>'],
  ['25 attributes', 'saml.xml_too_many_attributes', `<a${many(25, (at) => ` b${at}="x"`)}/>`],
  ['2001 elements', 'saml.xml_too_many_elements', `<a>${'<b/>'.repeat(2000)}</a>`],
  ['a depth of 31', 'saml.xml_too_deep', '<a>'.repeat(31) + '</a>'.repeat(31)],
  ['one character too many', 'saml.response_too_large', `<a>${'x'.repeat(scanLimits.characters - 6)}</a>`],
];

describe('the scanner', () => {
  it.each(refused)('refuses %s: %s', (_title, code, xml) => {
    expect(resultReason(scanXml(xml))).toBe(code);
  });

  it.each([
    ['24 attributes', `<a${many(24, (at) => ` b${at}="x"`)}/>`],
    ['2000 elements', `<a>${'<b/>'.repeat(1999)}</a>`],
    ['a depth of 30', '<a>'.repeat(30) + '</a>'.repeat(30)],
    ['the largest text', `<a>${'x'.repeat(scanLimits.characters - 7)}</a>`],
    ['single quotes', "<a b='\"'/>"],
    ['a prefix that only ends in xml', '<a xmlns:myxml="urn:x" myxml:b="c"/>'],
    ['a greater-than sign in text', '<a>x > y</a>'],
    ['space inside tags', '<a  b = "c"\n></a >'],
    ['an XML declaration', '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<a/>'],
  ])('reads %s', (_title, xml) => {
    expect(resultReason(scanXml(xml))).toBe('accepted');
  });

  it('takes a prefixed attribute called xmlns for an attribute, not for a declaration', () => {
    const root = scanXml('<a xmlns:x="urn:x" x:xmlns="urn:y"/>');
    expect(root.ok && root.value).toMatchObject({
      namespace: '',
      attributes: [{ namespace: 'urn:x', name: 'xmlns', value: 'urn:y' }],
    });
  });

  it('resolves references, namespaces and defaults', () => {
    const root = scanXml(
      '<a xmlns="urn:a" xmlns:x="urn:x" x:y="&lt;&#65;&#x1F600;"><x:b>&amp;amp;</x:b>t</a>',
    );
    expect(root.ok && root.value).toMatchObject({
      namespace: 'urn:a',
      name: 'a',
      attributes: [{ namespace: 'urn:x', prefix: 'x', name: 'y', value: '<A\u{1f600}' }],
      children: [{ namespace: 'urn:x', name: 'b', attributes: [], children: [], text: '&amp;' }],
      text: 't',
      content: [{ name: 'b' }, 't'],
    });
  });

  it.each([
    ['a million open tags', '<a>'.repeat(40_000), 31 * 3],
    ['a tag with endless attributes', `<a${many(8000, (at) => ` b${at}="x"`)}/>`, 24 * 10],
    ['a tag of spaces', `<a${' '.repeat(120_000)}`, 10],
    ['an endless name', `<${'a'.repeat(120_000)}>`, 10],
    ['an attribute that never closes', `<a b="${'x'.repeat(120_000)}`, 10],
    ['endless prefixes', `<${'a:'.repeat(60_000)}b/>`, 10],
  ])('stops early at %s', (_title, xml, furthest) => {
    const outcome = scanXml(xml);
    const at = outcome.ok ? Number.POSITIVE_INFINITY : Number(/at (\d+)/.exec(outcome.detail ?? '')?.[1]);
    expect(at).toBeLessThanOrEqual(furthest + 30);
  });

  it('never throws, whatever it is given', () => {
    const pieces = fc.constantFrom(
      '<a',
      '>',
      '/>',
      '</a>',
      ' b="c"',
      " b='",
      '&lt;',
      '&',
      'x:',
      ' xmlns:x="urn:x"',
      '"',
      ' ',
      'x',
      '=',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 40 }), (parts) => {
        expect(typeof scanXml(parts.join('')).ok).toBe('boolean');
      }),
      { numRuns: 2000 },
    );
  });
});

describe('what hides from one reader and shows to another', () => {
  it('is refused in NameID: a comment that cuts the name (CVE-2018-0489)', () => {
    const cut = replacing('ada@vendor.example', 'ada@vendor.example<!-- -->.evil.example');
    expect(resultReason(validated({ after: [cut] }))).toBe('saml.xml_declaration');
  });

  it('is refused in a digest: a comment before the real value (CVE-2025-29775)', () => {
    const xml = aSamlResponse({
      key: pinnedKey,
      after: [replacing('<dsig:DigestValue>', '<dsig:DigestValue><!--x-->')],
    });
    expect(resultReason(validatedText(xml))).toBe('saml.xml_declaration');
  });

  it('is read as written when the signer escaped it', () => {
    const outcome = validated({ facts: { nameID: 'o&apos;hara&amp;co@vendor.example' } });
    expect(outcome.ok && outcome.value.profile.subject.nameID).toBe("o'hara&co@vendor.example");
  });
});
