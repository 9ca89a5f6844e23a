/**
 * The short way to the route of an ordinary path: a tree of characters, for lower-case paths whose every reader sees the same.
 * What it cannot tell by itself (parameters, types of bodies, odd characters, another letter case) it leaves to `searchLeaves`, whose
 * answers it must never differ from. It makes nothing while it is asked.
 */
import type { Leaf, Node } from './route-search.ts';

/** The leaf; nothing; or that the whole search has to be asked. */
export type Indexed = Leaf | 'none' | 'ask' | undefined;

/** The index of one method, or undefined where a literal of its routes has other characters than ordinary ones. */
export function indexOf(root: Node): IndexNode | undefined {
  if (!isOrdinary(root)) return undefined;
  const top = emptyIndex('');
  below(root, inserted(top, '/'));
  return top;
}

/** The leaf of a path, as the search would find it. `none` ends it, undefined found nothing. */
export function lookUp(index: IndexNode, path: string): Indexed {
  // A slash at the end may be left out by an application.
  return path.charCodeAt(path.length - 1) === slash ? 'ask' : walked(index, path, 0);
}

/** One stretch of literal characters, and what may follow it. */
export interface IndexNode {
  prefix: string;
  /** The one stretch that follows; undefined where there are none, or several. */
  only: IndexNode | undefined;
  /** Several stretches that follow, each at the code of its first character. Most nodes need no such table. */
  several: (IndexNode | undefined)[] | undefined;
  /** After one segment of any characters; only where a segment begins. */
  placeholder: IndexNode | undefined;
  /** Where the path ends here. */
  leaf: Indexed;
  /** Where a segment begins here that no other way takes. */
  rest: Indexed;
}

const slash = 47;
/** Literals are ASCII. */
const codes = 128;

function emptyIndex(prefix: string): IndexNode {
  return {
    prefix,
    only: undefined,
    several: undefined,
    placeholder: undefined,
    leaf: undefined,
    rest: undefined,
  };
}

function isOrdinary(node: Node): boolean {
  const children = [...node.static];
  return (
    children.every(([literal, child]) => /^[a-z0-9_~@-]*$/.test(literal) && isOrdinary(child)) &&
    (node.placeholder === undefined || isOrdinary(node.placeholder))
  );
}

/** What follows a slash. */
function below(node: Node, at: IndexNode): void {
  at.rest = known(node.rest);
  for (const [literal, child] of node.static) if (literal !== '') ended(child, inserted(at, literal));
  if (node.placeholder === undefined) return;
  at.placeholder = emptyIndex('');
  ended(node.placeholder, at.placeholder);
}

/** What follows a whole segment: the end of the path, or a slash. */
function ended(node: Node, at: IndexNode): void {
  // Without a slash at its end the path would be another spelling of a route that has one.
  at.leaf = known(node.leaves) ?? (node.static.has('') ? 'none' : undefined);
  if (node.static.size > 0 || node.placeholder !== undefined || node.rest.length > 0)
    below(node, inserted(at, '/'));
}

function known(leaves: readonly Leaf[]): Indexed {
  const [only] = leaves;
  if (only === undefined) return undefined;
  return leaves.length === 1 && only.demands.length === 0 && only.contentTypes === undefined ? only : 'ask';
}

/** The node after these characters; stretches are divided where they part. */
function inserted(at: IndexNode, text: string): IndexNode {
  if (text === '') return at;
  const code = text.charCodeAt(0);
  const child = childAt(at, code);
  if (child === undefined) {
    const made = emptyIndex(text);
    put(at, made);
    return made;
  }
  const common = commonLength(child.prefix, text);
  if (common < child.prefix.length) {
    const upper = emptyIndex(text.slice(0, common));
    put(at, upper);
    child.prefix = child.prefix.slice(common);
    put(upper, child);
    return inserted(upper, text.slice(common));
  }
  return inserted(child, text.slice(common));
}

function childAt({ only, several }: IndexNode, code: number): IndexNode | undefined {
  if (several !== undefined) return several[code];
  return only?.prefix.charCodeAt(0) === code ? only : undefined;
}

/** Puts a child at its first character, in place of one that is there. */
function put(at: IndexNode, child: IndexNode): void {
  const code = child.prefix.charCodeAt(0);
  const { only } = at;
  if (at.several === undefined && (only === undefined || only.prefix.charCodeAt(0) === code)) {
    at.only = child;
    return;
  }
  at.several ??= Array.from({ length: codes }, () => undefined);
  if (only !== undefined) at.several[only.prefix.charCodeAt(0)] = only;
  at.only = undefined;
  at.several[code] = child;
}

function commonLength(one: string, other: string): number {
  let length = 0;
  while (length < one.length && one.charCodeAt(length) === other.charCodeAt(length)) length++;
  return length;
}

/** Literals first, then the placeholder, then the rest: as the search does, and back where a way leads nowhere. */
function walked(node: IndexNode, path: string, at: number): Indexed {
  if (at === path.length) return node.leaf;
  const code = path.charCodeAt(at);
  const child = node.several === undefined ? node.only : node.several[code];
  if (child !== undefined && goesOn(child.prefix, path, at)) {
    const found = walked(child, path, at + child.prefix.length);
    if (found !== undefined) return found;
  }
  return besides(node, path, at);
}

/** Where no literal leads on. */
function besides({ placeholder, rest }: IndexNode, path: string, at: number): Indexed {
  if (placeholder !== undefined && path.charCodeAt(at) !== slash) {
    const end = ordinaryEnd(path, at);
    if (end < 0) return 'ask';
    const found = walked(placeholder, path, end);
    if (found !== undefined) return found;
  }
  return rest === undefined || isOrdinaryFrom(path, at) ? rest : 'ask';
}

/** Whether the path goes on with these characters. */
function goesOn(prefix: string, path: string, at: number): boolean {
  for (let next = 0; next < prefix.length; next++)
    if (prefix.charCodeAt(next) !== path.charCodeAt(at + next)) return false;

  return true;
}

/** Where the segment ends; negative where it has a character that two readers may take for different ones. */
function ordinaryEnd(path: string, start: number): number {
  for (let at = start; at < path.length; at++) {
    const code = path.charCodeAt(at);
    if (code === slash) return at;
    if (!isOrdinaryCode(code)) return -1;
  }
  return path.length;
}

function isOrdinaryFrom(path: string, start: number): boolean {
  for (let at = start; at < path.length; at++) {
    const code = path.charCodeAt(at);
    if (code !== slash && !isOrdinaryCode(code)) return false;
  }
  return true;
}

/** Lower-case letters, digits, and `_ ~ @ -`. */
function isOrdinaryCode(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 48 && code <= 57) ||
    code === 45 ||
    code === 95 ||
    code === 126 ||
    code === 64
  );
}
