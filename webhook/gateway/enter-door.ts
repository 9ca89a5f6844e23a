/**
 * How does a session reach an application's host? The browser sets out there with a nonce, fetches a sealed code at the
 * support host, and exchanges it once. No host ever sees another host's cookie.
 */
import { canonicalPath } from '../../crds/rules/canonical-path.ts';
import { originOf } from '../../crds/rules/door-urls.ts';
import type { Exchange } from '../ports.ts';
import {
  browserOf,
  clearedEnterCookie,
  enterCookieName,
  newEnterCookie,
  openCode,
  readEnterCookie,
  sealCode,
} from '../sessions/enter-code.ts';
import { cookieNamed } from '../sessions/session-cookie.ts';
import { redirect } from '../support-door/answers.ts';
import { currentSession } from './current-session.ts';
import type { GatewayHands, Handler } from './hands.ts';

const enterPath = '/support-access/enter';

/** Where a browser without a session sets out, on the application's host; it comes back to `path`. */
export function enterUrl(path: string): string {
  return `${enterPath}?to=${encodeURIComponent(path)}`;
}

/** GET enter on an application's host: without a code the way there, with one the way in. */
export const enterApplication: Handler = async (hands, exchange) => {
  const query = queryOf(exchange);
  const code = query.get('code');
  if (code === null) setOut(hands, exchange, query.get('to') ?? '/');
  else await comeIn(hands, exchange, code);
};

function setOut(hands: GatewayHands, exchange: Exchange, to: string): void {
  const policy = hands.policy();
  if (policy === undefined) {
    hands.refuse(exchange, { status: 503, reason: 'StateUnavailable' });
    return;
  }
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

async function comeIn(hands: GatewayHands, exchange: Exchange, sealed: string): Promise<void> {
  const { host, origin, request, response } = exchange;
  const waiting = readEnterCookie(cookieNamed(request.headers.cookie, enterCookieName));
  const code = waiting && openCode(hands.keys, sealed, { host, nonce: waiting.nonce, now: hands.now() });
  const refuse = (reason: string): void =>
    hands.refuse(exchange, { status: 403, reason, headers: { 'Set-Cookie': clearedEnterCookie } });
  if (waiting === undefined || code === undefined) {
    refuse('CodeInvalid');
    return;
  }
  if ((await hands.consume({ kind: 'enter-code', id: code.id, until: code.until })) === 'again') {
    refuse('CodeInvalid');
    return;
  }
  const { proof } = code;
  const grant = { namespace: proof.session.namespace, name: proof.grant };
  const decided = await hands.decider.decide({ surface: 'session', grant, session: proof, origin });
  const { session, application } = decided.world;
  if (!decided.decision.allow || session === undefined || application?.spec.host !== host) {
    refuse(decided.decision.allow ? 'ApplicationNotGranted' : decided.decision.reason);
    return;
  }
  redirect(response, localPath(waiting.path), {
    'Set-Cookie': [hands.sessions.cookieFor(session, host), clearedEnterCookie],
  });
}

/** GET enter on the support host: a code for the session that is signed in here, for its grant's application only. */
export const leaveForApplication: Handler = async (hands, exchange) => {
  const query = queryOf(exchange);
  const host = query.get('host') ?? '';
  const browser = query.get('browser') ?? '';
  const current = await currentSession(hands, exchange);
  if (current === undefined) return;
  const policy = hands.policy();
  if (policy === undefined || current.decided.world.application?.spec.host !== host || browser === '') {
    hands.refuse(exchange, { status: 403, reason: 'ApplicationNotGranted' });
    return;
  }
  const code = sealCode(hands.keys, { proof: current.proof, host, browser }, hands.now());
  const origin = originOf({ ...policy.spec.gateway, host });
  redirect(exchange.response, `${origin}${enterPath}?code=${code}`);
};

function queryOf({ request }: Exchange): URLSearchParams {
  const url = request.url ?? '';
  const mark = url.indexOf('?');
  return new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1));
}
