/**
 * Which request goes to which handler? THE table of routes, by host and path, in this order. Everything else on an
 * application's host is the application's; everything else on the support host is refused.
 */

import { printable } from '../../crds/rules/problem.ts';
import { type ApplicationDeps, serveApplication } from './handlers/application/handler.ts';
import { type EnterDeps, enterApplication, type LeaveDeps, leaveForApplication } from './handlers/enter.ts';
import { type KubeDeps, kubePrefix, serveKube } from './handlers/kube/handler.ts';
import { type HomeDeps, home, type SignOutDeps, signOut, whoami } from './handlers/session.ts';
import {
  type BeginSignInDeps,
  beginSignIn,
  type CompleteSignInDeps,
  completeSignIn,
  type MetadataDeps,
  metadata,
} from './handlers/sign-in.ts';
import { limitBody } from './listener/client-limits.ts';
import type { Exchange } from './listener/request-gate.ts';
import type { ServedAt } from './listener/served-hosts.ts';
import { isOwnPath } from './pages/links.ts';
import type { MayAsk } from './refusals/decided-refusal.ts';
import type { RequestRefusal } from './refusals/refuse.ts';
import { credentialsRefusal, tooManyRefusal } from './refusals/sign-in-refusal.ts';
import type { Costly } from './sign-in/anonymous-cost.ts';

/** What the handlers of our own paths need, all together; each of them names its own part. */
type HandlerDeps = HomeDeps &
  SignOutDeps &
  EnterDeps &
  LeaveDeps &
  BeginSignInDeps &
  CompleteSignInDeps &
  MetadataDeps;

/** What stood in place of the placeholders of a route's path. */
type Parameters = Readonly<Record<string, string>>;

interface GatewayRoute {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly handle: (deps: HandlerDeps, exchange: Exchange, parameters: Parameters) => Promise<void>;
  /** Anonymous clients may request it, and it costs us requests to the API server. */
  readonly costly?: Costly;
}

/** The support host: sign-in, the person's own pages, and nothing of any application. */
export const supportRoutes: readonly GatewayRoute[] = [
  { method: 'GET', path: '/support-access/', handle: home },
  { method: 'GET', path: '/support-access/whoami', handle: whoami },
  { method: 'POST', path: '/support-access/sign-out', handle: signOut },
  {
    method: 'GET',
    path: '/support-access/sign-in/{namespace}/{grant}',
    handle: beginSignIn,
    costly: 'begin-sign-in',
  },
  { method: 'POST', path: '/support-access/saml/acs', handle: completeSignIn, costly: 'complete-sign-in' },
  { method: 'GET', path: '/support-access/saml/metadata', handle: metadata, costly: 'metadata' },
  { method: 'GET', path: '/support-access/enter', handle: leaveForApplication },
];

/** An application's host: of ours only what its session needs. */
export const applicationRoutes: readonly GatewayRoute[] = [
  { method: 'GET', path: '/support-access/enter', handle: enterApplication },
  { method: 'GET', path: '/support-access/whoami', handle: whoami },
  { method: 'POST', path: '/support-access/sign-out', handle: signOut },
];

/** Long enough to send what our own paths take, milliseconds. */
const ownBodyMs = 15_000;

export type RouteDeps = HandlerDeps &
  ApplicationDeps &
  KubeDeps & {
    readonly servedAt: ServedAt;
    readonly mayAsk: MayAsk;
  };

/** Serves one request that has passed the gate. */
export async function serve(deps: RouteDeps, exchange: Exchange): Promise<void> {
  const served = deps.servedAt(exchange.host);
  const path = (exchange.request.url ?? '').split('?', 1)[0] ?? '';
  const isOurs = isOwnPath(path);
  if (served?.kind === 'application' && !isOurs) await serveApplication(deps, exchange, served);
  else if (served === undefined || !isOurs) await deps.refuse(exchange, nothingAt(exchange, served));
  else await serveOwn(deps, exchange, { kind: served.kind, path });
}

/** What is the gateway's own on this host. */
async function serveOwn(
  deps: RouteDeps,
  exchange: Exchange,
  { kind, path }: { readonly kind: NonNullable<ReturnType<ServedAt>>['kind']; readonly path: string },
): Promise<void> {
  if (kind === 'support' && path.startsWith(kubePrefix)) return serveKube(deps, exchange);
  const routes = kind === 'support' ? supportRoutes : applicationRoutes;
  return route(deps, exchange, { routes, path });
}

async function route(
  deps: RouteDeps,
  exchange: Exchange,
  { routes, path }: { readonly routes: readonly GatewayRoute[]; readonly path: string },
): Promise<void> {
  const { method, headers } = exchange.request;
  limitBody(exchange.request, ownBodyMs);
  const circumstances = { source: deps.sourceOf(exchange.origin), now: deps.now() };
  // A proxy in front may ask for a password of its own, and browsers send it with each request: beside a session it is nothing.
  const claims =
    headers.authorization !== undefined && !deps.sessions.proofFrom(exchange.request, exchange.host);
  if (claims) return deps.refuse(exchange, credentialsRefusal(circumstances));
  const fitting = routes.flatMap((each) => {
    const parameters = parametersOf(each.path, path);
    return parameters === undefined ? [] : [{ ...each, parameters }];
  });
  const found = fitting.find((each) => each.method === method);
  if (found?.costly !== undefined && !deps.mayAsk(exchange, found.costly))
    await deps.refuse(exchange, tooManyRefusal(circumstances));
  else if (found !== undefined) await handled(deps, exchange, found);
  else if (fitting.length > 0) await deps.refuse(exchange, wrongMethod(method, fitting));
  else await deps.refuse(exchange, { reason: 'WrongHost', message: noPageAt(path) });
}

async function handled(
  deps: RouteDeps,
  exchange: Exchange,
  { method, handle, parameters }: GatewayRoute & { readonly parameters: Parameters },
): Promise<void> {
  // RFC 9110, 10.1.1: a client may wait for it before it sends what the page reads.
  if (method === 'POST' && exchange.request.headers.expect !== undefined) exchange.response.writeContinue();
  await handle(deps, exchange, parameters);
}

/** No host of ours, or a path of the support host that belongs to no application. */
function nothingAt({ request, host }: Exchange, served: ReturnType<ServedAt>): RequestRefusal {
  const path = (request.url ?? '').split('?', 1)[0] ?? '';
  const message = served === undefined ? hostNotServed(host) : noPageAt(path);
  return { reason: 'WrongHost', message };
}

function noPageAt(path: string): string {
  return `There is no page at "${printable(path)}": it must be one that a page of support access leads to.`;
}

function hostNotServed(host: string): string {
  return `The host must be the support host or that of an application, and is "${printable(host)}".`;
}

function wrongMethod(method: string | undefined, fitting: readonly GatewayRoute[]): RequestRefusal {
  const allowed = fitting.map((each) => each.method).join(', ');
  const message = `This page must be asked for with ${allowed}, and the request has ${method ?? 'no method'}.`;
  return { reason: 'BadRequest', status: 405, message, headers: { Allow: allowed } };
}

/** What stands in place of `{placeholders}`, names of Kubernetes objects only; undefined when the path is another one. */
function parametersOf(template: string, path: string): Parameters | undefined {
  const [wanted, given] = [template.split('/'), path.split('/')];
  if (wanted.length !== given.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [at, segment] of wanted.entries()) {
    const value = given[at] ?? '';
    if (!segment.startsWith('{')) {
      if (segment !== value) return undefined;
    } else if (/^[a-z0-9][a-z0-9.-]{0,252}$/.test(value)) {
      parameters[segment.slice(1, -1)] = value;
    } else {
      return undefined;
    }
  }
  return parameters;
}
