/** What a browser holds of an application, as one session and the next see it. */
import { describe, expect, it } from 'vitest';
import { besideCookies, cookiesOfSession } from '../../../../../webhook/gateway/proxy/session-cookies.ts';

/** A browser that keeps cookies by name and path, and sends those of a path that is a part of the asked one. */
function aBrowser() {
  const kept = new Map<string, { pair: string; path: string }>();
  const take = (setCookie: string, requestPath: string): void => {
    const [pair = '', ...attributes] = setCookie.split(';').map((part) => part.trim());
    const said = attributes.find((one) => one.startsWith('Path='))?.slice('Path='.length);
    const path = said ?? (requestPath.slice(0, requestPath.lastIndexOf('/')) || '/');
    const key = `${pair.split('=', 1)[0]} ${path}`;
    if (attributes.includes('Max-Age=0')) kept.delete(key);
    else kept.set(key, { pair, path });
  };
  const at = (path: string): string =>
    [...kept.values()]
      .filter(
        (one) => path === one.path || path.startsWith(one.path.endsWith('/') ? one.path : `${one.path}/`),
      )
      .toSorted((one, other) => other.path.length - one.path.length)
      .map(({ pair }) => pair)
      .join('; ');
  return {
    /** The application sets these in a response to a request of this session. */
    set: (session: string, path: string, ...cookies: string[]) => {
      for (const cookie of [...cookies, ...besideCookies(cookies, { session, path })]) take(cookie, path);
    },
    /** A script sets it. */
    script: (cookie: string) => take(cookie, '/'),
    /** What upstream sees of it. */
    upstream: (session: string, path = '/') => cookiesOfSession(at(path), session),
    at,
  };
}

describe("an application's cookie", () => {
  it('goes back to it in the session in which it set it, as it wrote it', () => {
    const browser = aBrowser();
    browser.set('one', '/', 'sid=a; HttpOnly', 'XSRF-TOKEN="t=1"; Path=/', 'bare');
    expect(browser.upstream('one')).toBe('sid=a; XSRF-TOKEN="t=1"; bare');
    expect(browser.at('/')).toContain('XSRF-TOKEN="t=1"');
  });

  it('does not go to it in another session, whatever path it has', () => {
    const browser = aBrowser();
    browser.set('one', '/app/login', 'sid=a', 'root=r; Path=/', 'deep=d; Path=/app/x');
    expect(browser.upstream('two', '/app/x')).toBe('');
    expect(browser.upstream('one', '/app/x')).toBe('deep=d; sid=a; root=r');
  });

  it('goes to it again once the other session has one of its own', () => {
    const browser = aBrowser();
    browser.set('one', '/', 'sid=a');
    browser.set('two', '/', 'sid=b');
    expect(browser.upstream('two')).toBe('sid=b');
    expect(browser.upstream('one')).toBe('');
  });

  it('is told from one of its name under another path by its value', () => {
    const browser = aBrowser();
    browser.set('one', '/', 'sid=a; Path=/app');
    browser.set('two', '/', 'sid=b; Path=/');
    expect(browser.at('/app/')).toMatch(/^sid=a; /);
    expect(browser.upstream('two', '/app/')).toBe('sid=b');
  });

  it('may have two values under two paths in one session', () => {
    const browser = aBrowser();
    browser.set('one', '/', 'JSESSIONID=a; Path=/a', 'JSESSIONID=b; Path=/b', 'JSESSIONID=c; Path=/');
    expect(browser.upstream('one', '/a/x')).toBe('JSESSIONID=a; JSESSIONID=c');
    expect(browser.upstream('one', '/b/x')).toBe('JSESSIONID=b; JSESSIONID=c');
  });

  it('passes where a script made it, or changed it in its own session', () => {
    const browser = aBrowser();
    browser.set('one', '/', 'seen=1');
    browser.script('theme=dark');
    browser.script('seen=2');
    expect(browser.upstream('one')).toBe('seen=2; theme=dark');
    expect(browser.upstream('two')).toBe('theme=dark');
  });

  it('is gone with what stands beside it when the application takes it away', () => {
    const browser = aBrowser();
    browser.set('one', '/', 'sid=a');
    browser.set('one', '/', 'sid=; Max-Age=0');
    expect(browser.at('/')).toBe('');
  });

  it('does not pass beside what is no word of ours', () => {
    const [beside = ''] = besideCookies(['sid=a'], { session: 'one', path: '/' });
    const [name = ''] = beside.split('=', 1);
    for (const value of ['', 'x', `${'a'.repeat(22)}.${'b'.repeat(22)}`])
      expect(cookiesOfSession(`sid=a; ${name}=${value}; other=1`, 'one')).toBe('other=1');
  });
});

describe('what stands beside a cookie', () => {
  it('is no cookie of an application, shows neither name nor value, and no script can read it', () => {
    const [beside = ''] = besideCookies(
      ['sid=secret; Expires=Thu, 01 Jan 2032 00:00:00 GMT; SameSite=None'],
      {
        session: 'one',
        path: '/',
      },
    );
    expect(beside).toMatch(
      /^__Host-support-access-of-[\w-]{22}\.[\w-]{22}=[\w-]{22}\.[\w-]{22}; Path=\/; Secure; HttpOnly; SameSite=Lax; Expires=Thu, 01 Jan 2032 00:00:00 GMT$/,
    );
    expect(beside).not.toContain('secret');
    expect(cookiesOfSession(beside.split(';', 1)[0], 'one')).toBe('');
  });
});
