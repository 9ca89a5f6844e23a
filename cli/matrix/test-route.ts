/** Says what one request means to an application: which route, module and action, and whether matrices allow it. */
import { compileMatrix, explain, permits } from '../../crds/rules/matrix/matrix.ts';
import { isProblem, printable, problemLine } from '../../crds/rules/problem.ts';
import { type CanonicalTarget, canonicalPath, targetInUrl } from '../../crds/rules/request/canonical-path.ts';
import { meaningOf, whyNoMeaning } from '../../crds/rules/request/meaning.ts';
import type { PathForm } from '../../crds/rules/request/path-forms.ts';
import type { Route } from '../../crds/rules/request/route-search.ts';
import { compileRoutes, type RouteTable } from '../../crds/rules/request/routes.ts';
import {
  CannotTell,
  type CommandInput,
  type ExitCode,
  exitCodes,
  type Terminal,
  UsageError,
} from '../command.ts';
import { labelled, usualWidth } from '../output/fitted.ts';
import { formatOf, printData } from '../output/print-object.ts';
import { placeName } from './matrix-cells.ts';
import { type MatrixBeside, type ReadApplication, readApplication } from './read-application.ts';

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];

interface AskedRequest extends CanonicalTarget {
  readonly method: string;
  readonly contentType: string | undefined;
}

interface Answer {
  readonly request: string;
  readonly application: string;
  readonly route: Route | undefined;
  /** Why there is none. */
  readonly why: readonly string[];
  readonly matrices: readonly { readonly name: string; readonly allowed: boolean; readonly why: string }[];
}

/** `routes test`. Exit 0: it means something that every matrix beside it allows; 1: it would be refused. */
export async function testRoute(input: CommandInput, terminal: Terminal): Promise<ExitCode> {
  const format = formatOf(input);
  const contentType = input.option('contentType');
  const typed = { ...typedRequest(input.arguments), contentType };
  const read = await readApplication(input.arguments[2], { input, terminal, host: typed.host });
  const answer = answerTo(typed, read);
  if (format === 'json' || format === 'yaml') await printData(answer, format, terminal);
  else await terminal.out(shown(answer, terminal.columns ?? usualWidth));
  const { route, matrices } = answer;
  return route !== undefined && matrices.every(({ allowed }) => allowed) ? exitCodes.good : exitCodes.bad;
}

interface TypedRequest {
  readonly method: string;
  readonly target: string;
  /** Of a whole URL. */
  readonly host: string | undefined;
  readonly contentType: string | undefined;
}

function typedRequest([typed = '', url = '']: readonly string[]): Omit<TypedRequest, 'contentType'> {
  const method = typed.toUpperCase();
  if (!methods.includes(method))
    throw new UsageError(`the method must be one of ${methods.join(', ')}, not "${printable(typed)}"`);
  if (url.startsWith('/')) return { method, target: url, host: undefined };
  const target = targetInUrl(url);
  if (target !== undefined) return { method, target, host: new URL(url).hostname };
  throw new UsageError(`the address must be a path such as /jobs/7 or a whole URL, not "${printable(url)}"`);
}

function answerTo(
  { method, target, contentType }: TypedRequest,
  { from, application, problems, matrices }: ReadApplication,
): Answer {
  const [problem] = problems;
  if (application === undefined) {
    const why = problem === undefined ? '' : `: ${problemLine(problem)}`;
    throw new CannotTell(
      `the routes of ${from} cannot be read${why}; see all that is wrong with kubectl support-access routes lint`,
    );
  }
  const about = { request: `${method} ${printable(target, 200)}`, application: from };
  const canonical = canonicalPath(target, application.spec.pathForms ?? []);
  if (isProblem(canonical)) {
    const why = [`The address ${canonical.rule}: ${canonical.fix}.`];
    return { ...about, route: undefined, why, matrices: [] };
  }

  const table = compileRoutes(application.spec.routes);
  const request = { method, ...canonical, contentType };
  const allowed = application.spec.pathForms ?? [];
  const route = meaningOf(table, request, allowed);
  if (route === undefined) return { ...about, route, why: whyNone(table, request, allowed), matrices: [] };
  return { ...about, route, why: [], matrices: matrices.map((matrix) => judged(matrix, route)) };
}

/** What the person would read, what is said to the customer beside it, and what the same path means by other methods. */
function whyNone(table: RouteTable, asked: AskedRequest, allowed: readonly PathForm[]): string[] {
  const { method, path, ...beside } = asked;
  const detail = whyNoMeaning(table, asked, allowed);
  const others = methods.filter((each) => each !== method && table.find(each, path, beside) !== undefined);
  return [
    'The application does not say what this request means, so it is refused.',
    ...(detail === undefined ? [] : [detail]),
    ...(others.length === 0 ? [] : [`The same address has a route for ${others.join(', ')}.`]),
  ];
}

/** All that the application may take the request for must be allowed. */
function judged({ name, spec }: MatrixBeside, route: Route): Answer['matrices'][number] {
  const compiled = compileMatrix(spec);
  const meanings = [route, ...(route.also ?? [])].filter(({ isStatic }) => isStatic !== true);
  const refused = meanings.find((each) => !permits(compiled, each));
  const [first] = meanings;
  const why =
    first === undefined ? 'no matrix is asked about a Static route' : explain(compiled, refused ?? first);
  return { name, allowed: refused === undefined, why };
}

function shown({ request, application, route, why, matrices }: Answer, width: number): string {
  const line = (label: string, ...texts: string[]): string[] => labelled(label, texts, { width, column: 13 });
  const routes = route === undefined ? [] : [route, ...(route.also ?? [])];
  const lines = [
    ...line('Request', request),
    ...line('Application', application),
    ...(route === undefined ? line('Route', 'none', ...why) : []),
    ...routes.flatMap((each, at) => [
      ...line(at === 0 ? 'Route' : 'Or as well', `${each.name} (${each.template})`),
      ...line(
        'Means',
        each.isStatic
          ? 'a file that everyone with a session may load'
          : `${each.action} in ${placeName(each)}`,
      ),
    ]),
    ...matrices.flatMap(({ name, allowed, why: says }) =>
      line('Matrix', `${name}: ${allowed ? 'yes' : 'no'}, ${says}`),
    ),
  ];
  return lines.map((each) => `${each}\n`).join('');
}
