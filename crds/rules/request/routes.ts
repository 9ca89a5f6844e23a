/**
 * What does this request mean to the application: which module, sub-module and action? Compiles the routes of a
 * SupportApplication. What no route names has no meaning, and it must be asked with canonical paths only.
 */
import type { SupportApplication } from '../../generated/support-application.ts';
import { mediaTypeOf } from './media-type.ts';
import { methodParameters, type Query, readQuery } from './parameters.ts';
import { type IndexNode, indexOf, lookUp } from './route-index.ts';
import {
  canonicalLeaf,
  childNode,
  emptyNode,
  type Leaf,
  type LeavesFound,
  type Node,
  type Route,
  searchLeaves,
} from './route-search.ts';

type RouteSpec = SupportApplication['spec']['routes'][number];
type Method = RouteSpec['methods'][number];

/** Compiled routes. */
export interface RouteTable {
  /** The route of a canonical path and what is beside it, or undefined where there is none, or no single one. */
  find(method: string, path: string, beside?: BesidePath): Route | undefined;
  /** Why a request has no route although its path has one; undefined where there is nothing to say. */
  explain(method: string, path: string, beside?: BesidePath): string | undefined;
}

/** What of a request besides method and path says what it means. */
export interface BesidePath {
  readonly query?: string | undefined;
  /** The Content-Type line, as it came. */
  readonly contentType?: string | undefined;
}

/** Two routes that mean the same requests. */
export interface RouteConflict {
  readonly method: Method;
  /** Positions in the list of routes. */
  readonly first: number;
  readonly second: number;
}

/**
 * Compiles routes: static segments go before placeholders, placeholders before a rest, more demanded parameters before
 * fewer, per method. `HEAD` has the meaning of `GET` on the same path unless a route names it there.
 */
export function compileRoutes(routes: readonly RouteSpec[]): RouteTable {
  return new SegmentTrie(compiled(routes).roots);
}

/** Every pair of routes that mean the same requests under one method; such a request has no route at all. */
export function routeConflicts(routes: readonly RouteSpec[]): RouteConflict[] {
  return compiled(routes).conflicts;
}

/** A query without one of these names no method, in any encoding. */
const mayNameMethod = /method|%/i;

class SegmentTrie implements RouteTable {
  readonly #roots: ReadonlyMap<string, Node>;
  /** Of each method whose routes can be found by the short way. */
  readonly #indexes: ReadonlyMap<string, IndexNode | undefined>;

  constructor(roots: ReadonlyMap<string, Node>) {
    this.#roots = roots;
    this.#indexes = new Map([...roots].map(([method, root]) => [method, indexOf(root)]));
  }

  find(method: string, path: string, beside: BesidePath = {}): Route | undefined {
    const index = this.#indexes.get(method);
    if (index !== undefined && beside.query === undefined) {
      const found = lookUp(index, path);
      if (found === undefined || found === 'none') return undefined;
      if (found !== 'ask') return found.ambiguous ? undefined : found.route;
    }
    return this.#findBySearch(method, path, beside);
  }

  #findBySearch(method: string, path: string, beside: BesidePath): Route | undefined {
    const { found, read } = this.#search(method, path, beside);
    if (found === undefined || typeof found === 'string') return undefined;
    const [first, ...others] = found;
    if (first === undefined || found.some(({ ambiguous }) => ambiguous)) return undefined;
    if (unnamed(found, beside.query, read).length > 0) return undefined;
    return others.length === 0 ? first.route : { ...first.route, also: others.map(({ route }) => route) };
  }

  explain(method: string, path: string, beside: BesidePath = {}): string | undefined {
    const { found, read } = this.#search(method, path, beside);
    if (found === 'twin') return 'The path differs from that of a route in spelling only.';
    if (found === 'parameters')
      return 'A parameter that a route demands is there twice, or spelled in a way that applications read differently.';

    if (found === 'content-type')
      return 'The type of the body must be one that the route names in "contentTypes".';
    const [name] = found === undefined ? [] : unnamed(found, beside.query, read);
    if (name === undefined) return undefined;
    return `The parameter ${name} changes the method; a route names it in "query", or has "methodParameter: Allowed".`;
  }

  #search(method: string, path: string, { query, contentType }: BesidePath): Searching {
    const root = this.#roots.get(method);
    let parameters: Query | undefined;
    const read = (): Query => (parameters ??= readQuery(query));
    if (root === undefined || !path.startsWith('/')) return { found: undefined, read };
    return { found: searchLeaves(root, { path, query: read, mediaType: mediaTypeOf(contentType) }), read };
  }
}

interface Searching {
  readonly found: LeavesFound;
  readonly read: () => Query;
}

/** Parameters that change the method and that one of the routes does not name. */
function unnamed(leaves: readonly Leaf[], query: string | undefined, read: () => Query): readonly string[] {
  if (query === undefined || !mayNameMethod.test(query)) return [];
  return methodParameters(read()).filter(
    (name) =>
      !leaves.every(
        ({ route, demands }) =>
          route.methodParameter === 'Allowed' || demands.some((demand) => demand.name === name),
      ),
  );
}

function compiled(routes: readonly RouteSpec[]): { roots: Map<string, Node>; conflicts: RouteConflict[] } {
  const roots = new Map<string, Node>();
  const conflicts: RouteConflict[] = [];
  for (const [at, spec] of routes.entries()) {
    const { query: demands = [], contentTypes } = spec;
    for (const method of new Set(spec.methods)) {
      const place = placeOf(rootOf(roots, method), spec.path);
      const same = canonicalLeaf({ demands, contentTypes });
      const taken = place.find((leaf) => canonicalLeaf(leaf) === same);
      if (taken === undefined) {
        place.push({ route: routeOf(spec), at, demands, contentTypes, ambiguous: false });
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
    const got = placeOf(rootOf(roots, 'GET'), spec.path);
    const place = placeOf(rootOf(roots, 'HEAD'), spec.path);
    if (place.length === 0) place.push(...got);
  }
}

function routeOf(spec: RouteSpec): Route {
  const { name, path, methodParameter, timeouts, recorded, upgrade } = spec;
  return Object.freeze({
    name,
    ...(matrixPlaceOf(spec) ?? { module: '', action: 'Static', isStatic: true as const }),
    template: path,
    ...(methodParameter === 'Allowed' && { methodParameter }),
    ...(timeouts !== undefined && { timeouts }),
    ...(recorded !== undefined && { recorded }),
    ...(upgrade !== undefined && { upgrade }),
  });
}

/** What the requests of a route mean; undefined where no matrix is asked about them. */
export function matrixPlaceOf({
  type,
  module = '',
  subModule,
  action = '',
}: RouteSpec): Pick<Route, 'module' | 'subModule' | 'action'> | undefined {
  return type === 'Static' ? undefined : { module, action, ...(subModule !== undefined && { subModule }) };
}

function rootOf(roots: Map<string, Node>, method: string): Node {
  const known = roots.get(method);
  if (known !== undefined) return known;
  const root = emptyNode();
  roots.set(method, root);
  return root;
}

/** Where a template's leaves belong; nodes on the way are made. */
function placeOf(root: Node, template: string): Leaf[] {
  const segments = template.split('/').slice(1);
  const open = segments.at(-1) === '*';
  let node = root;
  for (const segment of open ? segments.slice(0, -1) : segments) node = childNode(node, segment);
  return open ? node.rest : node.leaves;
}
