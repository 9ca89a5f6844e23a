/**
 * Does a tree consist of listed elements in listed places only? The engine behind the two allow-lists
 * (response and signature); it knows no names itself and looks at names, counts and text only, never at values.
 */

import { attributeName, nameOf } from './lookup.ts';
import type { XmlElement } from './scanner.ts';

/** How often a child may be there: fewest and most. */
export type Count = readonly [number, number];

export interface Shape {
  /** Attributes by name; those ending in `!` must be there. */
  readonly attributes?: readonly string[];
  readonly children?: Readonly<Record<string, Count>>;
  /** The element holds text, and then no elements. */
  readonly text?: true;
  /** What is inside is judged by another list, or by none. */
  readonly opaque?: true;
  /** What is not listed is not looked at: attributes alone, or elements too. One that is called ID never passes so. */
  readonly ignores?: 'attributes' | 'all';
}

export type Grammar = Readonly<Record<string, Shape>>;

export interface Misfit {
  readonly kind:
    | 'element_not_allowed'
    | 'element_repeated'
    | 'element_missing'
    | 'attribute_not_allowed'
    | 'attribute_missing'
    | 'text_not_allowed';
  /** The element concerned and the offending name. */
  readonly element: string;
  readonly name: string;
}

const onlySpace = /^[ \t\r\n]*$/;

/** The first thing in the tree that the grammar does not list, in document order of elements. */
export function firstMisfit(root: XmlElement, grammar: Grammar): Misfit | undefined {
  const waiting: XmlElement[] = [root];
  for (let element = waiting.pop(); element !== undefined; element = waiting.pop()) {
    const shape = shapeOf(grammar, nameOf(element));
    const misfit = elementMisfit(element, shape);
    if (misfit) return misfit;

    if (shape?.opaque !== true) waiting.push(...judgedChildren(element, shape).toReversed());
  }
  return undefined;
}

function judgedChildren({ children }: XmlElement, shape: Shape | undefined): readonly XmlElement[] {
  if (shape?.ignores !== 'all') return children;

  return children.filter((child) => Object.hasOwn(shape.children ?? {}, nameOf(child)));
}

function shapeOf(grammar: Grammar, name: string): Shape | undefined {
  return Object.hasOwn(grammar, name) ? grammar[name] : undefined;
}

function elementMisfit(element: XmlElement, shape: Shape | undefined): Misfit | undefined {
  const name = nameOf(element);
  if (shape === undefined) return { kind: 'element_not_allowed', element: name, name };

  if (shape.opaque === true) return undefined;

  if (shape.text !== true && !onlySpace.test(element.text))
    return { kind: 'text_not_allowed', element: name, name };

  return attributeMisfit(element, shape) ?? childMisfit(element, shape);
}

function attributeMisfit(
  element: XmlElement,
  { attributes: listed = [], ignores }: Shape,
): Misfit | undefined {
  const present = element.attributes.map(attributeName);
  const allowed = new Set(listed.map((name) => name.replace('!', '')));
  const judged = ignores === undefined ? present : present.filter(isIdName);
  const foreign = judged.find((name) => !allowed.has(name));
  if (foreign !== undefined)
    return { kind: 'attribute_not_allowed', element: nameOf(element), name: foreign };

  const missing = listed.find((name) => name.endsWith('!') && !present.includes(name.slice(0, -1)));
  if (missing === undefined) return undefined;

  return { kind: 'attribute_missing', element: nameOf(element), name: missing.slice(0, -1) };
}

/** What a reference of a signature could be resolved by, under any prefix and in any case. */
export function isIdName(name: string): boolean {
  return /^(?:.*:)?id$/i.test(name);
}

function childMisfit(element: XmlElement, shape: Shape): Misfit | undefined {
  const { children: listed = {}, ignores } = shape;
  const names = element.children.map(nameOf);
  const foreign = names.find((name) => !Object.hasOwn(listed, name));
  if (foreign !== undefined && ignores !== 'all')
    return { kind: 'element_not_allowed', element: nameOf(element), name: foreign };

  return countMisfit(nameOf(element), names, listed);
}

function countMisfit(
  element: string,
  names: readonly string[],
  listed: Readonly<Record<string, Count>>,
): Misfit | undefined {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  for (const [name, [fewest, most]] of Object.entries(listed)) {
    const count = counts.get(name) ?? 0;
    if (count > most) return { kind: 'element_repeated', element, name };
    if (count < fewest) return { kind: 'element_missing', element, name };
  }
  return undefined;
}
