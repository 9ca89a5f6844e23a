/** Which call of an application goes to which handler? THE table of the inner listener, which the internet never reaches. */
import { printable } from '../../crds/rules/problem.ts';
import {
  type ForwardAuthDeps,
  forwardAuth,
  type IngressRoute,
} from './handlers/forward-auth/forward-auth.ts';
import { ingresses } from './handlers/forward-auth/ingresses.ts';
import { type AssertionKeysDeps, jwks } from './handlers/reviews/assertion-keys.ts';
import { type DirectoryDeps, directory } from './handlers/reviews/directory.ts';
import { sendProblem } from './handlers/reviews/problem.ts';
import { type ReviewsDeps, review, reviewBatch } from './handlers/reviews/reviews.ts';
import type { Exchange } from './listener/request-gate.ts';

export type InnerDeps = ReviewsDeps & DirectoryDeps & ForwardAuthDeps & AssertionKeysDeps;

interface InnerRoute {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly handle: (deps: InnerDeps, exchange: Exchange) => Promise<void>;
}

export const innerRoutes: readonly InnerRoute[] = [
  { method: 'POST', path: '/v1/reviews', handle: review },
  { method: 'POST', path: '/v1/reviews/batch', handle: reviewBatch },
  { method: 'GET', path: '/v1/directory', handle: directory },
  { method: 'GET', path: '/v1/jwks', handle: jwks },
];

/** Below it ingresses ask about the requests of applications, and below `ordinary` about all others. */
const authz = '/authz';

/** Who asks at this address, and for which kind of route; undefined where none does. */
export function ingressRouteAt(url: string): IngressRoute | undefined {
  // Caddy leaves the query of the request behind the path that it asks at.
  const [path] = url.split('?', 1);
  for (const ingress of ingresses) {
    for (const isOrdinary of [false, true]) {
      const prefix = `${authz}${isOrdinary ? '/ordinary' : ''}/${ingress.name}`;
      if (path === prefix || (ingress.asksInPlace && url.startsWith(`${prefix}/`)))
        return { ingress, prefix, isOrdinary };
    }
  }
  return undefined;
}

/** Serves one call that has passed the gate. */
export async function serveInner(deps: InnerDeps, exchange: Exchange): Promise<void> {
  const { method, url = '' } = exchange.request;
  const route = ingressRouteAt(url);
  if (route !== undefined) return forwardAuth(deps, exchange, route);
  const fitting = innerRoutes.filter(({ path }) => path === url);
  const found = fitting.find((each) => each.method === method);
  if (found !== undefined) return found.handle(deps, exchange);
  if (fitting.length === 0) {
    const detail = `There is nothing at "${printable(url)}": the paths are ${innerRoutes.map(({ path }) => path).join(', ')} and those of docs/forward-auth.md, without a query.`;
    return sendProblem(exchange, { reason: 'NoSuchPath', detail });
  }
  const allowed = fitting.map((each) => each.method).join(', ');
  exchange.response.setHeader('Allow', allowed);
  const detail = `${url} must be called with ${allowed}, and the call has ${method ?? 'no method'}.`;
  sendProblem(exchange, { reason: 'WrongMethod', detail });
}
