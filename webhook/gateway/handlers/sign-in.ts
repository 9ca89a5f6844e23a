/**
 * Signs a person in. The decider is consulted before a browser is sent to the identity provider, and
 * twice more before a cookie is set: when it is known who it is, and after the session was written (EC-9).
 */
import { defaults } from '../../../crds/defaults.ts';
import type { SupportAccessPolicy } from '../../../crds/generated/support-access-policy.ts';
import type { SupportSession } from '../../../crds/generated/support-session.ts';
import type { SamlReason } from '../../../saml/reasons.ts';
import { spMetadata } from '../../../saml/request/service-provider.ts';
import { readTrust } from '../../../saml/trust/trust.ts';
import type { Trail } from '../../../trail/trail.ts';
import type { Decided, Decider } from '../decisions/decision.ts';
import type { Exchange } from '../listener/request-gate.ts';
import { homePath } from '../pages/links.ts';
import { redirect, send } from '../pages/responses.ts';
import { sessionAuthorized, signInSucceeded } from '../records/sign-in-records.ts';
import { type BeforeDecision, whyNotRecorded } from '../refusals/decided-refusal.ts';
import type { Refuse } from '../refusals/refuse.ts';
import { signInRefusal } from '../refusals/sign-in-refusal.ts';
import { grantOf } from '../sessions/session-cookie.ts';
import type { SessionStore } from '../sessions/session-store.ts';
import type { NearMisses } from '../sign-in/near-misses.ts';
import type { ServiceProviderConfig } from '../sign-in/service-provider-config.ts';
import type { CompletedSignIn, SignIn, VerifiedSignIn } from '../sign-in/sign-in.ts';

export interface BeginSignInDeps {
  readonly decider: Decider;
  readonly signIn: Pick<SignIn, 'begin'>;
  readonly refuse: Refuse;
  /** Call it when the request came; what it returns resolves when a refusal may go out. */
  readonly evenly: () => () => Promise<void>;
}

/** GET sign-in/{namespace}/{grant}: sends the browser to the identity provider, if people of this grant may sign in now. */
export async function beginSignIn(
  deps: BeginSignInDeps,
  exchange: Exchange,
  { namespace = '', grant: name = '' }: Readonly<Record<string, string>>,
): Promise<void> {
  const grant = { namespace, name };
  const due = deps.evenly();
  const decided = await deps.decider.decide({ entryPoint: 'anonymous', grant, origin: exchange.origin });
  const named = { ...grant, uid: decided.world.grant?.metadata.uid };
  if (!decided.decision.allow) {
    // An anonymous client learns nothing about grants, not even which there are.
    await due();
    const failed = { ...decided, ...decided.decision, grant: named };
    await deps.refuse(exchange, signInRefusal(failed, 'NotOpened'));
    return;
  }
  const { policy } = decided.world;
  if (policy === undefined) throw new Error('an allowed sign-in without a policy');

  const begun = await deps.signIn.begin(named, policy, exchange.request.headers.cookie);
  if (!begun.ok) {
    await deps.refuse(exchange, signInRefusal({ ...decided, ...begun, grant: named }));
    return;
  }
  const { redirect: location, setCookie, makeRoom } = begun.value;
  redirect(exchange.response, location, { 'Set-Cookie': [...makeRoom, setCookie] });
}

export interface CompleteSignInDeps extends BeforeDecision {
  readonly decider: Decider;
  readonly signIn: Pick<SignIn, 'complete'>;
  readonly sessions: Pick<SessionStore, 'create' | 'cookieFor' | 'end' | 'isOf' | 'mark'>;
  readonly trail: Pick<Trail, 'append'>;
  readonly refuse: Refuse;
  /** The sessions of one person, as the watch holds them. */
  readonly sessionsOf: (userUid: string) => readonly SupportSession[];
  /** Told of whom a provider named almost, and of who is in. */
  readonly nearMisses: Pick<NearMisses, 'note' | 'forget'>;
  /** Told of each sign-in that succeeded, for metrics. */
  readonly onSignedIn: () => void;
  readonly onFailure: (what: string, error: unknown) => void;
}

/** POST saml/acs: the identity provider's response, which the browser posts. */
export async function completeSignIn(deps: CompleteSignInDeps, exchange: Exchange): Promise<void> {
  const { request, origin } = exchange;
  const { result, near, ...known } = await deps.signIn.complete(request, request.headers.cookie);
  if (near !== undefined) deps.nearMisses.note(near.metadata.name);
  if (!result.ok) {
    const circumstances = { source: deps.sourceOf(origin), now: deps.now() };
    const refusal = signInRefusal({ ...circumstances, ...known, ...result });
    const hasSession = deps.sessions.mark.readFrom(request) !== undefined;
    // Posted twice, or come back to from the history: the session that the first one began is where the person wanted to go.
    const goTo = hasSession && usedUp.has(result.reason) ? { goTo: homePath } : {};
    await deps.refuse(exchange, { ...refusal, ...goTo });
    return;
  }
  const { grant, user, world } = result.value;
  const decided = await world.decide({ user, origin });
  if (!decided.decision.allow) {
    await deps.refuse(exchange, signInRefusal({ ...decided, ...known, ...decided.decision, grant, user }));
    return;
  }
  await openSession(deps, exchange, { ...known, signIn: result.value, decided });
}

/** Why a response counts no more, whatever it says. */
const usedUp: ReadonlySet<string> = new Set<SamlReason>([
  'saml.assertion_replayed',
  'saml.relay_state_mismatch',
  'saml.request_replayed',
  'saml.request_state_altered',
  'saml.request_state_expired',
  'saml.request_state_missing',
]);

interface Opening extends Pick<CompletedSignIn, 'details' | 'clear'> {
  readonly signIn: VerifiedSignIn;
  readonly decided: Decided;
}

async function openSession(deps: CompleteSignInDeps, exchange: Exchange, opening: Opening): Promise<void> {
  const { signIn, decided, details, clear } = opening;
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
  const { session, proof } = await deps.sessions.create(person, policy);
  try {
    await deps.trail.append([sessionAuthorized(session, decided, user)]);
    // If the grant was disabled after the first decision, either its controller saw the session, or this decision sees it.
    const again = await deps.decider.decide({
      entryPoint: 'session',
      grant: signIn.grant,
      origin: exchange.origin,
      session: proof,
    });
    if (!again.decision.allow) {
      await deps.sessions.end(session, { reason: again.decision.reason });
      const failed = { ...again, ...again.decision, grant: signIn.grant, user, clear };
      await deps.refuse(exchange, signInRefusal(failed));
      return;
    }
    await deps.trail.append([signInSucceeded(session, again, { user, details })]);
  } catch (error) {
    // Recording failed or its result is unknown. The cookie was not sent, so deleting the session is enough.
    deps.onFailure('a sign-in was not recorded', error);
    const objection = whyNotRecorded(error);
    const { reason } = objection;
    await deps.sessions.end(session, { reason });
    const headers = clear === undefined ? {} : { 'Set-Cookie': clear };
    const failed = { ...decided, ...objection, grant: signIn.grant, user, clear };
    // Records that take nothing take no refusal either.
    const refusal =
      reason === 'RecordsUnavailable' ? { reason, failedSignIn: reason, headers } : signInRefusal(failed);
    await deps.refuse(exchange, refusal);
    return;
  }
  deps.onSignedIn();
  deps.nearMisses.forget(user.metadata.name);
  await endEarlier(deps, exchange);
  await endBeyondLimit(deps, policy, session);
  const { cookieFor, mark } = deps.sessions;
  const cookies = [cookieFor(proof, exchange.host), mark.for(proof), ...(clear === undefined ? [] : [clear])];
  redirect(exchange.response, homePath, { 'Set-Cookie': cookies });
}

/** The oldest sessions of the person beyond what the policy allows at once: in browsers that no one may sit at any more. */
async function endBeyondLimit(
  { sessions, sessionsOf, onFailure }: CompleteSignInDeps,
  policy: SupportAccessPolicy,
  session: SupportSession,
): Promise<void> {
  const most = policy.spec.session?.maxConcurrent ?? defaults.maxConcurrent;
  const beyond = sessionsOf(session.spec.userRef.uid)
    .filter((each) => each.metadata.uid !== session.metadata.uid)
    .toSorted((one, other) => Date.parse(other.spec.signInTime) - Date.parse(one.spec.signInTime))
    .slice(most - 1);
  const ends = beyond.map((each) => sessions.end(each, { reason: 'TooManySessions' }));
  await Promise.all(ends).catch((error: unknown) =>
    onFailure('a session beyond the limit was not ended', error),
  );
}

/** The session that this browser had: its cookie goes with the new one, and no one could end it any more. */
async function endEarlier(deps: CompleteSignInDeps, { request, origin }: Exchange): Promise<void> {
  const { sessions, decider, onFailure } = deps;
  const earlier = sessions.mark.readFrom(request);
  if (earlier === undefined) return;
  try {
    const ask = { entryPoint: 'session', grant: grantOf(earlier), session: earlier, origin } as const;
    const { world, source } = await decider.decide(ask);
    if (world.session === undefined || !sessions.isOf(earlier, world.session)) return;
    await sessions.end(world.session, { reason: 'SignedInAgain', source });
  } catch (error) {
    onFailure('the earlier session of a browser was not ended', error);
  }
}

export interface MetadataDeps {
  /** The service provider as identity providers know it, as of the last seconds. Never for decisions. */
  readonly readServiceProvider: () => Promise<ServiceProviderConfig>;
  readonly now: () => number;
}

/** GET saml/metadata: what an identity provider's administrator needs to know about the service provider. */
export async function metadata(deps: MetadataDeps, { response }: Exchange): Promise<void> {
  const { policy, sp } = await deps.readServiceProvider();
  const trust = readTrust(policy.spec.sso, deps.now());
  // Wanted also before an identity provider is configured: then with what the policy's defaults say.
  const wish = trust.ok ? trust.value : { signsRequests: true, nameIDFormat: 'Unspecified' as const };
  const text = spMetadata(sp, wish);
  send(response, { status: 200, body: { type: 'application/samlmetadata+xml; charset=utf-8', text } });
}
