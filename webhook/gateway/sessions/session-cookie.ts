/**
 * What does a browser carry, and what does it prove? One `__Host-` cookie per host with the session's secret, sealed for
 * that host by the gateway's key: a cookie of another host or gateway does not open. The secret is random and lies nowhere
 * else, so that who reads the key and every object still cannot make the cookie of a live session. It reads no objects.
 */

import { randomBytes } from 'node:crypto';
import type { NamespacedName } from '../../../kube/objects.ts';
import { cookieNamesWithout, cookiePairs } from '../listener/request-cookies.ts';
import type { GatewayKeys } from './keys.ts';
import { openWithAny, sealText } from './sealed-text.ts';

/** What a genuine cookie says, before anything is read. It opens nothing by itself. */
export interface SessionProof {
  readonly session: NamespacedName;
  /** The grant's name; its namespace is the session's. */
  readonly grant: string;
  /** 256 random bits, base64url. The session's object holds its hash alone. */
  readonly secret: string;
}

/** A secret for a new session. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** `__Host-`: this origin only, whole path, Secure; a sibling host cannot set it (RFC 6265bis). */
export const sessionCookieName = '__Host-support-access';
/** Every cookie whose name begins so is ours: never sent upstream, never taken from an application's response. */
export const ourCookiePrefix = '__host-support-access';
/** Cookies that stand beside those of an application, and say for which session it set them. */
export const besideCookiePrefix = `${sessionCookieName}-of-`;

/** The grant under which a session was made. */
export function grantOf({ session, grant }: SessionProof): NamespacedName {
  return { namespace: session.namespace, name: grant };
}

const version = 'v2';

/** The cookie's value for one host. */
export function cookieValue(keys: GatewayKeys, proof: SessionProof, host: string): string {
  const { session, grant, secret } = proof;
  const sealed = sealText(keys.keyFor('session-cookie'), purposeOn(host, proof), secret);
  const words = [version, session.namespace, session.name, Buffer.from(grant).toString('base64url'), sealed];
  return words.join('.');
}

/** The Set-Cookie header that opens a session on one host. It ends with the browser; the session ends by itself. */
export function setCookie(keys: GatewayKeys, proof: SessionProof, host: string): string {
  return `${sessionCookieName}=${cookieValue(keys, proof, host)}; Path=/; Secure; HttpOnly; SameSite=Lax`;
}

/** The Set-Cookie header that removes it. */
const clearedCookie = `${sessionCookieName}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0`;

/** So many cookies of an application are cleared at most; browsers keep no more for a host. */
const mostCleared = 180;

/**
 * The Set-Cookie headers for the end of a session on one host: its own cookie, and what the application left in this
 * request. By name and never by Clear-Site-Data, which would clear those of all hosts of the domain: it signs people out of
 * what has nothing to do with us.
 */
export function clearedCookies(header: string | undefined): readonly string[] {
  const beside = cookiePairs(header).map((pair) => pair.split('=', 1)[0] ?? '');
  const names = [
    ...cookieNamesWithout(header, ourCookiePrefix),
    ...beside.filter((name) => name.startsWith(besideCookiePrefix)),
  ];
  const others = names.slice(0, mostCleared).map((name) => `${name}=; Path=/; Secure; Max-Age=0`);
  return [clearedCookie, ...others];
}

// version . namespace . session . grant in base64url . the sealed secret in base64url
const shape = /^v2\.([a-z0-9-]{1,63})\.([a-z0-9-]{1,63})\.([\w-]{1,340})\.([\w-]{1,200})$/;

/** What a cookie's value proves on this host, or undefined. */
export function readCookie(keys: GatewayKeys, value: string, host: string): SessionProof | undefined {
  const [, namespace, name, encoded, sealed] = shape.exec(value) ?? [];
  if (!namespace || !name || !encoded || !sealed) return undefined;
  const grant = Buffer.from(encoded, 'base64url').toString('utf8');
  // Base64 has several spellings of the same bytes; only the one that we write is ours.
  if (Buffer.from(grant).toString('base64url') !== encoded) return undefined;
  const named = { session: { namespace, name }, grant };
  const secret = openWithAny(keys.keysFor('session-cookie'), purposeOn(host, named), sealed);
  return secret === undefined ? undefined : { ...named, secret };
}

/** All that the cookie says is under its seal; the host too: an application that sees its own cannot use it at its neighbour. */
function purposeOn(host: string, { session, grant }: Omit<SessionProof, 'secret'>): string {
  return JSON.stringify(['session-cookie', host, session.namespace, session.name, grant]);
}
