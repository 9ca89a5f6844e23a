/**
 * Which leaves of the tree of routes does a request mean? The exact one first, and beside it those that a lenient
 * application would serve instead. It searches; what a leaf says and how the tree came about is elsewhere.
 */
import { fold, isStem, readLeniently, readsPlainly } from './lenient-reading.ts';
import type { MediaType } from './media-type.ts';
import { canonicalDemands, type DemandedParameter, meets, type Query } from './parameters.ts';

/** What a matched route says. */
export interface Route {
  readonly name: string;
  readonly module: string;
  readonly subModule?: string;
  readonly action: string;
  /** The path as it is written in the route, for records: never the request's own. */
  readonly template: string;
  /** What an application may take the request for besides. The request is permitted only where all of it is. */
  readonly also?: readonly Route[];
  /** Files that every person with a session may load: no matrix is asked, and module and action name nothing in one. */
  readonly isStatic?: true;
  /** Placeholders whose values are recorded. */
  readonly recorded?: readonly string[];
  /** Any method that a parameter names is covered by the route's action. */
  readonly methodParameter?: 'Allowed';
  /** The protocol to which a request may change. */
  readonly upgrade?: 'WebSocket';
  /** How long is waited on this route, where it says so. */
  readonly timeouts?: RouteTimeouts;
}

/** What a route says of waiting. */
export interface RouteTimeouts {
  readonly firstByteSeconds?: number;
  readonly uploadIdleSeconds?: number;
}

/** One route at its place in the tree. */
export interface Leaf {
  readonly route: Route;
  /** Position in the list of routes. */
  readonly at: number;
  readonly demands: readonly DemandedParameter[];
  /** The types of which the body may be; undefined for any, and for none. */
  readonly contentTypes: readonly string[] | undefined;
  /** Another route means the same requests, so that neither means any. */
  ambiguous: boolean;
}

/** One segment of the tree. */
export interface Node {
  readonly static: Map<string, Node>;
  /** Each literal of a static child by its form in one letter case: a path that differs from one in its spelling only must fall to no placeholder. */
  readonly folded: Map<string, string>;
  placeholder: Node | undefined;
  /** Routes that end here; they differ in the parameters that they demand. */
  readonly leaves: Leaf[];
  /** Routes that take everything from here on. */
  readonly rest: Leaf[];
}

/** A request as it is searched for. */
export interface Searched {
  readonly path: string;
  /** Read only where a route demands a parameter. */
  readonly query: () => Query;
  readonly mediaType: MediaType;
}

/**
 * What was found: `twin` is a path, `parameters` a query that two readers could read differently; `content-type` a body of
 * another type than the routes of the path take, or of none that is clear.
 */
export type LeavesFound = readonly Leaf[] | 'twin' | 'parameters' | 'content-type' | undefined;

/**
 * The leaves that the request means, the strictest first: those of a lenient reading before the exact one. What no
 * route names exactly has no meaning, however it may be read.
 */
export function searchLeaves(root: Node, searched: Searched): LeavesFound {
  const exact = leavesBelow(root, searched, 1);
  if (exact === undefined || typeof exact === 'string' || readsPlainly(searched.path)) return exact;
  const reached = twinsBelow(root, { ...searched, bent: false }, 1);
  if (typeof reached === 'string') return reached;
  const twins = (reached ?? []).filter(({ bent }) => bent).map(({ leaf }) => leaf);
  return [...new Set([...twins, ...exact])];
}

/**
 * The leaves for the segments of the path that begin at `start`; undefined lets the caller try its next choice, a text
 * ends the search. 'twin' answers a path that differs from a route only in letter case, percent-encoding or a slash at
 * its end: an application that ignores these would serve that route, while a placeholder or rest may mean something
 * milder.
 */
function leavesBelow(node: Node, searched: Searched, start: number): LeavesFound {
  const { path } = searched;
  if (start > path.length) return chosen(node.leaves, searched) ?? (node.static.has('') ? 'twin' : undefined);
  const { segment, next } = segmentAt(path, start);
  const exact = node.static.get(segment);
  if (exact === undefined && isTwin(node, segment)) return 'twin';
  const own = exact && leavesBelow(exact, searched, next);
  return own ?? leavesBesides(node, searched, { segment, next });
}

/** Where no static segment leads on: the placeholder, which an empty segment does not fill, and then the rest. */
function leavesBesides(node: Node, searched: Searched, { segment, next }: Segment): LeavesFound {
  const below =
    node.placeholder && segment !== '' ? leavesBelow(node.placeholder, searched, next) : undefined;
  return below ?? chosen(node.rest, searched);
}

/** Whether a lenient application could take the segment, which is no static child, for something that is a route. */
function isTwin(node: Node, segment: string): boolean {
  if (segment === '') return node.leaves.length > 0;
  const { folded, seen } = readLeniently(segment);
  // Another letter case, or the very literal in another encoding (`%40me`).
  if (node.folded.has(folded)) return true;
  if (seen === undefined) return false;
  if (seen.text === '' && node.leaves.length > 0) return true;
  for (const [inOneCase, literal] of node.folded)
    if (isStem(inOneCase, seen.folded) && !isStem(literal, seen.text)) return true;

  return false;
}

interface Bent extends Searched {
  /** Whether a segment on the way was taken for a literal that it is not. */
  readonly bent: boolean;
}

type Reached =
  | readonly { readonly leaf: Leaf; readonly bent: boolean }[]
  | Exclude<LeavesFound, readonly Leaf[]>;

/** What an application reaches that takes each segment for the literal whose stem it has: exact or bent, then the placeholder, then the rest. */
function twinsBelow(node: Node, searched: Bent, start: number): Reached {
  const { path, bent } = searched;
  if (start > path.length) return reachedAt(node.leaves, searched);
  const { segment, next } = segmentAt(path, start);
  const exact = node.static.get(segment);
  if (bent && exact === undefined && isTwin(node, segment)) return 'twin';
  const stems = childrenAlike(node, segment);
  const ways = [
    ...(exact === undefined ? [] : [twinsBelow(exact, searched, next)]),
    ...stems.map((child) => twinsBelow(child, { ...searched, bent: true }, next)),
  ];
  const literal = together(ways);
  if (literal !== undefined) return literal;
  const below = node.placeholder && segment !== '' ? twinsBelow(node.placeholder, searched, next) : undefined;
  return below ?? reachedAt(node.rest, { ...searched, bent });
}

function together(ways: readonly Reached[]): Reached {
  const unclear = ways.find((way) => typeof way === 'string');
  if (unclear !== undefined) return unclear;
  const all = ways.flatMap((way) => (typeof way === 'object' ? way : []));
  return all.length === 0 ? undefined : all;
}

function reachedAt(leaves: readonly Leaf[], { bent, ...searched }: Bent): Reached {
  const found = chosen(leaves, searched);
  return typeof found === 'object' ? found.map((leaf) => ({ leaf, bent })) : found;
}

/** The static children, other than the segment's own, whose literal is the segment's stem. */
function childrenAlike(node: Node, segment: string): Node[] {
  if (node.static.size === 0) return [];
  const { seen } = readLeniently(segment);
  if (seen === undefined) return [];
  const alike: Node[] = [];
  for (const [literal, child] of node.static)
    if (literal !== segment && isStem(literal, seen.text)) alike.push(child);

  return alike;
}

interface Segment {
  readonly segment: string;
  /** Where the one after it begins. */
  readonly next: number;
}

function segmentAt(path: string, start: number): Segment {
  const slash = path.indexOf('/', start);
  const end = slash < 0 ? path.length : slash;
  return { segment: path.slice(start, end), next: end + 1 };
}

/**
 * Of the routes at one place, those whose demands the request meets, without those that another one of them is stricter
 * than. Two that are left are both meant.
 */
function chosen(leaves: readonly Leaf[], { query, mediaType }: Searched): LeavesFound {
  const [only] = leaves;
  if (only === undefined) return undefined;
  if (leaves.length === 1 && only.demands.length === 0 && only.contentTypes === undefined) return leaves;
  const judged = leaves.map((leaf) => ({ leaf, met: metOf(leaf, query()) }));
  if (judged.some(({ met }) => met === 'unclear')) return 'parameters';
  const byQuery = judged.filter(({ met }) => met === 'met').map(({ leaf }) => leaf);
  const fitting = byQuery.filter(({ contentTypes }) => takes(contentTypes, mediaType));
  if (fitting.length < byQuery.length && (mediaType === 'unclear' || fitting.length === 0))
    return 'content-type';
  const strictest = fitting.filter((one) => !fitting.some((other) => isStricter(other, one)));
  if (strictest.length === 0) return undefined;
  // In an order that does not depend on that of the list, since the first one names the request in the records.
  return strictest.toSorted((one, other) => (canonicalLeaf(one) < canonicalLeaf(other) ? -1 : 1));
}

function takes(contentTypes: Leaf['contentTypes'], mediaType: MediaType): boolean {
  return contentTypes === undefined || (mediaType !== undefined && contentTypes.includes(mediaType));
}

function metOf({ demands }: Leaf, query: Query): 'met' | 'not-met' | 'unclear' {
  const met = demands.map((demand) => meets(query, demand));
  if (met.includes('not-met')) return 'not-met';
  return met.includes('unclear') ? 'unclear' : 'met';
}

/** Whether one route demands all that the other does, and something more. */
function isStricter(one: Leaf, other: Leaf): boolean {
  return implies(one, other) && !implies(other, one);
}

function implies(one: Leaf, other: Leaf): boolean {
  const { contentTypes: types } = other;
  if (types !== undefined && !(one.contentTypes?.every((type) => types.includes(type)) ?? false))
    return false;
  return other.demands.every(({ name, value }) =>
    one.demands.some((demand) => demand.name === name && (value === undefined || demand.value === value)),
  );
}

/** The same text for the same demands, in any order. */
export function canonicalLeaf({ demands, contentTypes }: Pick<Leaf, 'demands' | 'contentTypes'>): string {
  return JSON.stringify([canonicalDemands(demands), contentTypes?.toSorted()]);
}

/** A node without children. */
export function emptyNode(): Node {
  return { static: new Map(), folded: new Map(), placeholder: undefined, rest: [], leaves: [] };
}

/** The child for a segment of a template, made where there is none. */
export function childNode(node: Node, segment: string): Node {
  if (segment.startsWith('{') && segment.endsWith('}')) {
    node.placeholder ??= emptyNode();
    return node.placeholder;
  }
  const known = node.static.get(segment);
  if (known !== undefined) return known;
  const child = emptyNode();
  node.static.set(segment, child);
  node.folded.set(fold(segment), segment);
  return child;
}
