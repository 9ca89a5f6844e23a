/**
 * How does a session get from the support host to an application's host, whose cookies the support host cannot set? By
 * a sealed code: for one session, one host, one browser (its nonce cookie), thirty seconds. Whether the code was used
 * before is not known here.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { GatewayKeys } from './keys.ts';
import { openWithAny, sealText } from './sealed-text.ts';
import type { SessionProof } from './session-cookie.ts';

const liveMs = 30_000;
const purpose = 'enter-code';

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

/** The code, sealed: readable and writable by gateways only. */
export function sealCode(
  keys: GatewayKeys,
  code: Pick<EnterCode, 'proof' | 'host' | 'browser'>,
  now: number,
): string {
  const whole: EnterCode = { ...code, id: randomBytes(16).toString('hex'), until: now + liveMs };
  return sealText(keys.keyFor(purpose), purpose, JSON.stringify(whole));
}

/** The code's content if it is ours, for this host and this browser, and not yet over. */
export function openCode(
  keys: GatewayKeys,
  sealed: string,
  on: { readonly host: string; readonly nonce: string; readonly now: number },
): EnterCode | undefined {
  const text = openWithAny(keys.keysFor(purpose), purpose, sealed);
  // What the seal protects was written by sealCode, so it is one of our codes.
  const code = text === undefined ? undefined : (JSON.parse(text) as EnterCode);
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
