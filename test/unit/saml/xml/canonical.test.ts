/** Our canonical text beside that of the signature library, for documents of every sort that the scanner reads. */
import { DOMParser } from '@xmldom/xmldom';
import { array, assert, constant, constantFrom, type Memo, memo, property, tuple } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ExclusiveCanonicalization } from 'xml-crypto';
import { canonicalText } from '../../../../saml/xml/canonical.ts';
import { scanXml, type XmlElement } from '../../../../saml/xml/scanner.ts';

function scanned(xml: string): XmlElement {
  const root = scanXml(xml);
  if (!root.ok) throw new Error(`${root.reason} ${root.detail ?? ''}: ${xml}`);
  return root.value;
}

/** What the library makes of the element at a path of positions. */
function libraryText(xml: string, path: readonly number[]): string {
  const { documentElement } = new DOMParser().parseFromString(xml, 'text/xml');
  const element = path.reduce<Element>(
    (node, at) => Array.from(node.childNodes).filter((each): each is Element => each.nodeType === 1)[at]!,
    documentElement,
  );
  return new ExclusiveCanonicalization().process(element, {
    ancestorNamespaces: [],
  });
}

const cases: Readonly<Record<string, readonly [string, readonly number[]]>> = {
  'an empty element': ['<a/>', []],
  'a default namespace': ['<a xmlns="urn:a"><b/></a>', []],
  'a default namespace from outside': ['<a xmlns="urn:a"><b><c/></b></a>', [0]],
  'namespaces that are not used': ['<a xmlns:x="urn:x" xmlns:y="urn:y"><y:b/></a>', []],
  'a namespace from outside': ['<a xmlns:x="urn:x"><x:b x:c="1"><x:d/></x:b></a>', [0]],
  'a prefix that is bound anew inside': [
    '<x:a xmlns:x="urn:1"><x:b xmlns:x="urn:2"><x:c/></x:b><x:d/></x:a>',
    [],
  ],
  'attributes in another order': ['<a xmlns:x="urn:1" xmlns:y="urn:0" z="1" x:b="2" y:b="3" B="4"/>', []],
  'characters that are written out': [
    '<a b="&lt;&amp;&quot;&gt;&#9;&#10;&#13;\'">&lt;&amp;&gt;&quot;&#13;&#9;</a>',
    [],
  ],
  'line ends of Windows': ['<a>\r\nx\ry\n</a>', []],
  'text between elements': ['<a> x <b/> y <b> z </b></a>', []],
};

describe('canonical text', () => {
  it.each(Object.entries(cases))('is that of the library: %s', (_what, [xml, path]) => {
    const element = path.reduce((node, at) => node.children[at]!, scanned(xml));
    expect(canonicalText(element)).toBe(libraryText(xml, path));
  });

  it('has what it is told to have, and leaves out what it is told to', () => {
    const root = scanned('<a xmlns:x="urn:x" xmlns:y="urn:y">1<b/>2<c/>3</a>');
    expect(canonicalText(root, { prefixes: ['x'], without: root.children[0] })).toBe(
      '<a xmlns:x="urn:x">12<c></c>3</a>',
    );
  });

  it('is that of the library, for any document', () => {
    const prefix = constantFrom('', 'x:', 'y:');
    const declared = constantFrom(
      '',
      ' xmlns="urn:d"',
      ' xmlns:x="urn:1"',
      ' xmlns:x="urn:2" xmlns:y="urn:1"',
    );
    const text = constantFrom('', ' ', 'é', '&lt;', '&#13;', '\n', '"', 'a&gt;');
    const attributes = constantFrom('', ' k="v"', ' x:k="&#10;&quot;"', ' y:a="1" b="2"');
    const node: Memo<string> = memo((depth) =>
      tuple(
        prefix,
        declared,
        attributes,
        text,
        depth > 1 ? array(node(), { maxLength: 3 }) : constant([]),
      ).map(([p, names, own, words, inner]) => `<${p}n${names}${own}>${words}${inner.join(words)}</${p}n>`),
    );
    assert(
      property(node(4), (inner) => {
        const xml = `<r xmlns:x="urn:0" xmlns:y="urn:0y">${inner}</r>`;
        const root = scanned(xml);
        expect(canonicalText(root.children[0]!)).toBe(libraryText(xml, [0]));
      }),
      { seed: 20261201, numRuns: 300 },
    );
  });
});
