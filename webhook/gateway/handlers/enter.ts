/**
 * How does a session reach an application's host? The browser sets out there with a nonce, fetches a sealed code at the
 * support host, and exchanges it once. No host ever sees another host's cookie.
 */

import type { Reason } from '../../../crds/rules/reasons.ts';
import { canonicalPath } from '../../../crds/rules/request/canonical-path.ts';
import { originOf } from '../../../crds/rules/request/gateway-urls.ts';
import { isServedAt } from '../../../crds/rules/request/hosts.ts';
import { pathForms } from '../../../crds/rules/request/path-forms.ts';
import type { Decided, Decider, ReadWorld } from '../decisions/decision.ts';
import { cookieNamed, cookieNamesWithout, cookieValues } from '../listener/request-cookies.ts';
import type { Exchange } from '../listener/request-gate.ts';
import type { ServedAt } from '../listener/served-hosts.ts';
import { enterPath, isOwnPath, type PolicySeen } from '../pages/links.ts';
import { redirect } from '../pages/responses.ts';
import { type CurrentSessionDeps, currentSession } from '../refusals/current-session.ts';
import {
  type BeforeDecision,
  decidedRefusal,
  type MayAsk,
  tooManyAsked,
  undecided,
} from '../refusals/decided-refusal.ts';
import type { Refuse } from '../refusals/refuse.ts';
import {
  browserOf,
  clearedEnterCookie,
  enterCookieName,
  newEnterCookie,
  openCode,
  readEnterCookie,
  sealCode,
} from '../sessions/enter-code.ts';
import { enteredCookieName, entering } from '../sessions/entered-application.ts';
import type { GatewayKeys } from '../sessions/keys.ts';
import { grantOf, ourCookiePrefix } from '../sessions/session-cookie.ts';
import type { SessionStore } from '../sessions/session-store.ts';
import type { Consume } from '../single-use/single-use.ts';

export interface EnterDeps extends BeforeDecision {
  readonly decider: Decider;
  readonly sessions: Pick<SessionStore, 'cookieFor'>;
  /** Seals and opens the codes. */
  readonly keys: GatewayKeys;
  readonly consume: Consume;
  readonly mayAsk: MayAsk;
  readonly servedAt: ServedAt;
  readonly policy: PolicySeen;
  readonly refuse: Refuse;
}

/** GET enter on an application's host: without a code the way there, with one the way in. */
export async function enterApplication(deps: EnterDeps, exchange: Exchange): Promise<void> {
  const query = queryOf(exchange);
  const code = query.get('code');
  if (code === null) await setOut(deps, exchange, query.get('to') ?? '/');
  else await comeIn(deps, exchange, code);
}

async function setOut(deps: EnterDeps, exchange: Exchange, to: string): Promise<void> {
  const policy = deps.policy();
  if (policy === undefined) return refuseToEnter(deps, exchange, { reason: 'StateUnavailable' });
  const { nonce, setCookie } = newEnterCookie(localPath(to));
  const query = new URLSearchParams({ host: exchange.host, browser: browserOf(nonce) });
  redirect(exchange.response, `${originOf(policy.spec.gateway)}${enterPath}?${query.toString()}`, {
    'Set-Cookie': setCookie,
  });
}

/** A path of this host's application and nothing else: no other host, and no path of ours that would redirect in a circle. */
function localPath(to: string): string {
  // In its one form, as `//other.example` is another host to a browser; whether it is served is judged when it comes.
  const read = canonicalPath(to, pathForms);
  const isPlain = 'target' in read && !isOwnPath(read.path);
  return isPlain && read.target.length <= 2000 ? read.target : '/';
}

async function comeIn(deps: EnterDeps, exchange: Exchange, sealed: string): Promise<void> {
  const { host, origin, request, response } = exchange;
  const waiting = readEnterCookie(cookieNamed(request.headers.cookie, enterCookieName));
  const code = waiting && openCode(deps.keys, sealed, { host, nonce: waiting.nonce, now: deps.now() });
  if (waiting === undefined || code === undefined)
    return refuseToEnter(deps, exchange, { reason: 'CodeInvalid' });

  // The same code again is refused by the API server only, which each try would cost a write.
  if (!deps.mayAsk(exchange, 'enter')) return deps.refuse(exchange, tooManyAsked(deps, exchange, 'enter'));
  if ((await deps.consume({ kind: 'enter-code', id: [code.id], until: code.until })) === 'again')
    return refuseToEnter(deps, exchange, { reason: 'CodeInvalid' });

  const { proof } = code;
  const grant = grantOf(proof);
  const decided = await deps.decider.decide({ entryPoint: 'session', grant, session: proof, origin });
  const { decision, world } = decided;
  if (!decision.allow) return refuseToEnter(deps, exchange, { ...decision, decided });
  const { session, application } = world;
  if (session === undefined || application === undefined || !keepsHost(deps.servedAt, world, host))
    return refuseToEnter(deps, exchange, { reason: 'ApplicationNotGranted', decided });

  const { cookie } = request.headers;
  const entered = entering(
    deps.keys,
    { host, uid: application.metadata.uid },
    { marks: cookieValues(cookie, enteredCookieName), others: cookieNamesWithout(cookie, ourCookiePrefix) },
  );
  redirect(response, localPath(waiting.path), {
    ...entered.headers,
    'Set-Cookie': [deps.sessions.cookieFor(proof, host), clearedEnterCookie, ...entered.cookies],
  });
}

/** Whether the host is the one under which the grant's very application is served. */
function keepsHost(servedAt: ServedAt, { application }: ReadWorld, host: string): boolean {
  const served = servedAt(host);
  if (application === undefined || served?.kind !== 'application') return false;
  return isServedAt(application, { host, application: served.application });
}

interface NotEntered {
  readonly reason: Reason;
  readonly detail?: string;
  readonly decided?: Decided;
}

function refuseToEnter(
  deps: BeforeDecision & Pick<EnterDeps, 'refuse'>,
  exchange: Exchange,
  { decided, ...objection }: NotEntered,
): Promise<void> {
  const refusedIn = {
    area: 'enter',
    decided: decided ?? undecided(deps, exchange, objection.reason),
  } as const;
  return deps.refuse(exchange, {
    ...decidedRefusal(exchange, refusedIn, objection),
    entering: true,
    headers: { 'Set-Cookie': clearedEnterCookie },
  });
}

export interface LeaveDeps extends CurrentSessionDeps {
  readonly keys: GatewayKeys;
  readonly servedAt: ServedAt;
  readonly policy: PolicySeen;
}

/** GET enter on the support host: a code for the session that is signed in here, for its grant's application only. */
export async function leaveForApplication(deps: LeaveDeps, exchange: Exchange): Promise<void> {
  const query = queryOf(exchange);
  const host = query.get('host') ?? '';
  const browser = query.get('browser') ?? '';
  const current = await currentSession(deps, exchange);
  if (current === undefined) return;
  const policy = deps.policy();
  const { decided } = current;
  if (policy === undefined || !keepsHost(deps.servedAt, decided.world, host) || browser === '')
    return refuseToEnter(deps, exchange, { reason: 'ApplicationNotGranted', decided });

  const code = sealCode(deps.keys, { proof: current.proof, host, browser }, deps.now());
  const origin = originOf({ ...policy.spec.gateway, host });
  redirect(exchange.response, `${origin}${enterPath}?code=${code}`);
}

function queryOf({ request }: Exchange): URLSearchParams {
  const url = request.url ?? '';
  const mark = url.indexOf('?');
  return new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1));
}
