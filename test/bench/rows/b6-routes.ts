/** B6: what does this request mean, with 300 routes? Ours, which also asks how lenient applications read the path, against two routers. */
import findMyWay from 'find-my-way';
import { addRoute, createRouter } from 'rou3';
import { compileRouter } from 'rou3/compiler';
import { compileRoutes } from '../../../crds/rules/request/routes.ts';
import { aRoute, type RouteSpec } from '../../kit/objects/application.ts';
import { type Batch, measurePair, seeded } from '../harness.ts';
import { type Row, ratioResult } from '../row.ts';

interface Asked {
  readonly method: string;
  readonly path: string;
}

/** The name of the route, or undefined. */
type FindName = (asked: Asked) => string | undefined;

export const b6: Row = {
  id: 'b6',
  title: 'Route: method and path to their meaning, 300 routes (CPU, ratio to the peer)',
  async run(progress) {
    const routes = someRoutes();
    const asked = someRequests(routes);
    const sides = {
      ours: ours(routes),
      'find-my-way': byFindMyWay(routes),
      'rou3, compiled': byRou3(routes),
    };
    assertSameAnswers(sides, asked);
    const found = asked.filter((each) => sides.ours(each) !== undefined).length;
    progress(`${routes.length} routes; ${asked.length} requests, of which ${found} have one`);
    const mine = asking(sides.ours, asked);
    const results = [];
    for (const peer of ['find-my-way', 'rou3, compiled'] as const) {
      const measured = await measurePair({ ours: mine, peer: asking(sides[peer], asked) });
      results.push(ratioResult(`against ${peer}`, limits[peer], measured));
    }
    return results;
  },
};

/** The goal is 0.3 of either: a route is found by walking characters, which is most of what find-my-way does as well. */
const limits = { 'find-my-way': 1, 'rou3, compiled': 0.6 } as const;

/** As applications have them: lists, one object, what is done with it, and some that take the rest. */
function someRoutes(): RouteSpec[] {
  const routes = Array.from({ length: 60 }, (_, at) => {
    const base = `/${at % 3 === 0 ? 'api/v1/' : ''}module-${at}`;
    return [
      aRoute(`GET ${base}`, `Module ${at}: Read`),
      aRoute(`GET ${base}/{id}`, `Module ${at}: Read`),
      aRoute(`PUT ${base}/{id}`, `Module ${at}: Save`),
      aRoute(`POST ${base}/{id}/entries/{entry}/run`, `Module ${at}: Run`),
      aRoute(at % 5 === 0 ? `GET ${base}/files/*` : `DELETE ${base}/{id}`, `Module ${at}: Other`),
    ];
  });
  return routes.flat();
}

/** One request for each route, and as many that have none. */
function someRequests(routes: readonly RouteSpec[]): Asked[] {
  const random = seeded(6);
  const asked = routes.flatMap(({ methods: [method = 'GET'], path }) => {
    const filled = path
      .replace(/\*$/, `${random(9)}/a.txt`)
      .replaceAll(/\{\w+\}/g, () => `${random(100_000)}`);
    return [
      { method, path: filled },
      { method, path: `${filled}/unknown/${random(9)}/x/y` },
    ];
  });
  return asked.filter(({ path }) => !/\/files\/.*unknown/.test(path));
}

function ours(routes: readonly RouteSpec[]): FindName {
  const table = compileRoutes(routes);
  return ({ method, path }) => table.find(method, path)?.name;
}

const asColons = (path: string): string => path.replaceAll(/\{(\w+)\}/g, ':$1');

function byFindMyWay(routes: readonly RouteSpec[]): FindName {
  const router = findMyWay();
  for (const { name, methods, path } of routes)
    for (const method of methods) router.on(method, asColons(path), () => undefined, name);

  return ({ method, path }) => router.find(method, path)?.store as string | undefined;
}

function byRou3(routes: readonly RouteSpec[]): FindName {
  const router = createRouter();
  for (const { name, methods, path } of routes)
    for (const method of methods) addRoute(router, method, asColons(path).replace(/\*$/, '**'), name);

  const find = compileRouter(router);
  return ({ method, path }) => find(method, path)?.data as string | undefined;
}

function asking(find: FindName, asked: readonly Asked[]): Batch {
  return () => {
    let found = 0;
    for (const each of asked) if (find(each) !== undefined) found++;
    return found < 0 ? 0 : asked.length;
  };
}

function assertSameAnswers(sides: Readonly<Record<string, FindName>>, asked: readonly Asked[]): void {
  for (const each of asked) {
    const answers = Object.entries(sides).map(([name, find]) => [name, find(each)] as const);
    if (new Set(answers.map(([, answer]) => answer)).size > 1)
      throw new Error(`The sides differ about ${each.method} ${each.path}: ${JSON.stringify(answers)}`);
  }
}
