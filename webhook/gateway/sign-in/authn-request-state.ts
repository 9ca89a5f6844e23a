/**
 * Is this browser the one for which the AuthnRequest was made? What we must know of the request is kept in a sealed cookie
 * and nowhere else, so that people who never finish a sign-in cost the installation no memory and no API objects.
 */
import { randomBytes } from 'node:crypto';
import { invalid, type SamlResult, valid } from '../../../saml/result.ts';
import { cookieValues } from '../listener/request-cookies.ts';
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

export const authnRequestCookieName = '__Host-support-access-authn-request';
/** How long an identity provider may take; milliseconds. */
export const authnRequestLifetimeMs = 10 * 60 * 1000;
/** How far clocks of two gateways may be apart. */
const clockDistanceMs = 60 * 1000;

/** SameSite=None, because the response is a form that the provider's site posts; `__Host-` binds the cookie to this host. */
const attributes = 'Path=/; Secure; HttpOnly; SameSite=None';
export const clearAuthnRequestCookie = `${authnRequestCookieName}=; Max-Age=0; ${attributes}`;

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
  const text = JSON.stringify([requestId, nonce, grant.namespace, grant.name, at, grant.uid ?? '']);
  const sealed = sealText(keys[0], authnRequestCookieName, text);
  const maxAge = authnRequestLifetimeMs / 1000;
  return `${authnRequestCookieName}=${sealed}; Max-Age=${maxAge}; ${attributes}`;
}

/** The state that the Cookie header carries. Keys are tried newest first, so that they can be replaced meanwhile. */
export function readAuthnRequestState(
  header: string | undefined,
  keys: readonly Buffer[],
  now: number,
): SamlResult<AuthnRequestState> {
  const [value, ...more] = cookieValues(header, authnRequestCookieName);
  if (value === undefined || value === '') return invalid('saml.request_state_missing');

  if (more.length > 0) return invalid('saml.request_state_altered');

  const plain = keys
    .map((key) => openSealedText(key, authnRequestCookieName, value))
    .find((each) => each !== undefined);
  const state = plain === undefined ? undefined : parsed(plain);
  if (state === undefined) return invalid('saml.request_state_altered');

  const inTime = now >= state.at - clockDistanceMs && now < state.at + authnRequestLifetimeMs;
  return inTime ? valid(state) : invalid('saml.request_state_expired');
}

/** What the seal protects was written by us; another version of us may have written it differently. */
function parsed(plain: string): AuthnRequestState | undefined {
  const value: unknown = JSON.parse(plain);
  if (!Array.isArray(value) || value.length !== 6 || typeof value[4] !== 'number') return undefined;

  const [requestId = '', nonce = '', namespace = '', name = '', , uid = ''] = value.map(String);
  return { requestId, nonce, grant: { namespace, name, ...(uid === '' ? {} : { uid }) }, at: value[4] };
}
