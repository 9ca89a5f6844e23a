/** What is wrong with an application by itself? A route that could be read in two ways is refused, not interpreted. */
import type { SupportApplication } from '../../generated/support-application.ts';
import { isProblem, type Problem, printable } from '../problem.ts';
import { canonicalPath } from '../request/canonical-path.ts';
import { isNeverForwarded } from '../request/never-forwarded.ts';
import { placeholdersIn } from '../request/placeholders.ts';
import { routeConflicts } from '../request/routes.ts';

type Route = SupportApplication['spec']['routes'][number];

/** As the schema has it; what is encoded in a request cannot be written in a route. */
const plainSegment = /^[A-Za-z0-9._~!$&()+,=:@-]*$/;
const placeholder = /^\{[A-Za-z][A-Za-z0-9]*\}$/;

export function applicationProblems({ spec: { routes, forwardHeaders } }: SupportApplication): Problem[] {
  const single = routes.flatMap((route, at) => [
    ...meaningProblems(route, `spec.routes[${at}]`),
    ...pathProblems(route, `spec.routes[${at}].path`),
    ...recordedProblems(route, `spec.routes[${at}].recorded`),
  ]);
  const conflicts = routeConflicts(routes).map(({ method, first, second }) => ({
    field: `spec.routes[${second}]`,
    value: printable(`${method} ${routes[second]?.path ?? ''}`),
    rule: `must not mean the same requests as spec.routes[${first}]`,
    fix: 'remove one of the two, or the method from one of them, or let one demand parameters in "query" or types in "contentTypes"',
  }));
  return [...headerProblems(forwardHeaders), ...single, ...repeatedNames(routes), ...conflicts];
}

/** Its schema says so too; this is for files that were not applied yet. */
function headerProblems(lists: SupportApplication['spec']['forwardHeaders'] = {}): Problem[] {
  const rule = 'must not be a header of identity, of one hop, of framing or of the gateway itself';
  const fix = 'remove it, or have the application use another one, such as Authorization';
  return Object.entries(lists).flatMap(([side, names]) =>
    names.flatMap((name, at) =>
      isNeverForwarded(name)
        ? [{ field: `spec.forwardHeaders.${side}[${at}]`, value: printable(name), rule, fix }]
        : [],
    ),
  );
}

/** People know a route by its name. Comparing 500 names with each other costs more than the API server allows a rule. */
function repeatedNames(routes: readonly Route[]): Problem[] {
  const first = new Map<string, number>();
  return routes.flatMap(({ name }, at) => {
    const before = first.get(name);
    if (before === undefined) {
      first.set(name, at);
      return [];
    }
    const rule = `must not be the name of spec.routes[${before}] too`;
    return [{ field: `spec.routes[${at}].name`, value: printable(name), rule, fix: 'give one another name' }];
  });
}

/** What the schema says too; the plugin reads it here. */
function meaningProblems({ type, methods, module, subModule, action }: Route, field: string): Problem[] {
  if (type !== 'Static') {
    const missing = module === undefined ? 'module' : 'action';
    if (module !== undefined && action !== undefined) return [];
    const rule = 'must be given unless type is Static';
    return [{ field: `${field}.${missing}`, rule, fix: 'write for example module: Jobs and action: Read' }];
  }
  const named = module ?? subModule ?? action;
  const acting = methods.filter((method) => method !== 'GET' && method !== 'HEAD');
  return [
    ...(named === undefined
      ? []
      : [
          {
            field: `${field}.type`,
            value: 'Static',
            rule: 'must not stand beside a module, a sub-module or an action, since no matrix is asked about a Static route',
            fix: 'remove them, or remove type',
          },
        ]),
    ...(acting.length === 0
      ? []
      : [
          {
            field: `${field}.methods`,
            value: acting.join(', '),
            rule: 'must be GET and HEAD only where type is Static',
            fix: 'write [GET], or remove type',
          },
        ]),
  ];
}

function recordedProblems({ path, recorded = [] }: Route, field: string): Problem[] {
  const known = placeholdersIn(path);
  return recorded.flatMap((name, at) =>
    known.includes(name)
      ? []
      : [
          {
            field: `${field}[${at}]`,
            value: printable(name),
            rule: `must be a placeholder of ${printable(path)}`,
            fix:
              known.length === 0
                ? 'write a placeholder into the path, such as {id}, or remove it'
                : `write ${known.join(' or ')}, or remove it`,
          },
        ],
  );
}

/** A path is canonical in its static parts; `{x}` is a whole segment, `*` the whole last one. */
function pathProblems({ path }: Route, field: string): Problem[] {
  const objection = (rule: string, fix: string) => [{ field, value: printable(path), rule, fix }];
  const canonical = canonicalPath(path);
  if (isProblem(canonical)) return objection(canonical.rule, 'write the path as requests must write it');
  if (canonical.path !== (path.split('?', 1)[0] ?? ''))
    return objection('must be written in its canonical form', `write ${canonical.path}`);
  if (canonical.query !== undefined)
    return objection('must not have a query', 'name the parameters in the route\'s "query" instead');
  const segments = path.split('/').slice(1);
  const odd = segments.find((segment, at) => !isPlain(segment, at === segments.length - 1));
  if (odd !== undefined) {
    return objection(
      `must not have "${printable(odd)}" as a segment`,
      'use plain letters, "{name}" for one segment, and "*" only as the last segment',
    );
  }
  return [];
}

function isPlain(segment: string, last: boolean): boolean {
  if (/[{}]/.test(segment)) return placeholder.test(segment);
  return plainSegment.test(segment) || (last && segment === '*');
}
