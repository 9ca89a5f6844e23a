/**
 * Is this browser the one for which the AuthnRequest was made? What we must know of each request is kept in a sealed cookie of
 * its own and nowhere else: people who never finish a sign-in cost the installation no memory and no API objects, and two tabs
 * do not take each other's request away.
 */
import { randomBytes } from 'node:crypto';
import { invalid, type SamlResult, valid } from '../../../saml/result.ts';
import { cookiesFrom } from '../listener/request-cookies.ts';
import { openSealedText, sealText } from '../sessions/sealed-text.ts';

export interface AuthnRequestState {
  /** The ID of our AuthnRequest. */
  readonly requestId: string;
  /** What was sent as RelayState. */
  readonly nonce: string;
  readonly grant: { readonly namespace: string; readonly name: string; readonly uid?: string | undefined };
  /** When the AuthnRequest was made, epoch milliseconds. */
  readonly at: number;
}

/** What the names of these cookies begin with; the request's own part follows. */
export const authnRequestCookiePrefix = '__Host-support-access-authn-request-';
/** So many requests of one browser wait side by side; the oldest makes room. */
export const mostSideBySide = 5;
/** Longer than the request lives, so that who comes back late is led to a new one of the same grant; seconds. */
const keptForSeconds = 12 * 3600;
/** How long an identity provider may take; milliseconds. */
export const authnRequestLifetimeMs = 10 * 60 * 1000;
/** How far clocks of two gateways may be apart. */
const clockDistanceMs = 60 * 1000;

/** SameSite=None, because the response is a form that the provider's site posts; `__Host-` binds the cookie to this host. */
const attributes = 'Path=/; Secure; HttpOnly; SameSite=None';

/** The Set-Cookie value that takes away the cookie of one request, and no other's. */
export function clearedAuthnRequestCookie({ requestId }: Pick<AuthnRequestState, 'requestId'>): string {
  return cleared(nameFor(requestId));
}

function cleared(name: string): string {
  return `${name}=; Max-Age=0; ${attributes}`;
}

/** By the id, which the provider is told: the name of a cookie is no secret. */
function nameFor(requestId: string): string {
  return `${authnRequestCookiePrefix}${requestId.slice(1, 17)}`;
}

/** The state of a new AuthnRequest, whose id and RelayState cannot be guessed. */
export function newAuthnRequestState(grant: AuthnRequestState['grant'], now: number): AuthnRequestState {
  return {
    requestId: `_${randomBytes(20).toString('hex')}`,
    nonce: randomBytes(20).toString('base64url'),
    grant,
    at: now,
  };
}

/** The Set-Cookie value. Throws when there is no key of 32 bytes. */
export function authnRequestCookie(state: AuthnRequestState, keys: readonly Buffer[]): string {
  const { requestId, nonce, grant, at } = state;
  const name = nameFor(requestId);
  const text = JSON.stringify([requestId, nonce, grant.namespace, grant.name, at, grant.uid ?? '']);
  return `${name}=${sealText(keys[0], name, text)}; Max-Age=${keptForSeconds}; ${attributes}`;
}

/** A request that a cookie tells of, be it over or not. */
export interface FoundRequest {
  readonly state: AuthnRequestState;
  readonly isInTime: boolean;
}

/** The requests of a Cookie header, the newest first, and the Set-Cookie values that make room for one more. */
export interface FoundRequests {
  readonly found: readonly FoundRequest[];
  /** Whether there is any cookie of this sort, though none that we sealed. */
  readonly hasAltered: boolean;
  readonly makeRoom: readonly string[];
}

/** Keys are tried newest first, so that they can be replaced meanwhile. */
export function readAuthnRequests(
  header: string | undefined,
  keys: readonly Buffer[],
  now: number,
): FoundRequests {
  const cookies = [...cookiesFrom(header, authnRequestCookiePrefix)].filter(([, value]) => value !== '');
  const read = cookies.map(([name, value]) => ({ name, state: openedState(name, value, keys) }));
  const found = read
    .flatMap(({ state }) => (state === undefined ? [] : [{ state, isInTime: isInTime(state, now) }]))
    .sort((one, other) => other.state.at - one.state.at);
  const foreign = read.filter(({ state }) => state === undefined).map(({ name }) => name);
  const oldest = found.slice(mostSideBySide - 1).map(({ state }) => nameFor(state.requestId));
  return { found, hasAltered: foreign.length > 0, makeRoom: [...foreign, ...oldest].map(cleared) };
}

function openedState(name: string, value: string, keys: readonly Buffer[]): AuthnRequestState | undefined {
  const plain = keys.map((key) => openSealedText(key, name, value)).find((each) => each !== undefined);
  return plain === undefined ? undefined : parsed(plain);
}

function isInTime({ at }: AuthnRequestState, now: number): boolean {
  return now >= at - clockDistanceMs && now < at + authnRequestLifetimeMs;
}

/** The request whose response may be posted: the newest that is in time. Which of them it is says RelayState. */
export function readAuthnRequestState(
  header: string | undefined,
  keys: readonly Buffer[],
  now: number,
): SamlResult<AuthnRequestState> {
  const { found, hasAltered } = readAuthnRequests(header, keys, now);
  const newest = found.find((each) => each.isInTime);
  if (newest !== undefined) return valid(newest.state);
  if (found.length > 0) return invalid('saml.request_state_expired');

  return invalid(hasAltered ? 'saml.request_state_altered' : 'saml.request_state_missing');
}

/** What the seal protects was written by us; another version of us may have written it differently. */
function parsed(plain: string): AuthnRequestState | undefined {
  const value: unknown = JSON.parse(plain);
  if (!Array.isArray(value) || value.length !== 6 || typeof value[4] !== 'number') return undefined;

  const [requestId = '', nonce = '', namespace = '', name = '', , uid = ''] = value.map(String);
  return { requestId, nonce, grant: { namespace, name, ...(uid === '' ? {} : { uid }) }, at: value[4] };
}
