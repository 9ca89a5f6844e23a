/**
 * Which bytes does a signature count for an element? Exclusive C14N 1.0 without comments, over our own tree: whether a digest can
 * be right is known before the signature library has to look at the document. Its work is linear in the text.
 */
import type { XmlAttribute } from './namespaces.ts';
import type { XmlElement } from './scanner.ts';

export interface Canonicalization {
  /** Left out with all that is in it: the signature of the element itself. */
  readonly without?: XmlElement | undefined;
  /** Prefixes whose namespaces count although they are not used (InclusiveNamespaces). */
  readonly prefixes?: readonly string[];
}

type Rendered = ReadonlyMap<string, string>;

interface Writing extends Canonicalization {
  readonly parts: string[];
}

/** The canonical text of an element and all that is in it. */
export function canonicalText(
  element: XmlElement,
  { without, prefixes = [] }: Canonicalization = {},
): string {
  const writing: Writing = { without, prefixes, parts: [] };
  write(element, new Map(), writing);
  return writing.parts.join('');
}

/** As deep as the scanner lets elements be, and no deeper. */
function write(element: XmlElement, outer: Rendered, writing: Writing): void {
  const { parts, without } = writing;
  const fresh = namespacesToRender(element, outer, writing.prefixes ?? []);
  const rendered: Rendered = fresh.length === 0 ? outer : new Map([...outer, ...fresh]);
  const name = element.prefix === '' ? element.name : `${element.prefix}:${element.name}`;
  parts.push(`<${name}`, ...fresh.map(declaration), ...inOrder(element.attributes).map(attributeText), '>');
  for (const part of element.content) {
    if (typeof part === 'string') parts.push(escapedText(part));
    else if (part !== without) write(part, rendered, writing);
  }
  parts.push(`</${name}>`);
}

/** Those that the element uses by its name and its attributes' (and the listed ones), unless an outer tag says the same. */
function namespacesToRender(
  { prefix, attributes, scope }: XmlElement,
  outer: Rendered,
  listed: readonly string[],
): [string, string][] {
  const used = new Set([prefix, ...attributes.map((each) => each.prefix).filter((each) => each !== '')]);
  const wanted = [...used, ...listed.filter((each) => scope.has(each))].filter((each) => each !== 'xml');
  const fresh = [...new Set(wanted)].flatMap((each): [string, string][] => {
    const namespace = scope.get(each);
    return namespace === undefined || outer.get(each) === namespace ? [] : [[each, namespace]];
  });
  return fresh.sort(([one], [other]) => byCodePoint(one, other));
}

function declaration([prefix, namespace]: [string, string]): string {
  return ` ${prefix === '' ? 'xmlns' : `xmlns:${prefix}`}="${escapedValue(namespace)}"`;
}

function inOrder(attributes: readonly XmlAttribute[]): readonly XmlAttribute[] {
  return attributes.toSorted(
    (one, other) => byCodePoint(one.namespace, other.namespace) || byCodePoint(one.name, other.name),
  );
}

function attributeText({ prefix, name, value }: XmlAttribute): string {
  return ` ${prefix === '' ? name : `${prefix}:${name}`}="${escapedValue(value)}"`;
}

function byCodePoint(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

const inText: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '\r': '&#xD;' };
const inValue: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '"': '&quot;',
  '\t': '&#x9;',
  '\n': '&#xA;',
  '\r': '&#xD;',
};

function escapedText(text: string): string {
  return text.replaceAll(/[&<>\r]/g, (character) => inText[character] ?? '');
}

function escapedValue(text: string): string {
  return text.replaceAll(/[&<"\t\n\r]/g, (character) => inValue[character] ?? '');
}
