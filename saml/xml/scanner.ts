/**
 * What tree does this text spell? A strict, linear tokenizer for documents that passed the lexical check; it reads
 * each character a bounded number of times and stops at the first limit. Must not know SAML, must not repair.
 */

import { type Invalid, invalid, type SamlResult, valid } from '../result.ts';
import { decodeText, lexicalCheck } from './lexical.ts';
import {
  outermostScope,
  type RawAttribute,
  resolveAttributes,
  type Scope,
  scopeWithin,
  type XmlAttribute,
} from './namespaces.ts';

export interface XmlElement {
  readonly namespace: string;
  readonly name: string;
  /** As it was written; empty where the default namespace is meant. */
  readonly prefix: string;
  /** The namespaces that can be used inside. */
  readonly scope: Scope;
  readonly attributes: readonly XmlAttribute[];
  readonly children: readonly XmlElement[];
  /** The character data directly inside, references resolved; of an element with children, the text between them. */
  readonly text: string;
  /** Runs of character data and elements, in their order. */
  readonly content: readonly (string | XmlElement)[];
}

/** More than any genuine SAML response needs. They bound the work on a forged one. */
export const scanLimits = { characters: 128 * 1024, depth: 30, elements: 2000, attributes: 24 } as const;

interface OpenElement {
  readonly spelling: string;
  readonly scope: Scope;
  readonly element: XmlElement;
  readonly children: XmlElement[];
  readonly content: (string | XmlElement)[];
}

interface Reading {
  readonly source: string;
  at: number;
  elements: number;
  readonly open: OpenElement[];
  root: XmlElement | undefined;
}

interface StartTag {
  readonly spelling: string;
  readonly attributes: readonly RawAttribute[];
  readonly empty: boolean;
}

const space = '[ \\t\\r\\n]';
const part = '[A-Za-z_][A-Za-z0-9_.-]{0,127}';
const qualified = `(?:(${part}):)?(${part})(?![A-Za-z0-9_.:-])`;
const tagName = new RegExp(`<${qualified}`, 'y');
const attributePattern = new RegExp(
  `${space}+${qualified}${space}*=${space}*(?:"([^"<\\t\\r\\n]*)"|'([^'<\\t\\r\\n]*)')`,
  'y',
);
const tagEnd = new RegExp(`${space}*(/?)>`, 'y');
const closingTag = new RegExp(`</((?:${part}:)?${part})${space}*>`, 'y');
const onlySpace = /^[ \t\r\n]*$/;

/**
 * The document's tree, or the first rule it breaks. `detail` of a refusal is the offset where reading stopped.
 * Sources: XML 1.0, Namespaces in XML 1.0, minus everything that a SAML response does without.
 */
export function scanXml(source: string): SamlResult<XmlElement> {
  if (source.length > scanLimits.characters) return invalid('saml.response_too_large');

  const start = lexicalCheck(source);
  if (!start.ok) return start;

  const reading: Reading = { source, at: start.value, elements: 0, open: [], root: undefined };
  while (reading.at < source.length) {
    const refusal = readNext(reading);
    if (refusal) return { ...refusal, detail: `at ${reading.at}` };
  }
  if (reading.root === undefined || reading.open.length > 0)
    return invalid('saml.xml_malformed', 'unfinished');

  return valid(reading.root);
}

function readNext(reading: Reading): Invalid | undefined {
  if (reading.source[reading.at] !== '<') return readText(reading);

  return reading.source[reading.at + 1] === '/' ? readEnd(reading) : readStart(reading);
}

function readText(reading: Reading): Invalid | undefined {
  const next = reading.source.indexOf('<', reading.at);
  const end = next === -1 ? reading.source.length : next;
  const text = decodeText(reading.source.slice(reading.at, end));
  if (!text.ok) return text;

  const parent = reading.open.at(-1);
  if (parent === undefined && !onlySpace.test(text.value)) return invalid('saml.xml_malformed');

  parent?.content.push(text.value);
  reading.at = end;
  return undefined;
}

function readEnd(reading: Reading): Invalid | undefined {
  const match = matchAt(closingTag, reading);
  const opened = reading.open.pop();
  if (match === undefined || opened === undefined || match[1] !== opened.spelling)
    return invalid('saml.xml_malformed');

  finish(reading, opened);
  return undefined;
}

function readStart(reading: Reading): Invalid | undefined {
  if (reading.root !== undefined) return invalid('saml.xml_malformed');

  reading.elements += 1;
  if (reading.elements > scanLimits.elements) return invalid('saml.xml_too_many_elements');

  if (reading.open.length >= scanLimits.depth) return invalid('saml.xml_too_deep');

  const tag = readTag(reading);
  if (!tag.ok) return tag;

  const opened = openElement(tag.value, reading.open.at(-1)?.scope ?? outermostScope());
  if (!opened.ok) return opened;

  if (tag.value.empty) finish(reading, opened.value);
  else reading.open.push(opened.value);

  return undefined;
}

function readTag(reading: Reading): SamlResult<StartTag> {
  const name = matchAt(tagName, reading);
  if (name === undefined) return invalid('saml.xml_malformed');

  const attributes: RawAttribute[] = [];
  for (let match = matchAt(attributePattern, reading); match; match = matchAt(attributePattern, reading)) {
    const value = decodeText(match[3] ?? match[4] ?? '');
    if (!value.ok) return value;

    if (attributes.length === scanLimits.attributes) return invalid('saml.xml_too_many_attributes');

    attributes.push({ prefix: match[1] ?? '', name: match[2] ?? '', value: value.value });
  }
  const end = matchAt(tagEnd, reading);
  if (end === undefined) return invalid('saml.xml_malformed');

  return valid({ spelling: name[0].slice(1), attributes, empty: end[1] === '/' });
}

function openElement(tag: StartTag, outer: Scope): SamlResult<OpenElement> {
  const [prefix, name] = split(tag.spelling);
  if ([tag.spelling, ...tag.attributes.map(spellingOf)].some(isTreatedSpecially))
    return invalid('saml.xml_name_forbidden');

  const scope = scopeWithin(outer, tag.attributes);
  if (!scope.ok) return scope;

  const attributes = resolveAttributes(tag.attributes, scope.value);
  if (!attributes.ok) return attributes;

  const namespace = scope.value.get(prefix) ?? (prefix === '' ? '' : undefined);
  if (namespace === undefined) return invalid('saml.xml_prefix_undeclared');

  const children: XmlElement[] = [];
  const content: (string | XmlElement)[] = [];
  const named = { namespace, name, prefix, scope: scope.value, attributes: attributes.value };
  const element = { ...named, children, text: '', content };
  return valid({ spelling: tag.spelling, scope: scope.value, element, children, content });
}

function split(spelling: string): readonly [prefix: string, name: string] {
  const at = spelling.indexOf(':');
  return [spelling.slice(0, Math.max(at, 0)), spelling.slice(at + 1)];
}

function spellingOf(attribute: RawAttribute): string {
  return `${attribute.prefix}:${attribute.name}`;
}

/** `__proto__`, `constructor` and the like would change a plain object that is keyed by names of the document. */
function isTreatedSpecially(spelling: string): boolean {
  return spelling.split(':').some((name) => name.startsWith('__') || name in Object.prototype);
}

function finish(reading: Reading, opened: OpenElement): void {
  const text = opened.content.filter((each) => typeof each === 'string').join('');
  const element = { ...opened.element, text };
  const parent = reading.open.at(-1);
  if (parent === undefined) reading.root = element;
  parent?.children.push(element);
  parent?.content.push(element);
}

function matchAt(pattern: RegExp, reading: Reading): RegExpExecArray | undefined {
  pattern.lastIndex = reading.at;
  const match = pattern.exec(reading.source);
  if (match === null) return undefined;

  reading.at += match[0].length;
  return match;
}
