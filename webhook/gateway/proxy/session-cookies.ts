/**
 * Keeps an application's cookies apart by session: a browser holds them for the host, and the next person at it, or the next
 * session of the same one, must not go on as whom the application knew before. Beside each cookie that the application
 * sets goes one of ours, which says for which session that was. Names and values stay as the application wrote them, so
 * that its scripts read them; a cookie that scripts made has none beside it and passes.
 */
import { hash } from 'node:crypto';
import { cookiePairs } from '../listener/request-cookies.ts';
import { besideCookiePrefix, ourCookiePrefix } from '../sessions/session-cookie.ts';

/** Of one cookie: which session set it, to what, as hashes. */
const shape = /^([\w-]{22})\.([\w-]{22})$/;

/** The Set-Cookie headers to send beside those of the application, for each that goes to the browser. */
export function besideCookies(
  setCookies: readonly string[],
  { session, path }: { readonly session: string; readonly path: string },
): readonly string[] {
  return setCookies.map((cookie) => {
    const [pair = '', ...attributes] = cookie.split(';');
    const { name, value } = parted(pair);
    const place = pathIn(attributes) ?? defaultPath(path);
    const beside = `${besideCookiePrefix}${shortHash(name)}.${shortHash(place)}`;
    const said = `${shortHash(session)}.${shortHash(value)}`;
    return `${beside}=${said}; Path=/; Secure; HttpOnly; SameSite=Lax${lifeIn(attributes)}`;
  });
}

/** The Cookie header for upstream: none of ours, and none that another session was given. */
export function cookiesOfSession(header: string | undefined, session: string): string {
  const pairs = cookiePairs(header);
  const beside = besides(pairs);
  const mine = shortHash(session);
  const isOfAnother = (pair: string): boolean => {
    const { name, value } = parted(pair);
    const said = beside.get(shortHash(name)) ?? [];
    if (said.every(([of]) => of === mine)) return false;
    // Set by several, under several paths: only this very value is known to be of this session.
    return !said.some(([of, what]) => of === mine && what === shortHash(value));
  };
  return pairs.filter((pair) => !isOurs(pair) && !isOfAnother(pair)).join('; ');
}

/** What was said beside each cookie, by the hash of its name. */
function besides(pairs: readonly string[]): Map<string, (readonly [session: string, value: string])[]> {
  const all = new Map<string, (readonly [string, string])[]>();
  for (const pair of pairs) {
    const { name, value } = parted(pair);
    if (!name.startsWith(besideCookiePrefix)) continue;
    const of = name.slice(besideCookiePrefix.length).split('.', 1)[0] ?? '';
    const [, session = '', what = ''] = shape.exec(value) ?? [];
    all.set(of, [...(all.get(of) ?? []), [session, what]]);
  }
  return all;
}

function isOurs(pair: string): boolean {
  return pair.trim().toLowerCase().startsWith(ourCookiePrefix);
}

/** As browsers part it: what has no `=` is a value without a name. */
function parted(pair: string): { readonly name: string; readonly value: string } {
  const at = pair.indexOf('=');
  return { name: pair.slice(0, Math.max(at, 0)).trim(), value: pair.slice(at + 1).trim() };
}

function pathIn(attributes: readonly string[]): string | undefined {
  const said = attributes.findLast((one) => /^\s*path\s*=/i.test(one));
  const path = said?.slice(said.indexOf('=') + 1).trim();
  return path?.startsWith('/') ? path : undefined;
}

/** RFC 6265, 5.1.4: up to the last slash of the request's path. */
function defaultPath(path: string): string {
  const end = path.lastIndexOf('/');
  return end > 0 ? path.slice(0, end) : '/';
}

/** It lives as long as the cookie that it is about, a cookie that is taken away included. */
function lifeIn(attributes: readonly string[]): string {
  const life = attributes.filter((one) => /^\s*(?:max-age|expires)\s*=/i.test(one));
  return life.map((one) => `; ${one.trim()}`).join('');
}

function shortHash(text: string): string {
  return hash('sha256', text, 'base64url').slice(0, 22);
}
