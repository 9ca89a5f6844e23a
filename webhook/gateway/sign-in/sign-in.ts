/**
 * How does a person sign in? Sends the browser to the identity provider, and validates the SAML response that comes back.
 * Says who the person is and nothing more: whether they may sign in is decided elsewhere, and so are sessions made.
 */
import { LRUCache } from 'lru-cache';
import type { SupportAccessPolicy } from '../../../crds/generated/support-access-policy.ts';
import type { SupportUser } from '../../../crds/generated/support-user.ts';
import { acsUrlOf, entityIdOf } from '../../../crds/rules/request/gateway-urls.ts';
import type { NamespacedName } from '../../../kube/objects.ts';
import { signInRedirect } from '../../../saml/request/authn-request.ts';
import type { ServiceProviderKey } from '../../../saml/request/service-provider.ts';
import {
  type LoggableDetails,
  loggableDetails,
  loggableDetailsOf,
} from '../../../saml/response/loggable-details.ts';
import { type Mismatch, matchUser } from '../../../saml/response/match-user.ts';
import { type PostedBody, readPostedResponse } from '../../../saml/response/posted-response.ts';
import { type ValidatedResponse, validateResponse } from '../../../saml/response/validate-response.ts';
import type { ValidationContext } from '../../../saml/response/validation-context.ts';
import { invalid, type SamlResult, valid } from '../../../saml/result.ts';
import type { SignInWorld } from '../decisions/decision.ts';
import type { Consume } from '../single-use/single-use.ts';
import {
  type AuthnRequestState,
  authnRequestCookie,
  authnRequestLifetimeMs,
  clearedAuthnRequestCookie,
  type FoundRequests,
  newAuthnRequestState,
  readAuthnRequestState,
  readAuthnRequests,
} from './authn-request-state.ts';
import { consumeResponse } from './consume-response.ts';
import { orUnknown, readExpected, trustOf } from './expected-response.ts';

export interface SignInDeps {
  /** Keys of 32 bytes that seal the AuthnRequest's state, newest first. */
  readonly sealingKeys: () => readonly Buffer[];
  /** The service provider's own keys as they are now. */
  readonly readKeys: () => Promise<readonly ServiceProviderKey[]>;
  readonly readWorld: (grant: NamespacedName) => SignInWorld;
  readonly consume: Consume;
  readonly now: () => number;
}

export interface BegunSignIn {
  /** Where the browser is sent (302). */
  readonly redirect: string;
  readonly setCookie: string;
  /** Set-Cookie values that take away the oldest requests of this browser, where too many wait side by side. */
  readonly makeRoom: readonly string[];
}

export interface VerifiedSignIn {
  readonly grant: AuthnRequestState['grant'];
  /** Of the people whom the grant names, the one whom the identity provider vouches for. */
  readonly user: SupportUser;
  /** The world in which the person was found; whether they may sign in is to be decided in this very world. */
  readonly world: SignInWorld;
  /** The end of the provider's session, which ours must not outlive; epoch milliseconds. */
  readonly notOnOrAfter?: number;
}

/** What came of a SAML response. The details are fit for records in either case. */
export interface CompletedSignIn {
  readonly result: SamlResult<VerifiedSignIn>;
  /** Known as soon as the cookie was ours: where the person wanted to go. */
  readonly grant?: AuthnRequestState['grant'];
  /** The Set-Cookie value that takes away the request that this was the response to, and no other. */
  readonly clear?: string;
  readonly details: LoggableDetails;
  /** Both sides of a mismatch (EC-16). */
  readonly mismatch?: Mismatch;
  /** What a valid response said of its person, where there was no person on file to compare it with. */
  readonly received?: Mismatch['received'];
  /** Who it would have been, but for letter case or blanks. */
  readonly near?: SupportUser;
  /** The person on file for whom the provider vouched, though the sign-in failed. */
  readonly user?: SupportUser;
}

export interface SignIn {
  /** The AuthnRequest to the identity provider, bound to this browser. The policy must be read for this request. */
  begin(
    grant: AuthnRequestState['grant'],
    policy: SupportAccessPolicy,
    cookieHeader?: string,
  ): Promise<SamlResult<BegunSignIn>>;
  /** The identity provider's response. The caller sends on what clears the cookie of its AuthnRequest, whatever comes of it. */
  complete(request: PostedBody, cookieHeader: string | undefined): Promise<CompletedSignIn>;
}

/** AuthnRequests whose responses named no person on file: such a response leaves no object that tells of its use. */
const mostAnswered = 10_000;

interface CompletingDeps extends SignInDeps {
  readonly answered: LRUCache<string, true>;
}

/** The sign-in of one process. */
export function createSignIn(given: SignInDeps): SignIn {
  const answered = new LRUCache<string, true>({ max: mostAnswered, ttl: authnRequestLifetimeMs });
  const deps = { ...given, answered };
  return {
    begin: (grant, policy, cookieHeader) => begin(deps, grant, { policy, cookieHeader }),
    complete: (request, cookieHeader) => complete(deps, request, cookieHeader),
  };
}

async function begin(
  deps: SignInDeps,
  grant: AuthnRequestState['grant'],
  { policy: { spec }, cookieHeader }: { policy: SupportAccessPolicy; cookieHeader: string | undefined },
): Promise<SamlResult<BegunSignIn>> {
  const now = deps.now();
  const trust = trustOf(spec.sso, now);
  if (!trust.ok) return trust;

  const keys = await orUnknown(deps.readKeys);
  if (!keys.ok) return keys;

  if (trust.value.signsRequests && keys.value.length === 0) return invalid('saml.request_key_missing');

  const state = newAuthnRequestState(grant, now);
  const sp = { entityID: entityIdOf(spec.gateway), acsUrl: acsUrlOf(spec.gateway), keys: keys.value };
  const request = { id: state.requestId, relayState: state.nonce, now };
  return valid({
    redirect: signInRedirect(sp, trust.value, request),
    setCookie: authnRequestCookie(state, deps.sealingKeys()),
    makeRoom: readAuthnRequests(cookieHeader, deps.sealingKeys(), now).makeRoom,
  });
}

/** The cookies come first: they cost a decryption each, and a browser without one must not make us parse XML. */
async function complete(
  deps: CompletingDeps,
  request: PostedBody,
  cookieHeader: string | undefined,
): Promise<CompletedSignIn> {
  const keys = deps.sealingKeys();
  const requests = readAuthnRequests(cookieHeader, keys, deps.now());
  const newest = requests.found[0]?.state;
  // Which request is meant is not known yet, but where the person wanted to go is: most browsers have one request alone.
  const known = newest && { grant: newest.grant, details: loggableDetails({ requestId: newest.requestId }) };
  const anyState = readAuthnRequestState(cookieHeader, keys, deps.now());
  if (!anyState.ok) return { result: anyState, details: {}, ...known };

  const posted = await readPostedResponse(request);
  if (!posted.ok) return { result: posted, details: {}, ...known };

  const { relayState, xml } = posted.value;
  const state = requestOf(relayState, requests);
  return state.ok ? answer(deps, state.value, xml) : { result: state, details: {}, ...known };
}

/** RelayState says whose response it is; without it, or with another, no request is used up. */
function requestOf(relayState: string, { found }: FoundRequests): SamlResult<AuthnRequestState> {
  const request = found.find(({ state }) => state.nonce === relayState);
  if (request === undefined) {
    const detail = relayState === '' ? 'the identity provider sent none back' : undefined;
    return invalid('saml.relay_state_mismatch', detail);
  }
  return request.isInTime ? valid(request.state) : invalid('saml.request_state_expired');
}

async function answer(deps: CompletingDeps, state: AuthnRequestState, xml: string): Promise<CompletedSignIn> {
  const { grant, requestId } = state;
  const details = loggableDetails({ requestId });
  const known = { grant, details, clear: clearedAuthnRequestCookie(state) };
  if (deps.answered.has(requestId)) return { result: invalid('saml.request_replayed'), ...known };

  const world = deps.readWorld(grant);
  const expected = await readExpected(() => world.policy(), state, deps.now);
  if (!expected.ok) return { result: expected, ...known };

  const { trust, context } = expected.value;
  const response = validateResponse(xml, trust.certificates, context);
  if (!response.ok) {
    const { evidence = {}, ...result } = response;
    return {
      ...known,
      result,
      details: { ...details, ...loggableDetails({ identityProvider: context.issuer, ...evidence }) },
    };
  }

  const more = { ...details, ...loggableDetailsOf(response.value, context.issuer) };
  const identified = await identify({ deps, state, response: response.value, context, details: more, world });
  return { ...identified, clear: known.clear };
}

interface Identification {
  readonly deps: CompletingDeps;
  readonly state: AuthnRequestState;
  readonly response: ValidatedResponse;
  readonly context: ValidationContext;
  readonly details: LoggableDetails;
  readonly world: SignInWorld;
}

/** Matching comes before consuming, so that only responses about people on file leave objects in the cluster. */
async function identify(identification: Identification): Promise<CompletedSignIn> {
  const { state, response, context, details, world } = identification;
  const { grant } = state;
  const people = await orUnknown(() => world.people());
  if (!people.ok) {
    const received = { nameID: [details['nameID'] ?? ''] };
    return { result: people, grant, details, received };
  }

  const match = matchUser(response.profile, people.value, context.attributes);
  if (!match.ok) {
    // Nothing was consumed. Else one signed response could be posted again and again, and each is evidence that is recorded.
    identification.deps.answered.set(state.requestId, true);
    const { mismatch, near, ...result } = match;
    return { result, grant, details, mismatch, ...(near && { near }) };
  }
  const consumed = await consume(identification);
  if (!consumed.ok) return { result: consumed, grant, details, user: match.value };

  const { sessionNotOnOrAfter } = response.profile.authentication;
  const person: VerifiedSignIn = {
    grant,
    user: match.value,
    world,
    ...(sessionNotOnOrAfter === undefined ? {} : { notOnOrAfter: sessionNotOnOrAfter }),
  };
  return { result: valid(person), grant, details };
}

/** Remembered as long as either the assertion or the cookie could still be presented. */
function consume({ deps, state, response, context }: Identification): Promise<SamlResult<undefined>> {
  const cookieEnds = state.at + authnRequestLifetimeMs + context.skewMs;
  return consumeResponse(deps.consume, {
    requestId: state.requestId,
    issuer: context.issuer,
    assertionId: response.profile.assertionId,
    until: Math.max(response.profile.usableUntil, cookieEnds),
  });
}
