/**
 * How does a person get in? Asks the identity provider, and takes its answer apart in the order that the security
 * notes fix. Says who the person is and nothing more: whether they may come in is the decider's, and sessions are made
 * elsewhere.
 */
import type { SupportUser } from '../../../crds/generated/support-user.ts';
import { signInRedirect } from '../../../saml/request/authn-request.ts';
import type { ServiceProvider } from '../../../saml/request/service-provider.ts';
import { type LoggableDetails, loggableDetailsOf, shown } from '../../../saml/response/loggable-details.ts';
import { type Mismatch, matchUser } from '../../../saml/response/match-user.ts';
import { type PostedBody, readPostedResponse } from '../../../saml/response/posted-response.ts';
import { type ValidatedResponse, validateResponse } from '../../../saml/response/validate-response.ts';
import type { ValidationContext } from '../../../saml/response/validation-context.ts';
import { invalid, type SamlResult, unreadable, valid } from '../../../saml/result.ts';
import { readTrust, type SsoSettings, type Trust } from '../../../saml/trust/trust.ts';
import type { Consume } from '../single-use/single-use.ts';
import {
  type AuthnRequestState,
  authnRequestCookie,
  authnRequestLifetimeMs,
  newAuthnRequestState,
  readAuthnRequestState,
} from './authn-request-state.ts';
import { consumeResponse } from './consume-response.ts';

/** What the door needs of the world, read anew for each request. */
export interface SignInDeps {
  /** Keys of 32 bytes that seal the pending question, newest first. */
  readonly sealingKeys: () => readonly Buffer[];
  /** `spec.sso` of the policy as it is now, and who we are under that policy. */
  readonly readParties: () => Promise<Parties>;
  /** The support users whom a grant names and who exist. */
  readonly usersOf: (grant: AuthnRequestState['grant']) => Promise<readonly SupportUser[]>;
  readonly consume: Consume;
  readonly now: () => number;
}

export interface Parties {
  readonly sso: SsoSettings | undefined;
  readonly us: ServiceProvider;
}

export interface Begun {
  /** Where the browser is sent (302). */
  readonly redirect: string;
  readonly setCookie: string;
}

export interface VerifiedSignIn {
  readonly grant: AuthnRequestState['grant'];
  readonly user: SupportUser;
  /** The end of the provider's session, which ours must not outlive; epoch milliseconds. */
  readonly notOnOrAfter?: number;
}

/** What came of an answer; the facts are fit for records in either case. */
export interface Completed {
  readonly outcome: SamlResult<VerifiedSignIn>;
  /** Known as soon as the cookie was ours: where the person wanted to go. */
  readonly grant?: AuthnRequestState['grant'];
  readonly facts: LoggableDetails;
  /** Both sides of a mismatch (EC-16). */
  readonly sso?: Mismatch;
}

export interface SignIn {
  /** The question to the identity provider, bound to this browser. */
  begin(grant: AuthnRequestState['grant']): Promise<SamlResult<Begun>>;
  /** The answer of the identity provider. The caller clears the pending cookie whatever comes of it. */
  complete(request: PostedBody, cookieHeader: string | undefined): Promise<Completed>;
}

/** Puts the door together. */
export function createSignIn(deps: SignInDeps): SignIn {
  return {
    async begin(grant) {
      const now = deps.now();
      const read = await readTrusted(deps, now);
      return read.ok ? begun({ ...read.value, deps, grant }) : read;
    },
    complete: (request, cookieHeader) => complete(deps, request, cookieHeader),
  };
}

interface Beginning {
  readonly us: ServiceProvider;
  readonly trust: Trust;
  readonly deps: SignInDeps;
  readonly grant: AuthnRequestState['grant'];
}

function begun({ us, trust, deps, grant }: Beginning): SamlResult<Begun> {
  if (trust.signsRequests && us.keys.length === 0) return invalid('saml.request_key_missing');

  const now = deps.now();
  const pending = newAuthnRequestState(grant, now);
  const request = { id: pending.requestId, relayState: pending.nonce, now };
  return valid({
    redirect: signInRedirect(us, trust, request),
    setCookie: authnRequestCookie(pending, deps.sealingKeys()),
  });
}

/** The cookie is looked at first: it costs one decryption, and whoever has none costs us no XML. */
async function complete(
  deps: SignInDeps,
  request: PostedBody,
  cookieHeader: string | undefined,
): Promise<Completed> {
  const pending = readAuthnRequestState(cookieHeader, deps.sealingKeys(), deps.now());
  if (!pending.ok) return { outcome: pending, facts: {} };

  const known = { grant: pending.value.grant, facts: shown({ requestId: pending.value.requestId }) };
  const posted = await readPostedResponse(request);
  if (!posted.ok) return { outcome: posted, ...known };

  if (posted.value.relayState !== pending.value.nonce)
    return { outcome: invalid('saml.relay_state_mismatch'), ...known };

  const now = deps.now();
  const read = await readTrusted(deps, now);
  if (!read.ok) return { outcome: read, ...known };

  const expected = expectationOf({ ...read.value, pending: pending.value, now });
  const answer = validateResponse(posted.value.xml, read.value.trust.certificates, expected);
  if (!answer.ok) return { outcome: answer, ...known };

  const facts = { ...known.facts, ...loggableDetailsOf(answer.value, expected.issuer) };
  return admit({ deps, pending: pending.value, answer: answer.value, expected, facts });
}

interface Admission {
  readonly deps: SignInDeps;
  readonly pending: AuthnRequestState;
  readonly answer: ValidatedResponse;
  readonly expected: ValidationContext;
  readonly facts: LoggableDetails;
}

/** Matching comes before consuming, so that only answers of people on file leave objects in the cluster. */
async function admit({ deps, pending, answer, expected, facts }: Admission): Promise<Completed> {
  const { grant } = pending;
  const users = await reading(() => deps.usersOf(grant));
  if (!users.ok) return { outcome: users, grant, facts };

  const match = matchUser(answer.profile, users.value, expected.attributes);
  if (!match.ok) {
    const { sso, ...outcome } = match;
    return { outcome, grant, facts, sso };
  }
  const consumed = await consume(deps, { pending, answer, expected });
  const { sessionNotOnOrAfter } = answer.profile.authentication;
  const person: VerifiedSignIn = {
    grant,
    user: match.user,
    ...(sessionNotOnOrAfter === undefined ? {} : { notOnOrAfter: sessionNotOnOrAfter }),
  };
  return { outcome: consumed.ok ? valid(person) : consumed, grant, facts };
}

/** Remembered as long as either the assertion or the cookie could still be presented. */
function consume(
  deps: SignInDeps,
  { pending, answer, expected }: Pick<Admission, 'pending' | 'answer' | 'expected'>,
): Promise<SamlResult<undefined>> {
  const cookieEnds = pending.at + authnRequestLifetimeMs + expected.skewMs;
  return consumeResponse(deps.consume, {
    requestId: pending.requestId,
    issuer: expected.issuer,
    assertionId: answer.profile.assertionId,
    until: Math.max(answer.profile.usableUntil, cookieEnds),
  });
}

interface Trusted {
  readonly us: ServiceProvider;
  readonly trust: Trust;
}

async function readTrusted(deps: SignInDeps, now: number): Promise<SamlResult<Trusted>> {
  const parties = await reading(deps.readParties);
  if (!parties.ok) return parties;

  const { sso, us } = parties.value;
  const read = readTrust(sso, now);
  return read.ok
    ? valid({ us, trust: read.trust })
    : invalid('saml.trust_missing', read.problems.join('; ').slice(0, 1024));
}

/** Cannot read, cannot let in: an API server that is away in the middle is a refusal like any other. */
async function reading<T>(read: () => Promise<T>): Promise<SamlResult<T>> {
  try {
    return valid(await read());
  } catch (error) {
    return unreadable('saml.state_unknown', error);
  }
}

function expectationOf({
  us,
  trust,
  pending,
  now,
}: {
  readonly us: ServiceProvider;
  readonly trust: Trust;
  readonly pending: AuthnRequestState;
  readonly now: number;
}): ValidationContext {
  return {
    issuer: trust.entityID,
    audience: us.entityID,
    acsUrl: us.acsUrl,
    requestId: pending.requestId,
    requestedAt: pending.at,
    now,
    skewMs: trust.skewMs,
    forceAuthn: trust.forceAuthn,
    nameIDFormat: trust.nameIDFormat,
    authnContexts: trust.authnContexts,
    attributes: trust.attributes,
  };
}
