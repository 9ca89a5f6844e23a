/**
 * What does a browser carry, and what does it prove? One `__Host-` cookie per host whose MAC binds session, grant,
 * nonce and host to the gateway's key, so that a cookie of another host, another gateway or another session is void
 * before anything is read for it. It reads no objects.
 */

import { createHmac, timingSafeEqual } from 'node:crypto';
import type { NamespacedName } from '../../../kube/objects.ts';
import type { GatewayKeys } from './keys.ts';

/** What a genuine cookie says, before anything is read. It opens nothing by itself. */
export interface SessionProof {
  readonly session: NamespacedName;
  /** The grant's name; its namespace is the session's. */
  readonly grant: string;
  readonly nonce: string;
}

/** `__Host-`: this origin only, whole path, Secure; a sibling host cannot set it (RFC 6265bis). */
export const sessionCookieName = '__Host-support-access';
/** Every cookie whose name begins so is ours: never sent upstream, never taken from an application's response. */
export const ourCookiePrefix = '__host-support-access';

/** The grant under which a session was made. */
export function grantOf({ session, grant }: SessionProof): NamespacedName {
  return { namespace: session.namespace, name: grant };
}

const version = 'v1';

/** The 256-bit secret of one session; it is not stored, only its hash in the session's spec. */
export function sessionSecret(keys: GatewayKeys, proof: SessionProof): Buffer {
  const { session, nonce } = proof;
  const subject = JSON.stringify(['session', session.namespace, session.name, nonce]);
  return createHmac('sha256', keys.keyFor('session-secret')).update(subject).digest();
}

/** The cookie's value for one host. */
export function cookieValue(keys: GatewayKeys, proof: SessionProof, host: string): string {
  const { session, grant, nonce } = proof;
  const mac = macOf(keys, proof, host).toString('base64url');
  return [
    version,
    session.namespace,
    session.name,
    Buffer.from(grant).toString('base64url'),
    nonce,
    mac,
  ].join('.');
}

/** The Set-Cookie header that opens a session on one host. It ends with the browser; the session ends by itself. */
export function setCookie(keys: GatewayKeys, proof: SessionProof, host: string): string {
  return `${sessionCookieName}=${cookieValue(keys, proof, host)}; Path=/; Secure; HttpOnly; SameSite=Lax`;
}

/** The Set-Cookie header that removes it. */
export const clearedCookie = `${sessionCookieName}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0`;

// version . namespace . session . grant in base64url . nonce . MAC in base64url
const shape = /^v1\.([a-z0-9-]{1,63})\.([a-z0-9-]{1,63})\.([\w-]{1,340})\.([\w-]{16,128})\.[\w-]{43}$/;

/** What a cookie's value proves on this host, or undefined. Compared whole, in constant time. */
export function readCookie(keys: GatewayKeys, value: string, host: string): SessionProof | undefined {
  const [, namespace, name, grant, nonce] = shape.exec(value) ?? [];
  if (!namespace || !name || !grant || !nonce) return undefined;
  const proof = {
    session: { namespace, name },
    grant: Buffer.from(grant, 'base64url').toString('utf8'),
    nonce,
  };
  // Base64 has several spellings of the same bytes; only the one that we write is ours.
  const expected = Buffer.from(cookieValue(keys, proof, host));
  const received = Buffer.from(value);
  return received.length === expected.length && timingSafeEqual(received, expected) ? proof : undefined;
}

function macOf(keys: GatewayKeys, proof: SessionProof, host: string): Buffer {
  const secret = sessionSecret(keys, proof);
  const subject = JSON.stringify([version, proof.session.namespace, proof.session.name, proof.grant, host]);
  return createHmac('sha256', secret).update(subject).digest();
}
