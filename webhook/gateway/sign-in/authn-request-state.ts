/**
 * Is this browser the one that asked? The question waits in a sealed cookie and nowhere else, so that people who never
 * sign in cost the installation no memory and no API objects. The seal is AES-256-GCM: unreadable and unalterable.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { invalid, type SamlResult, valid } from '../../../saml/result.ts';

export interface AuthnRequestState {
  /** The ID of our AuthnRequest. */
  readonly requestId: string;
  /** What was sent as RelayState. */
  readonly nonce: string;
  readonly grant: { readonly namespace: string; readonly name: string };
  /** When the question was asked, epoch milliseconds. */
  readonly at: number;
}

export const authnRequestCookieName = '__Host-support-access-pending';
/** How long an identity provider may take; milliseconds. */
export const authnRequestLifetimeMs = 10 * 60 * 1000;
/** How far clocks of two gateways may be apart. */
const clockDistanceMs = 60 * 1000;
const ivBytes = 12;
const tagBytes = 16;
const keyBytes = 32;
const longestCookie = 2048;
const additional = Buffer.from(authnRequestCookieName);

/** SameSite=None, because the provider answers with a form that another site posts; `__Host-` binds it to this host. */
const attributes = 'Path=/; Secure; HttpOnly; SameSite=None';
export const clearAuthnRequestCookie = `${authnRequestCookieName}=; Max-Age=0; ${attributes}`;

/** A new question, unguessable in both its parts. */
export function newAuthnRequestState(grant: AuthnRequestState['grant'], now: number): AuthnRequestState {
  return {
    requestId: `_${randomBytes(20).toString('hex')}`,
    nonce: randomBytes(20).toString('base64url'),
    grant,
    at: now,
  };
}

/** The Set-Cookie value. Throws when there is no key of 32 bytes: then nobody may sign in. */
export function authnRequestCookie(pending: AuthnRequestState, keys: readonly Buffer[]): string {
  const key = keys[0];
  if (key?.length !== keyBytes) throw new TypeError('a sealing key must have 32 bytes');

  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(additional);
  const { requestId, nonce, grant, at } = pending;
  const plain = JSON.stringify([requestId, nonce, grant.namespace, grant.name, at]);
  const sealed = Buffer.concat([iv, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  const maxAge = authnRequestLifetimeMs / 1000;
  return `${authnRequestCookieName}=${sealed.toString('base64url')}; Max-Age=${maxAge}; ${attributes}`;
}

/** The question that the Cookie header carries. Keys are tried newest first, so that they can be replaced meanwhile. */
export function readAuthnRequestState(
  header: string | undefined,
  keys: readonly Buffer[],
  now: number,
): SamlResult<AuthnRequestState> {
  const [value, ...more] = cookieValues(header ?? '');
  if (value === undefined || value === '') return invalid('saml.pending_missing');

  if (more.length > 0 || value.length > longestCookie) return invalid('saml.pending_altered');

  const plain = keys
    .map((key) => opened(Buffer.from(value, 'base64url'), key))
    .find((each) => each !== undefined);
  const pending = plain === undefined ? undefined : parsed(plain);
  if (pending === undefined) return invalid('saml.pending_altered');

  const inTime = now >= pending.at - clockDistanceMs && now < pending.at + authnRequestLifetimeMs;
  return inTime ? valid(pending) : invalid('saml.pending_expired');
}

function cookieValues(header: string): readonly string[] {
  const prefix = `${authnRequestCookieName}=`;
  const cookies = header.split(';').map((cookie) => cookie.trim());
  return cookies.filter((cookie) => cookie.startsWith(prefix)).map((cookie) => cookie.slice(prefix.length));
}

function opened(sealed: Buffer, key: Buffer): string | undefined {
  if (sealed.length <= ivBytes + tagBytes || key.length !== keyBytes) return undefined;

  try {
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, ivBytes), {
      authTagLength: tagBytes,
    })
      .setAAD(additional)
      .setAuthTag(sealed.subarray(-tagBytes));
    return Buffer.concat([decipher.update(sealed.subarray(ivBytes, -tagBytes)), decipher.final()]).toString(
      'utf8',
    );
  } catch {
    return undefined;
  }
}

/** What the seal protects was written by us; another version of us may have written it differently. */
function parsed(plain: string): AuthnRequestState | undefined {
  const value: unknown = JSON.parse(plain);
  if (!Array.isArray(value) || value.length !== 5 || typeof value[4] !== 'number') return undefined;

  const [requestId, nonce, namespace, name] = value.map(String) as [string, string, string, string];
  return { requestId, nonce, grant: { namespace, name }, at: value[4] };
}
