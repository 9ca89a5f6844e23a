/**
 * Which request goes to which door? THE table of routes, by host and path, in this order; everything else on an
 * application's host is the application's, everything else on the support host is nobody's.
 */

import type { GatewayDeps, Handler, Parameters } from './deps.ts';
import type { ApplicationDeps } from './handlers/application/handler.ts';
import { serveApplication } from './handlers/application/handler.ts';
import { enterApplication, leaveForApplication } from './handlers/enter.ts';
import { home, signOut, whoami } from './handlers/session.ts';
import {
  beginSignIn,
  completeSignIn,
  metadata,
  refuseCredentials,
  refuseTooMany,
} from './handlers/sign-in.ts';
import type { Exchange } from './listener/exchange.ts';
import type { ServedHost } from './listener/served-hosts.ts';
import { limitBody } from './listener/slow-body.ts';

interface Route {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly handle: Handler;
  /** Strangers may ask for it, and it costs us questions to the API server: so often for each address. */
  readonly costly?: true;
}

/** The support host: sign-in, the person's own pages, and nothing of any application. */
const supportRoutes: readonly Route[] = [
  { method: 'GET', path: '/support-access/', handle: home },
  { method: 'GET', path: '/support-access/whoami', handle: whoami },
  { method: 'POST', path: '/support-access/sign-out', handle: signOut },
  { method: 'GET', path: '/support-access/sign-in/{namespace}/{grant}', handle: beginSignIn, costly: true },
  { method: 'POST', path: '/support-access/saml/acs', handle: completeSignIn, costly: true },
  { method: 'GET', path: '/support-access/saml/metadata', handle: metadata, costly: true },
  { method: 'GET', path: '/support-access/enter', handle: leaveForApplication },
];

/** An application's host: of ours only what its session needs. */
const applicationRoutes: readonly Route[] = [
  { method: 'GET', path: '/support-access/enter', handle: enterApplication },
  { method: 'GET', path: '/support-access/whoami', handle: whoami },
  { method: 'POST', path: '/support-access/sign-out', handle: signOut },
];

const ours = '/support-access';
/** Nobody needs longer to send what our own paths take, milliseconds. */
const ownBodyMs = 15_000;

export interface RouteDeps {
  readonly gateway: GatewayDeps;
  readonly application: ApplicationDeps;
  readonly servedAt: (host: string) => ServedHost | undefined;
}

/** Serves one request that has passed the gate. */
export async function serve(deps: RouteDeps, exchange: Exchange): Promise<void> {
  const served = deps.servedAt(exchange.host);
  const path = (exchange.request.url ?? '').split('?', 1)[0] ?? '';
  const isOurs = path === ours || path.startsWith(`${ours}/`);
  if (served?.kind === 'application' && !isOurs) {
    await serveApplication(deps.application, exchange, served.application);
  } else if (served === undefined || !isOurs) {
    deps.gateway.refuse(exchange, { status: 421, reason: 'WrongHost' });
  } else {
    const routes = served.kind === 'support' ? supportRoutes : applicationRoutes;
    await route(deps.gateway, exchange, { routes, path });
  }
}

async function route(
  deps: GatewayDeps,
  exchange: Exchange,
  { routes, path }: { readonly routes: readonly Route[]; readonly path: string },
): Promise<void> {
  const { method, headers } = exchange.request;
  limitBody(exchange.request, ownBodyMs);
  if (headers.authorization !== undefined) {
    refuseCredentials(deps, exchange);
    return;
  }
  const fitting = routes.flatMap((each) => {
    const parameters = parametersOf(each.path, path);
    return parameters === undefined ? [] : [{ ...each, parameters }];
  });
  const found = fitting.find((each) => each.method === method);
  if (found?.costly && !deps.mayAsk(deps.sourceOf(exchange.origin))) refuseTooMany(deps, exchange);
  else if (found !== undefined) await found.handle(deps, exchange, found.parameters);
  else if (fitting.length > 0) deps.refuse(exchange, { status: 405, reason: 'BadRequest' });
  else deps.refuse(exchange, { status: 421, reason: 'WrongHost' });
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
