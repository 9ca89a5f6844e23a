/**
 * Which request goes to which door? THE table of routes, by host and path, in this order; everything else on an
 * application's host is the application's, everything else on the support host is nobody's.
 */
import { serveApplication } from './application-proxy/application-door.ts';
import type { ApplicationDoorHands } from './application-proxy/passage.ts';
import { enterApplication, leaveForApplication } from './gateway/enter-door.ts';
import type { GatewayHands, Handler, Parameters } from './gateway/hands.ts';
import { home, signOut, whoami } from './gateway/session-door.ts';
import {
  beginSignIn,
  completeSignIn,
  metadata,
  refuseCredentials,
  refuseTooMany,
} from './gateway/sign-in-door.ts';
import type { Exchange } from './ports.ts';
import type { ServedHost } from './support-door/served-hosts.ts';
import { limitBody } from './support-door/slow-body.ts';

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

export interface ServerHands {
  readonly gateway: GatewayHands;
  readonly application: ApplicationDoorHands;
  readonly servedAt: (host: string) => ServedHost | undefined;
}

/** Serves one request that has passed the gate. */
export async function serve(hands: ServerHands, exchange: Exchange): Promise<void> {
  const served = hands.servedAt(exchange.host);
  const path = (exchange.request.url ?? '').split('?', 1)[0] ?? '';
  const isOurs = path === ours || path.startsWith(`${ours}/`);
  if (served?.kind === 'application' && !isOurs) {
    await serveApplication(hands.application, exchange, served.application);
  } else if (served === undefined || !isOurs) {
    hands.gateway.refuse(exchange, { status: 421, reason: 'WrongHost' });
  } else {
    const routes = served.kind === 'support' ? supportRoutes : applicationRoutes;
    await route(hands.gateway, exchange, { routes, path });
  }
}

async function route(
  hands: GatewayHands,
  exchange: Exchange,
  { routes, path }: { readonly routes: readonly Route[]; readonly path: string },
): Promise<void> {
  const { method, headers } = exchange.request;
  limitBody(exchange.request, ownBodyMs);
  if (headers.authorization !== undefined) {
    refuseCredentials(hands, exchange);
    return;
  }
  const fitting = routes.flatMap((each) => {
    const parameters = parametersOf(each.path, path);
    return parameters === undefined ? [] : [{ ...each, parameters }];
  });
  const found = fitting.find((each) => each.method === method);
  if (found?.costly && !hands.mayAsk(hands.sourceOf(exchange.origin))) refuseTooMany(hands, exchange);
  else if (found !== undefined) await found.handle(hands, exchange, found.parameters);
  else if (fitting.length > 0) hands.refuse(exchange, { status: 405, reason: 'BadRequest' });
  else hands.refuse(exchange, { status: 421, reason: 'WrongHost' });
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
