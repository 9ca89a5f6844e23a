/**
 * What in the routes of an application would be taken, and is hardly meant? Each with the field, and what to do. It judges routes
 * that have the shape of routes, beside the matrices that are to hold for them. Pure.
 */
import type { SupportApplication } from '../../crds/generated/support-application.ts';
import { nearestName } from '../../crds/nearest.ts';
import {
  type CompiledMatrix,
  compileMatrix,
  dividedByRoutes,
  explain,
  permits,
  permitted,
  type Target,
} from '../../crds/rules/matrix/matrix.ts';
import { type Problem, printable } from '../../crds/rules/problem.ts';
import { pathAdvice } from '../../crds/rules/request/route-advice.ts';
import {
  type BesidePath,
  compileRoutes,
  matrixPlaceOf,
  type RouteTable,
} from '../../crds/rules/request/routes.ts';
import { placeName } from './matrix-cells.ts';
import type { MatrixBeside } from './read-application.ts';

type Route = SupportApplication['spec']['routes'][number];

interface Beside {
  readonly name: string;
  readonly compiled: CompiledMatrix;
}

/** Everything that is unwise, in the order of the routes, and then what no route leads to. */
export function unwiseRoutes(routes: readonly Route[], matrices: readonly MatrixBeside[]): Problem[] {
  const table = compileRoutes(routes);
  const beside = matrices.map(({ name, spec }) => ({ name, compiled: compileMatrix(spec) }));
  return [
    ...routes.flatMap((route, at) => [
      ...pathAdvice(route, `spec.routes[${at}].path`),
      ...neverFound(table, route, { routes, at }),
      ...notAllowed(route, `spec.routes[${at}]`, beside),
    ]),
    ...beside.flatMap((matrix) => notReached(routes, matrix)),
  ];
}

/** A route whose requests all mean another one: two ways lead to each place in the tree of routes, and one of them is first. */
function neverFound(
  table: RouteTable,
  route: Route,
  { routes, at }: { readonly routes: readonly Route[]; readonly at: number },
): Problem[] {
  const field = `spec.routes[${at}]`;
  return route.methods.flatMap((method) => {
    const found = samplesOf(route).map(({ path, ...beside }) => table.find(method, path, beside));
    // Also where it is only what a lenient application may take the request for.
    const names = new Set(found.flatMap((each) => [each, ...(each?.also ?? [])]).map((each) => each?.name));
    // What means nothing is told as what is wrong: two routes for the same requests.
    if (names.has(route.name) || names.has(undefined)) return [];
    const taker = routes.findIndex(({ name }) => names.has(name));
    return [
      {
        field,
        value: printable(`${method} ${route.path}`),
        rule: `should be met by some request, and spec.routes[${taker}] (${printable(routes[taker]?.path ?? '')}) takes all of them`,
        fix: 'remove one of the two, or make its path longer',
      },
    ];
  });
}

/** Requests that the route is there for: a segment that no route has for each placeholder, and rests of three lengths. */
function samplesOf({ path, query = [], contentTypes }: Route): ({ readonly path: string } & BesidePath)[] {
  const filled = path.replaceAll(/\{[^}]*\}/g, sample);
  const rests = filled.endsWith('/*')
    ? ['', sample, `${sample}/${sample}`, `${sample}/${sample}/${sample}`]
    : [undefined];
  const parameters = query.map(
    ({ name, value = sample }) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`,
  );
  return rests.map((rest) => ({
    path: rest === undefined ? filled : `${filled.slice(0, -1)}${rest}`,
    query: parameters.length === 0 ? undefined : parameters.join('&'),
    contentType: contentTypes?.[0],
  }));
}

const sample = 'x0example0x';

/** A route that no matrix allows: its requests are always refused. Most likely a name is misspelt. */
function notAllowed(route: Route, field: string, beside: readonly Beside[]): Problem[] {
  const [first] = beside;
  const target = matrixPlaceOf(route);
  if (first === undefined || target === undefined) return [];
  if (beside.some(({ compiled }) => permits(compiled, target))) return [];
  const names = beside.map(({ name }) => name).join(', ');
  const near = nearestIn(target, first.compiled);
  const why = beside.length === 1 ? `: ${explain(first.compiled, target)}` : '';
  const orKeep = 'or keep the route where the refusal is meant';
  return [
    {
      field,
      value: printable(`${target.action} in ${placeName(target)}`),
      rule: `should be allowed by ${names}, and is refused whenever it is asked for${why}`,
      fix:
        near === undefined ? `correct the names, ${orKeep}` : `write "${near}" if that is meant, ${orKeep}`,
    },
  ];
}

/** The module, sub-module or action of the matrix that is nearest to the first one that it does not know. */
function nearestIn(
  { module, subModule, action }: Target,
  { modules, actions }: CompiledMatrix,
): string | undefined {
  const rows = modules.get(module);
  if (rows === undefined) return nearestName(module, [...modules.keys()]);
  if (subModule !== undefined && !rows.subModules.has(subModule))
    return nearestName(subModule, [...rows.subModules.keys()]);
  return actions.has(action) ? undefined : nearestName(action, [...actions.keys()]);
}

function notReached(routes: readonly Route[], { name, compiled }: Beside): Problem[] {
  return dividedByRoutes(
    permitted(compiled),
    routes.flatMap((route) => matrixPlaceOf(route) ?? []),
  ).unreached.map(({ actions, ...place }) => ({
    field: `matrix ${name}`,
    value: printable(placeName(place)),
    rule: `should be reached by a route, and none leads to ${printable(actions.join(', '), 200)} there`,
    fix: 'add a route for each, or leave them where the application has no such page',
  }));
}
