/**
 * May this request pass the customer's own ingress? The decision of the proxy about the request that the ingress was sent,
 * recorded as the proxy's are; what passes then does not come through us, so it is neither masked nor cut. Only hops that the
 * policy trusts may ask, and nothing that a client wrote under a name of ours is believed.
 */
import { reasons } from '../../../../crds/rules/reasons.ts';
import { toldToSupport } from '../../../../crds/rules/refusal-texts.ts';
import type { Decided } from '../../decisions/decision.ts';
import { bodilessMethods } from '../../listener/gate-rules.ts';
import type { Exchange } from '../../listener/request-gate.ts';
import type { ServedApplication, ServedAt } from '../../listener/served-hosts.ts';
import { enterUrl } from '../../pages/links.ts';
import { send } from '../../pages/responses.ts';
import { watchForMethod } from '../../proxy/body-watches.ts';
import {
  type BeforeDecision,
  decidedRefusal,
  type MayJudge,
  type RequestObjection,
  tooManyAsked,
  undecided,
  withoutSession,
} from '../../refusals/decided-refusal.ts';
import { coversEveryMethod, type JudgedRequestDeps, judgedRequest } from '../../refusals/judged-request.ts';
import type { Refuse, RequestRefusal } from '../../refusals/refuse.ts';
import { ourCookiePrefix } from '../../sessions/session-cookie.ts';
import type { SessionStore } from '../../sessions/session-store.ts';
import type { Ingress } from './ingresses.ts';
import { type OriginalRequest, readOriginal } from './original-request.ts';
import { area, type PassingDeps, passRecorded, type RefuseHere } from './passing.ts';

export interface ForwardAuthDeps extends BeforeDecision, JudgedRequestDeps, PassingDeps {
  readonly sessions: Pick<SessionStore, 'proofFrom' | 'touch'>;
  readonly servedAt: ServedAt;
  /** Whether the policy trusts a peer to say whose request it has. */
  readonly isTrusted: (peer: string) => boolean;
  readonly mayJudge: MayJudge;
  readonly refuse: Refuse;
}

/** Who asks, and for which kind of route. */
export interface IngressRoute {
  readonly ingress: Ingress;
  /** What stands before the target of an ingress that asks in place. */
  readonly prefix: string;
  /** A route that no grant is behind: none of support passes there. */
  readonly isOrdinary: boolean;
}

/** Any request below /authz/. */
export async function forwardAuth(
  deps: ForwardAuthDeps,
  exchange: Exchange,
  route: IngressRoute,
): Promise<void> {
  const refuse = (refusal: RequestRefusal): Promise<void> =>
    deps.refuse(exchange, asIngress(route.ingress, refusal));
  const against = misasked(deps, exchange);
  if (against !== undefined) return refuse(odd(deps, exchange, against));
  const read = readOriginal(exchange.request, route);
  if (!read.ok) return refuse(odd(deps, exchange, { status: 400, message: read.message }));
  const original = asked(exchange, read.original);
  const served = deps.servedAt(original.host);
  if (route.isOrdinary) return ordinary(deps, original, { isOurs: served !== undefined, refuse });
  if (served?.kind !== 'application' || isOurPath(read.original.target))
    return refuse(odd(deps, original, { reason: 'WrongHost', message: notAnApplication }));
  await passOrRefuse(deps, original, { served, refuse });
}

const notAnApplication =
  'The ingress must ask here about hosts of applications alone, and route "/support-access/" of those to the gateway itself.';

/** What is wrong with who asks, before anything is read. */
function misasked(
  { isTrusted }: Pick<ForwardAuthDeps, 'isTrusted'>,
  { request, origin }: Exchange,
): Pick<RequestObjection, 'status' | 'message'> | undefined {
  if (!isTrusted(origin.peer)) {
    return {
      status: 403,
      message:
        'Only hops in spec.network.trustedHops of the policy may ask here, with "exposure: BehindProxy".',
    };
  }
  const forged = Object.keys(request.headers).find((name) => name.startsWith('x-support-'));
  if (forged === undefined) return undefined;
  return {
    status: 403,
    message: `No request may come with the header ${forged}: it is one that only the gateway's answer gives.`,
  };
}

/** A refusal of what was not decided. */
function odd(
  deps: BeforeDecision,
  exchange: Exchange,
  {
    reason = 'BadRequest',
    status,
    message,
  }: Partial<Pick<RequestObjection, 'reason' | 'status' | 'message'>>,
): RequestRefusal {
  const decided = undecided(deps, exchange, reason);
  const objection = { reason, ...(message === undefined ? {} : { message, detail: message }) };
  return decidedRefusal(
    exchange,
    { area, decided },
    status === undefined ? objection : { ...objection, status },
  );
}

/** From here on the exchange is about the request that the ingress asks about. */
function asked(exchange: Exchange, { method, target, authority, host }: OriginalRequest): Exchange {
  const { request } = exchange;
  Object.assign(request, { method, url: target });
  request.headers.host = authority;
  return { ...exchange, host };
}

function isOurPath(target: string): boolean {
  return /^\/support-access(?:[/?]|$)/.test(target);
}

/** Requests of the customer's own people pass, those of support never: neither by a cookie of another host nor by one of ours. */
async function ordinary(
  deps: ForwardAuthDeps,
  exchange: Exchange,
  { isOurs, refuse }: { readonly isOurs: boolean; readonly refuse: RefuseHere },
): Promise<void> {
  const { cookie = '' } = exchange.request.headers;
  const ofSupport = cookie.toLowerCase().includes(ourCookiePrefix);
  if (!isOurs && !ofSupport) return send(exchange.response, { status: 200 });
  const message = ofSupport
    ? 'A support session is worth something at the hosts of its applications alone, and this is none of them.'
    : 'This host is one of support access: the ingress must ask about it at the address for applications.';
  await refuse(odd(deps, exchange, { reason: 'WrongHost', message }));
}

async function passOrRefuse(
  deps: ForwardAuthDeps,
  exchange: Exchange,
  { served, refuse }: { readonly served: ServedApplication; readonly refuse: RefuseHere },
): Promise<void> {
  const proof = deps.sessions.proofFrom(exchange.request, exchange.host);
  if (proof === undefined) {
    const signIn = enterUrl(exchange.request.url ?? '/');
    return refuse(withoutSession(deps, exchange, { area, signIn }));
  }
  if (!deps.mayJudge(exchange, proof)) return refuse(tooManyAsked(deps, exchange, area));
  const judged = await judgedRequest(deps, exchange, {
    proof,
    application: served.application,
    isForwardedAsItCame: true,
  });
  const { decided, objection = unseenObjection(exchange, decided) } = judged;
  if (objection === undefined) return passRecorded(deps, exchange, { decided, proof, refuse });
  await refuse({ ...decidedRefusal(exchange, { area, decided }, objection), proof });
}

/** What the proxy would look at, and what goes by us here. */
function unseenObjection(exchange: Exchange, decided: Decided): RequestObjection | undefined {
  const { route } = decided;
  const isFile = [route, ...(route?.also ?? [])].some((each) => each?.isStatic === true);
  // No matrix was asked, and the answer, which is what a Static route is bound to, does not come here.
  const detail =
    'a Static route holds only where answers pass the gateway; behind an ingress it needs a module and an action';
  return isFile ? { reason: 'NoRoute', detail } : bodyObjection(exchange, decided);
}

/** The proxy looks into bodies for a parameter that names another method, and for assignments; here they go by us, unseen. */
function bodyObjection(
  { request: { method = '', headers } }: Exchange,
  { route, world }: Decided,
): RequestObjection | undefined {
  const hasFields =
    !bodilessMethods.includes(method) && watchForMethod(headers['content-type']) !== undefined;
  if (!hasFields) return undefined;
  const assigns = (world.application?.spec.assignmentFields ?? []).length > 0;
  const message = assigns ? mayAssign : mayNameMethod;
  if (!assigns && coversEveryMethod(route)) return undefined;
  return { reason: 'BadRequest', status: 403, detail: message, message };
}

const mayNameMethod =
  'Its body does not come here, and could name another method. The customer can say "methodParameter: Allowed" on the route, if its action covers whatever the application makes of such a body.';

const mayAssign =
  'Its body does not come here, and could assign something to a person of support. The customer can take assignmentFields away, if the application itself refuses such people by the directory.';

/** The refusal as this ingress can pass it on, with its reason in a header too. */
function asIngress({ statusOnly }: Ingress, refusal: RequestRefusal): RequestRefusal {
  const headers = { ...refusal.headers, 'X-Support-Reason': toldToSupport(refusal.reason).reason };
  if (!statusOnly) return { ...refusal, headers };
  const usual = refusal.status ?? reasons[refusal.reason].status;
  return { ...refusal, headers, status: usual === 401 ? 401 : 403, plain: true };
}
