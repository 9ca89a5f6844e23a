/** What does a request mean to an application, by its routes and all readings of its path? One answer for gateway and plugin. */
import type { CanonicalTarget } from './canonical-path.ts';
import type { PathForm } from './path-forms.ts';
import type { Route } from './route-search.ts';
import type { BesidePath, RouteTable } from './routes.ts';

/** A request as it is looked up. */
export interface RequestRead {
  readonly method: string;
  readonly path: CanonicalTarget['path'];
  readonly query?: CanonicalTarget['query'];
  readonly contentType?: BesidePath['contentType'];
  readonly readings?: CanonicalTarget['readings'];
  readonly forms?: CanonicalTarget['forms'];
}

/**
 * The route of the path, with what its other readings mean: the request is permitted only where all of it is. None where the
 * application does not allow a form of it, or where another reading has no single meaning.
 */
export function meaningOf(
  table: RouteTable,
  { method, path, readings = [], forms = [], ...beside }: RequestRead,
  allowed: readonly PathForm[],
): Route | undefined {
  if (forms.some((form) => !allowed.includes(form))) return undefined;
  const route = table.find(method, path, beside);
  if (route === undefined) return undefined;
  const others = readings.map((reading) => ({
    found: table.find(method, reading, beside),
    isUnclear: table.explain(method, reading, beside) !== undefined,
  }));
  if (others.some(({ found, isUnclear }) => found === undefined && isUnclear)) return undefined;
  const meanings = [route, ...others.flatMap(({ found }) => found ?? [])].flatMap(withAlso);
  const also = meanings.filter(({ name }) => name !== route.name);
  return also.length === 0 ? route : { ...route, also };
}

function withAlso(route: Route): Route[] {
  return [route, ...(route.also ?? [])];
}

/** Why it means nothing; undefined where there is nothing to say but that no route is for it. */
export function whyNoMeaning(
  table: RouteTable,
  { method, path, readings = [], forms = [], ...beside }: RequestRead,
  allowed: readonly PathForm[],
): string | undefined {
  const missing = forms.find((form) => !allowed.includes(form));
  if (missing !== undefined) return `The application does not name ${missing} in spec.pathForms.`;
  const told = [path, ...readings].map((reading) => table.explain(method, reading, beside));
  return told.find((text) => text !== undefined);
}
