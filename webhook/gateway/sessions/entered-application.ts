/**
 * Which application did this browser last enter under this host? Within a namespace a host can pass to another application,
 * which must not find what the browser stored for the one before: its scripts would run on, and its data could be read.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { GatewayKeys } from './keys.ts';

/** The mark, on the application's host. */
export const enteredCookieName = '__Host-support-access-application';
const purpose = 'entered-application';
/** Browsers keep no cookie for longer than 400 days. */
const keptSeconds = 34_560_000;

/** Not cookies: a browser would clear those of the whole domain, sessions with sibling hosts among them. */
const forgetStored = { 'Clear-Site-Data': '"cache", "storage"' } as const;

export interface Entered {
  readonly host: string;
  /** UID of the application that is served there now. */
  readonly uid: string;
}

/**
 * The Set-Cookie headers that remember the application, and the headers that make the browser forget another one's. A browser
 * that says nothing, or something that we did not write, may hold anything.
 */
export function entering(
  keys: GatewayKeys,
  entered: Entered,
  { marks, others }: { readonly marks: readonly string[]; readonly others: readonly string[] },
): { readonly cookies: readonly string[]; readonly headers: Readonly<Record<string, string>> } {
  const [mark = '', ...earlier] = keys.keysFor(purpose).map((key) => markOf(key, entered));
  const isSame = marks.length === 1 && [mark, ...earlier].some((each) => isEqual(marks[0] ?? '', each));
  const attributes = 'Path=/; Secure; HttpOnly; SameSite=Lax';
  const kept = `${enteredCookieName}=${mark}; ${attributes}; Max-Age=${keptSeconds}`;
  if (isSame) return { cookies: [kept], headers: {} };
  const forgotten = others.map((name) => `${name}=; Path=/; Secure; Max-Age=0`);
  return { cookies: [kept, ...forgotten], headers: forgetStored };
}

/** Made with a key, so that no application can write the mark of another one that is to find what it stored. */
function markOf(key: Buffer, { host, uid }: Entered): string {
  return createHmac('sha256', key)
    .update(JSON.stringify([host, uid]))
    .digest('base64url');
}

function isEqual(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)];
  return left.length === right.length && timingSafeEqual(left, right);
}
