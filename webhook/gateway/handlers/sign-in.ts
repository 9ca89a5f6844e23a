/**
 * How does a person come in? The sign-in page asks the decider before anybody is sent to the identity provider, and
 * twice more before a cookie is set: when it is known who it is, and after the session was written (EC-9).
 */
import { reasons } from '../../../crds/rules/reasons.ts';
import { signInUrlOf } from '../../../crds/rules/request/gateway-urls.ts';
import type { NamespacedName } from '../../../kube/objects.ts';
import { spMetadata } from '../../../saml/request/sp-metadata.ts';
import { readTrust } from '../../../saml/trust/trust.ts';
import type { Decided } from '../decisions/decision.ts';
import type { GatewayDeps, Handler } from '../deps.ts';
import type { Exchange } from '../listener/exchange.ts';
import { redirect, send } from '../listener/responses.ts';
import {
  type FailedSignIn,
  failedSignIn,
  sessionAuthorized,
  signInSucceeded,
} from '../records/sign-in-records.ts';
import { toldReasonOf } from '../refusals/sign-in-refusal.ts';
import { clearAuthnRequestCookie } from '../sign-in/authn-request-state.ts';
import type { CompletedSignIn, VerifiedSignIn } from '../sign-in/sign-in.ts';

export const homePath = '/support-access/';

/** GET sign-in/{namespace}/{grant}: sends the browser to the identity provider, if anybody may sign in here now. */
export const beginSignIn: Handler = async (deps, exchange, { namespace = '', grant: name = '' }) => {
  const grant = { namespace, name };
  const decided = await deps.decider.decide({ entryPoint: 'anonymous', grant, origin: exchange.origin });
  if (!decided.decision.allow) {
    // An anonymous client learns nothing about grants, not even which there are.
    refuseSignIn(deps, exchange, { ...decided, ...decided.decision, grant, told: 'NotOpened' });
    return;
  }
  const { policy } = decided.world;
  if (policy === undefined) throw new Error('an allowed sign-in without a policy');

  const begun = await deps.signIn.begin(grant, policy);
  if (begun.ok) redirect(exchange.response, begun.value.redirect, { 'Set-Cookie': begun.value.setCookie });
  else refuseSignIn(deps, exchange, { ...decided, ...begun, grant });
};

/** POST saml/acs: the identity provider's response, which the browser posts. */
export const completeSignIn: Handler = async (deps, exchange) => {
  const { request, origin } = exchange;
  const { result, ...known } = await deps.signIn.complete(request, request.headers.cookie);
  if (!result.ok) {
    const circumstances = { source: deps.sourceOf(origin), now: deps.now() };
    refuseSignIn(deps, exchange, { ...circumstances, ...known, ...result });
    return;
  }
  const { grant, user, world } = result.value;
  const decided = await world.decide({ user, origin });
  if (!decided.decision.allow) {
    refuseSignIn(deps, exchange, { ...decided, ...known, ...decided.decision, grant, user });
    return;
  }
  await openSession(deps, exchange, { signIn: result.value, decided, details: known.details });
};

interface Opening {
  readonly signIn: VerifiedSignIn;
  readonly decided: Decided;
  readonly details: CompletedSignIn['details'];
}

async function openSession(deps: GatewayDeps, exchange: Exchange, opening: Opening): Promise<void> {
  const { signIn, decided, details } = opening;
  const { grant, policy, user } = decided.world;
  if (grant === undefined || policy === undefined || user === undefined)
    throw new Error('an allowed sign-in without its grant or person');

  const { notOnOrAfter } = signIn;
  const person = {
    grant,
    user,
    boundAddress: decided.source.ip,
    ...(notOnOrAfter === undefined ? {} : { notOnOrAfter }),
  };
  const session = await deps.sessions.create(person, policy);
  const { namespace = '', name } = session.metadata;
  try {
    await deps.trail.append([sessionAuthorized(session, decided, user)]);
    // If the grant was disabled after the first decision, either its controller saw the session, or this decision sees it.
    const again = await deps.decider.decide({
      entryPoint: 'session',
      grant: signIn.grant,
      origin: exchange.origin,
      session: { session: { namespace, name }, grant: grant.metadata.name, nonce: session.spec.nonce },
    });
    if (!again.decision.allow) {
      await deps.sessions.end(session, { reason: again.decision.reason });
      refuseSignIn(deps, exchange, { ...again, ...again.decision, grant: signIn.grant, user });
      return;
    }
    await deps.trail.append([signInSucceeded(session, again, { user, details })]);
  } catch (error) {
    // Recording failed or its result is unknown. The cookie was not sent, so deleting the session is enough.
    deps.onFailure('a sign-in was not recorded', error);
    await deps.sessions.end(session, { reason: 'RecordsUnavailable' });
    deps.refuse(exchange, { status: 503, reason: 'RecordsUnavailable', ...cleared });
    return;
  }
  const cookie = deps.sessions.cookieFor(session, exchange.host);
  redirect(exchange.response, homePath, { 'Set-Cookie': [cookie, clearAuthnRequestCookie] });
}

const cleared = { headers: { 'Set-Cookie': clearAuthnRequestCookie } };

/** `told` is what the person reads instead of the reason. */
type Refused = FailedSignIn & { readonly told?: string };

/** One record for the customer, a code for the person, and no way round that begins by itself. */
function refuseSignIn(deps: GatewayDeps, exchange: Exchange, refused: Refused): void {
  const { told, ...failed } = refused;
  const record = failedSignIn(failed);
  if (!deps.trail.appendInBackground([record]))
    deps.onFailure('a failed sign-in was not recorded', record.id);
  const known = toldReasonOf(refused.reason);
  const status = reasons[known].status === 503 ? 503 : 403;
  const reason = status === 503 ? 'StateUnavailable' : (told ?? known);
  const policy = deps.policy();
  const signIn =
    policy === undefined || refused.grant === undefined
      ? undefined
      : signInUrlOf(policy.spec.gateway, refused.grant);
  deps.refuse(exchange, { status, reason, ...cleared, ...(signIn === undefined ? {} : { again: signIn }) });
}

/** A password or a token was sent to one of our own paths: only SAML sign-in is accepted (CC-2, EC-1). */
export function refuseCredentials(deps: GatewayDeps, exchange: Exchange): void {
  const circumstances = { source: deps.sourceOf(exchange.origin), now: deps.now() };
  const detail = 'an Authorization header was sent; only SAML sign-in is accepted';
  refuseSignIn(deps, exchange, { ...circumstances, reason: 'SignInFailed', detail });
}

/** One address asks more often than people sign in. */
export function refuseTooMany(deps: GatewayDeps, exchange: Exchange): void {
  const reason = 'TooManyRequests';
  const record = failedSignIn({ source: deps.sourceOf(exchange.origin), now: deps.now(), reason });
  if (!deps.trail.appendInBackground([record]))
    deps.onFailure('a failed sign-in was not recorded', record.id);
  deps.refuse(exchange, { status: 429, reason, headers: { 'Retry-After': '60' } });
}

/** GET saml/metadata: what an identity provider's administrator needs to know about us. */
export const metadata: Handler = async (deps, { response }) => {
  const { policy, sp } = await deps.readServiceProvider();
  const trust = readTrust(policy.spec.sso, deps.now());
  // Asked for also before any identity provider is configured: then with what the policy's defaults say.
  const wish = trust.ok ? trust.value : { signsRequests: true, nameIDFormat: 'Unspecified' as const };
  const text = spMetadata(sp, wish);
  send(response, { status: 200, body: { type: 'application/samlmetadata+xml; charset=utf-8', text } });
};

/** The grant of a sign-in page's address, for links. */
export function signInLink(deps: GatewayDeps, grant: NamespacedName): string | undefined {
  const policy = deps.policy();
  return policy === undefined ? undefined : signInUrlOf(policy.spec.gateway, grant);
}
