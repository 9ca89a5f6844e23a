/**
 * How does a session reach an application's host? The browser sets out there with a nonce, fetches a sealed code at the
 * support host, and exchanges it once. No host ever sees another host's cookie.
 */

import { type Reason, reasons } from '../../../crds/rules/reasons.ts';
import { canonicalPath } from '../../../crds/rules/request/canonical-path.ts';
import { originOf } from '../../../crds/rules/request/gateway-urls.ts';
import { isServedAt } from '../../../crds/rules/request/hosts.ts';
import type { Decided, World } from '../decisions/decision.ts';
import type { GatewayDeps, Handler } from '../deps.ts';
import type { Exchange } from '../listener/exchange.ts';
import { cookieNamed } from '../listener/request-cookies.ts';
import { redirect } from '../listener/responses.ts';
import { currentSession } from '../refusals/current-session.ts';
import { refuseRecorded, undecided } from '../refusals/refused.ts';
import {
  browserOf,
  clearedEnterCookie,
  enterCookieName,
  newEnterCookie,
  openCode,
  readEnterCookie,
  sealCode,
} from '../sessions/enter-code.ts';

const enterPath = '/support-access/enter';

/** Where a browser without a session sets out, on the application's host; it comes back to `path`. */
export function enterUrl(path: string): string {
  return `${enterPath}?to=${encodeURIComponent(path)}`;
}

/** GET enter on an application's host: without a code the way there, with one the way in. */
export const enterApplication: Handler = async (deps, exchange) => {
  const query = queryOf(exchange);
  const code = query.get('code');
  if (code === null) await setOut(deps, exchange, query.get('to') ?? '/');
  else await comeIn(deps, exchange, code);
};

async function setOut(deps: GatewayDeps, exchange: Exchange, to: string): Promise<void> {
  const policy = deps.policy();
  if (policy === undefined) return refuseToEnter(deps, exchange, { reason: 'StateUnavailable' });
  const { nonce, setCookie } = newEnterCookie(localPath(to));
  const query = new URLSearchParams({ host: exchange.host, browser: browserOf(nonce) });
  redirect(exchange.response, `${originOf(policy.spec.gateway)}${enterPath}?${query.toString()}`, {
    'Set-Cookie': setCookie,
  });
}

/** A path of this host's application and nothing else: no other host, no door of ours to go round in circles. */
function localPath(to: string): string {
  const isPlain = 'path' in canonicalPath(to) && !to.startsWith('/support-access/');
  return isPlain && to.length <= 2000 ? to : '/';
}

async function comeIn(deps: GatewayDeps, exchange: Exchange, sealed: string): Promise<void> {
  const { host, origin, request, response } = exchange;
  const waiting = readEnterCookie(cookieNamed(request.headers.cookie, enterCookieName));
  const code = waiting && openCode(deps.keys, sealed, { host, nonce: waiting.nonce, now: deps.now() });
  if (waiting === undefined || code === undefined)
    return refuseToEnter(deps, exchange, { reason: 'CodeInvalid' });

  if ((await deps.consume({ kind: 'enter-code', id: [code.id], until: code.until })) === 'again')
    return refuseToEnter(deps, exchange, { reason: 'CodeInvalid' });

  const { proof } = code;
  const grant = { namespace: proof.session.namespace, name: proof.grant };
  const decided = await deps.decider.decide({ entryPoint: 'session', grant, session: proof, origin });
  const { decision, world } = decided;
  if (!decision.allow) return refuseToEnter(deps, exchange, { reason: decision.reason, decided });
  if (world.session === undefined || !keepsHost(deps, world, host))
    return refuseToEnter(deps, exchange, { reason: 'ApplicationNotGranted', decided });

  redirect(response, localPath(waiting.path), {
    'Set-Cookie': [deps.sessions.cookieFor(world.session, host), clearedEnterCookie],
  });
}

/** Whether the host is the one under which the grant's very application is served. */
function keepsHost({ servedAt }: GatewayDeps, { application }: World, host: string): boolean {
  const served = servedAt(host);
  if (application === undefined || served?.kind !== 'application') return false;
  return isServedAt(application, { host, application: served.application });
}

interface NotEntered {
  readonly reason: Reason;
  readonly decided?: Decided;
}

function refuseToEnter(deps: GatewayDeps, exchange: Exchange, refused: NotEntered): Promise<void> {
  const { reason, decided = undecided(deps, exchange, reason) } = refused;
  const status = reasons[reason].status === 503 ? 503 : 403;
  const view = { status, headers: { 'Set-Cookie': clearedEnterCookie } };
  return refuseRecorded(deps, exchange, { area: 'enter', reason, decided, view });
}

/** GET enter on the support host: a code for the session that is signed in here, for its grant's application only. */
export const leaveForApplication: Handler = async (deps, exchange) => {
  const query = queryOf(exchange);
  const host = query.get('host') ?? '';
  const browser = query.get('browser') ?? '';
  const current = await currentSession(deps, exchange);
  if (current === undefined) return;
  const policy = deps.policy();
  const { decided } = current;
  if (policy === undefined || !keepsHost(deps, decided.world, host) || browser === '')
    return refuseToEnter(deps, exchange, { reason: 'ApplicationNotGranted', decided });

  const code = sealCode(deps.keys, { proof: current.proof, host, browser }, deps.now());
  const origin = originOf({ ...policy.spec.gateway, host });
  redirect(exchange.response, `${origin}${enterPath}?code=${code}`);
};

function queryOf({ request }: Exchange): URLSearchParams {
  const url = request.url ?? '';
  const mark = url.indexOf('?');
  return new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1));
}
