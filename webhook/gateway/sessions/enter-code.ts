/**
 * How does a session get from the support host to an application's host, whose cookies the support host cannot set? By
 * a sealed code: for one session, one host, one browser (its nonce cookie), thirty seconds. Whether the code was used
 * before is not known here.
 */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import type { SessionProof } from '../ports.ts';
import type { GatewayKeys } from './keys.ts';

const liveMs = 30_000;
const codeLimit = 2048;
const ivBytes = 12;
const tagBytes = 16;

/** Binds the code to the browser that set out from the application's host (SameSite=Lax, ten minutes). */
export const enterCookieName = '__Host-support-access-enter';

export interface EnterCode {
  readonly id: string;
  readonly proof: SessionProof;
  readonly host: string;
  /** SHA-256 of the browser's nonce. */
  readonly browser: string;
  /** Void from this moment on, epoch milliseconds. */
  readonly until: number;
}

/** The code, sealed with AES-256-GCM: readable and writable by gateways only. */
export function sealCode(
  keys: GatewayKeys,
  code: Pick<EnterCode, 'proof' | 'host' | 'browser'>,
  now: number,
): string {
  const whole: EnterCode = { ...code, id: randomBytes(16).toString('hex'), until: now + liveMs };
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv('aes-256-gcm', keys.keyFor('enter-code'), iv);
  const body = Buffer.concat([cipher.update(JSON.stringify(whole)), cipher.final()]);
  return Buffer.concat([iv, body, cipher.getAuthTag()]).toString('base64url');
}

/** The code's content if it is ours, for this host and this browser, and not yet over. */
export function openCode(
  keys: GatewayKeys,
  sealed: string,
  on: { readonly host: string; readonly nonce: string; readonly now: number },
): EnterCode | undefined {
  const code = decrypted(keys, sealed);
  if (code === undefined || code.host !== on.host || code.browser !== browserOf(on.nonce)) return undefined;
  return on.now < code.until ? code : undefined;
}

/** What the support host learns of the browser's nonce. */
export function browserOf(nonce: string): string {
  return createHash('sha256').update(nonce).digest('base64url');
}

/** A new nonce, and the Set-Cookie header that keeps it together with the path to come back to. */
export function newEnterCookie(path: string): { readonly nonce: string; readonly setCookie: string } {
  const nonce = randomBytes(18).toString('base64url');
  const value = `${nonce}.${Buffer.from(path).toString('base64url')}`;
  return {
    nonce,
    setCookie: `${enterCookieName}=${value}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=600`,
  };
}

/** What the enter cookie holds. */
export function readEnterCookie(
  value: string | undefined,
): { readonly nonce: string; readonly path: string } | undefined {
  const [nonce, path, ...rest] = (value ?? '').split('.');
  if (!nonce || path === undefined || rest.length > 0) return undefined;
  return { nonce, path: Buffer.from(path, 'base64url').toString('utf8') };
}

/** The Set-Cookie header that removes it. */
export const clearedEnterCookie = `${enterCookieName}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0`;

function decrypted(keys: GatewayKeys, sealed: string): EnterCode | undefined {
  if (sealed.length > codeLimit) return undefined;
  const bytes = Buffer.from(sealed, 'base64url');
  if (bytes.length <= ivBytes + tagBytes) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', keys.keyFor('enter-code'), bytes.subarray(0, ivBytes));
  decipher.setAuthTag(bytes.subarray(bytes.length - tagBytes));
  try {
    const body = bytes.subarray(ivBytes, bytes.length - tagBytes);
    const text = Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8');
    return JSON.parse(text) as EnterCode;
  } catch {
    return undefined;
  }
}
