/**
 * What does this request mean to the application: which module, sub-module and action? Compiles the routes of a
 * SupportApplication. What no route names has no meaning, and it must be asked with canonical paths only.
 */
import type { SupportApplication } from '../../generated/support-application.ts';

type RouteSpec = SupportApplication['spec']['routes'][number];
type Method = RouteSpec['methods'][number];

/** What a matched route says. */
export interface Route {
  readonly name: string;
  readonly module: string;
  readonly subModule?: string;
  readonly action: string;
  /** The path as it is written in the route, for records: never the request's own. */
  readonly template: string;
}

/** Compiled routes. */
export interface RouteTable {
  /** The route of a canonical path, or undefined where there is none, or more than one that is equally fitting. */
  find(method: string, path: string): Route | undefined;
}

/** Two routes that mean the same requests. */
export interface RouteConflict {
  readonly method: Method;
  /** Positions in the list of routes. */
  readonly first: number;
  readonly second: number;
}

interface Leaf {
  readonly route: Route;
  readonly at: number;
  ambiguous: boolean;
}

interface Node {
  readonly static: Map<string, Node>;
  /** The static children in lower case: a path that differs from one in its spelling only must fall to no placeholder. */
  readonly folded: Set<string>;
  placeholder: Node | undefined;
  rest: Leaf | undefined;
  leaf: Leaf | undefined;
}

/**
 * Compiles routes: static segments go before placeholders, placeholders before a rest, per method. `HEAD` has the
 * meaning of `GET` on the same path unless a route names it there.
 */
export function compileRoutes(routes: readonly RouteSpec[]): RouteTable {
  return new SegmentTrie(compiled(routes).roots);
}

/** Every pair of routes that mean the same requests under one method; such a request has no route at all. */
export function routeConflicts(routes: readonly RouteSpec[]): RouteConflict[] {
  return compiled(routes).conflicts;
}

class SegmentTrie implements RouteTable {
  readonly #roots: ReadonlyMap<string, Node>;

  constructor(roots: ReadonlyMap<string, Node>) {
    this.#roots = roots;
  }

  find(method: string, path: string): Route | undefined {
    const root = this.#roots.get(method);
    if (root === undefined || !path.startsWith('/')) return undefined;
    const leaf = leafBelow(root, path, 1);
    return leaf === undefined || leaf === 'none' || leaf.ambiguous ? undefined : leaf.route;
  }
}

/**
 * The leaf for the segments of `path` that begin at `start`; undefined lets the caller try its next choice, 'none'
 * ends the search. The latter answers a path that differs from a route only in letter case, percent-encoding or a slash
 * at its end: an application that ignores these would serve that route, while a placeholder or rest may mean something
 * milder.
 */
function leafBelow(node: Node, path: string, start: number): Leaf | 'none' | undefined {
  if (start > path.length) return node.leaf ?? (node.static.has('') ? 'none' : undefined);
  const slash = path.indexOf('/', start);
  const end = slash < 0 ? path.length : slash;
  const segment = path.slice(start, end);
  const exact = node.static.get(segment);
  if (exact === undefined && isTwin(node, segment)) return 'none';
  return (exact && leafBelow(exact, path, end + 1)) ?? leafBesides(node, path, { start, end });
}

/** Where no static segment leads on: the placeholder, which an empty segment does not fill, and then the rest. */
function leafBesides(node: Node, path: string, segment: { start: number; end: number }) {
  const { start, end } = segment;
  const below = node.placeholder && end > start ? leafBelow(node.placeholder, path, end + 1) : undefined;
  return below ?? node.rest;
}

/** Whether a lenient application could take the segment, which is no static child, for something that is a route. */
function isTwin(node: Node, segment: string): boolean {
  return segment === '' ? node.leaf !== undefined : node.folded.has(leniently(segment));
}

/**
 * A canonical segment as the most lenient application reads it: decoded, compatibility forms folded, in lower case.
 * Throws URIError for what is not canonical.
 */
function leniently(segment: string): string {
  // `%40me` is `@me` to every application that decodes; a placeholder must not catch it (T-P1)
  const plain = segment.includes('%') ? decodeURIComponent(segment).normalize('NFKC') : segment;
  return plain.toLowerCase();
}

function compiled(routes: readonly RouteSpec[]): { roots: Map<string, Node>; conflicts: RouteConflict[] } {
  const roots = new Map<string, Node>();
  const conflicts: RouteConflict[] = [];
  for (const [at, spec] of routes.entries()) {
    for (const method of new Set(spec.methods)) {
      const place = placeOf(rootOf(roots, method), spec.path);
      const taken = place.taken();
      if (taken === undefined) {
        place.put({ route: routeOf(spec), at, ambiguous: false });
      } else {
        taken.ambiguous = true;
        conflicts.push({ method, first: taken.at, second: at });
      }
    }
  }
  addHeads(roots, routes);
  return { roots, conflicts };
}

/** Gives `HEAD` what `GET` has, where no route of its own stands at the same place. */
function addHeads(roots: Map<string, Node>, routes: readonly RouteSpec[]): void {
  for (const spec of routes) {
    if (!spec.methods.includes('GET')) continue;
    const got = placeOf(rootOf(roots, 'GET'), spec.path).taken();
    const place = placeOf(rootOf(roots, 'HEAD'), spec.path);
    if (got !== undefined && place.taken() === undefined) place.put(got);
  }
}

function routeOf({ name, module, subModule, action, path }: RouteSpec): Route {
  return Object.freeze({
    name,
    module,
    ...(subModule !== undefined && { subModule }),
    action,
    template: path,
  });
}

function rootOf(roots: Map<string, Node>, method: string): Node {
  const known = roots.get(method);
  if (known !== undefined) return known;
  const root = emptyNode();
  roots.set(method, root);
  return root;
}

function emptyNode(): Node {
  return { static: new Map(), folded: new Set(), placeholder: undefined, rest: undefined, leaf: undefined };
}

/** Where a template's leaf belongs; nodes on the way are made. */
function placeOf(root: Node, template: string): { taken: () => Leaf | undefined; put: (leaf: Leaf) => void } {
  const segments = template.split('/').slice(1);
  const open = segments.at(-1) === '*';
  let node = root;
  for (const segment of open ? segments.slice(0, -1) : segments) node = childOf(node, segment);
  const last = node;
  if (open) return { taken: () => last.rest, put: (leaf) => void (last.rest = leaf) };
  return { taken: () => last.leaf, put: (leaf) => void (last.leaf = leaf) };
}

function childOf(node: Node, segment: string): Node {
  if (isPlaceholder(segment)) {
    node.placeholder ??= emptyNode();
    return node.placeholder;
  }
  const known = node.static.get(segment);
  if (known !== undefined) return known;
  const child = emptyNode();
  node.static.set(segment, child);
  node.folded.add(segment.toLowerCase());
  return child;
}

function isPlaceholder(segment: string): boolean {
  return segment.startsWith('{') && segment.endsWith('}');
}
