/** The sealed cookie: what it proves, and that nothing but our own unaltered one proves it. */
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { sealText } from '../../../../../webhook/gateway/sessions/sealed-text.ts';
import {
  authnRequestCookie,
  authnRequestCookiePrefix,
  authnRequestLifetimeMs,
  clearedAuthnRequestCookie,
  mostSideBySide,
  newAuthnRequestState,
  readAuthnRequestState,
  readAuthnRequests,
} from '../../../../../webhook/gateway/sign-in/authn-request-state.ts';
import { cookieAfter } from '../../../../kit/objects/sign-in.ts';
import { resultReason } from '../../../../kit/objects/validated-response.ts';

const now = Date.parse('2026-12-01T08:00:00Z');
const keys = [randomBytes(32)];
const state = newAuthnRequestState({ namespace: 'ecase', name: 'case-4711' }, now);
const header = cookieAfter(authnRequestCookie(state, keys));
const name = header.slice(0, header.indexOf('='));

describe('the state of an AuthnRequest', () => {
  it('comes back as it was', () => {
    expect(readAuthnRequestState(`theme=dark; ${header}; lang=en`, keys, now)).toEqual({
      ok: true,
      value: state,
    });
  });

  it('travels in a cookie that other sites may send along, scripts may not read and other hosts never get', () => {
    const cookie = authnRequestCookie(state, keys);
    expect(cookie).toMatch(
      /^__Host-support-access-authn-request-[0-9a-f]{16}=[\w-]+; Max-Age=43200; Path=\/; Secure; HttpOnly; SameSite=None$/,
    );
    expect(clearedAuthnRequestCookie(state)).toBe(
      `${name}=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=None`,
    );
  });

  it('shows nothing of what is inside', () => {
    const sealed = Buffer.from(header.slice(name.length + 1), 'base64url').toString('latin1');
    expect(sealed).not.toContain('case-4711');
    expect(sealed).not.toContain(state.nonce);
  });

  it('is never the same twice, and its id is a name that SAML allows', () => {
    const another = newAuthnRequestState(state.grant, now);
    expect(another.requestId).not.toBe(state.requestId);
    expect(another.nonce).not.toBe(state.nonce);
    expect(another.requestId).toMatch(/^_[0-9a-f]{40}$/);
    expect(authnRequestCookie(state, keys)).not.toBe(authnRequestCookie(state, keys));
  });

  it('is refused with any single bit altered', () => {
    const sealed = Buffer.from(header.slice(name.length + 1), 'base64url');
    for (let at = 0; at < sealed.length; at += 1) {
      const altered = Buffer.from(sealed);
      altered[at]! ^= 1;
      const cookie = `${name}=${altered.toString('base64url')}`;
      expect(resultReason(readAuthnRequestState(cookie, keys, now))).toBe('saml.request_state_altered');
    }
  });

  it.each([
    ['no cookie at all', undefined, 'saml.request_state_missing'],
    ['a cleared cookie', `${name}=`, 'saml.request_state_missing'],
    [
      'a cookie of another name',
      header.replace('authn-request', 'AuthnRequest'),
      'saml.request_state_missing',
    ],
    ['two of one name', `${header}; ${header}`, 'saml.request_state_missing'],
    [
      'that of another request under its name',
      `${name}=${cookieAfter(authnRequestCookie(newAuthnRequestState(state.grant, now), keys)).split('=')[1]}`,
      'saml.request_state_altered',
    ],
    ['half of it', header.slice(0, -20), 'saml.request_state_altered'],
    ['a few bytes', `${name}=AAAA`, 'saml.request_state_altered'],
    ['an enormous one', `${name}=${'A'.repeat(5000)}`, 'saml.request_state_altered'],
  ])('is refused with %s', (_title, cookie, code) => {
    expect(resultReason(readAuthnRequestState(cookie, keys, now))).toBe(code);
  });

  it.each([
    ['no list', { requestId: '_1', length: 5, 4: now }],
    ['nothing', null],
    ['a field fewer', ['_1', 'nonce', 'ecase', 'case-4711', now]],
    ['a field more', ['_1', 'nonce', 'ecase', 'case-4711', now, 'uid-1', 'x']],
    ['no time', ['_1', 'nonce', 'ecase', 'case-4711', String(now), 'uid-1']],
  ])('is refused with %s under our own seal, as another version may have written it', (_title, inside) => {
    const sealed = sealText(keys[0], name, JSON.stringify(inside));
    const cookie = `${name}=${sealed}`;
    expect(resultReason(readAuthnRequestState(cookie, keys, now))).toBe('saml.request_state_altered');
  });

  it('is refused under the key of another gateway installation', () => {
    expect(resultReason(readAuthnRequestState(header, [randomBytes(32)], now))).toBe(
      'saml.request_state_altered',
    );
  });

  it('is accepted under the older of two keys while keys are replaced', () => {
    expect(resultReason(readAuthnRequestState(header, [randomBytes(32), ...keys], now))).toBe('accepted');
  });

  it('is not sealed with a key that is missing or short', () => {
    expect(() => authnRequestCookie(state, [])).toThrow('32 bytes');
    expect(() => authnRequestCookie(state, [randomBytes(16)])).toThrow('32 bytes');
  });

  it.each([
    ['the last instant', authnRequestLifetimeMs - 1, 'accepted'],
    ['its end', authnRequestLifetimeMs, 'saml.request_state_expired'],
    ['the instant after', authnRequestLifetimeMs + 1, 'saml.request_state_expired'],
    ['a clock a minute behind', -60_000, 'accepted'],
    ['a clock further behind', -60_001, 'saml.request_state_expired'],
  ])('at %s', (_title, later, code) => {
    expect(resultReason(readAuthnRequestState(header, keys, now + later))).toBe(code);
  });

  const begunAt = (at: number) => newAuthnRequestState({ namespace: 'ecase', name: `case-${at}` }, now + at);
  const together = (states: readonly ReturnType<typeof begunAt>[]) =>
    states.map((each) => cookieAfter(authnRequestCookie(each, keys))).join('; ');

  it('stands beside those of other tabs, the newest first, whether in time or over', () => {
    const states = [begunAt(-authnRequestLifetimeMs), begunAt(0), begunAt(-5000)];
    const { found, makeRoom } = readAuthnRequests(together(states), keys, now);
    expect(found).toEqual([
      { state: states[1], isInTime: true },
      { state: states[2], isInTime: true },
      { state: states[0], isInTime: false },
    ]);
    expect(makeRoom).toEqual([]);
    expect(readAuthnRequestState(together(states), keys, now)).toEqual({ ok: true, value: states[1] });
  });

  it('makes room for the next one once five wait side by side: the oldest goes, and what is not ours', () => {
    const states = Array.from({ length: mostSideBySide }, (_, at) => begunAt(-at * 1000));
    expect(readAuthnRequests(together(states.slice(1)), keys, now).makeRoom).toEqual([]);
    expect(readAuthnRequests(together(states), keys, now).makeRoom).toEqual([
      clearedAuthnRequestCookie(states.at(-1)!),
    ]);
    const foreign = `${authnRequestCookiePrefix}0123456789abcdef`;
    expect(readAuthnRequests(`${foreign}=x`, keys, now).makeRoom).toEqual([
      expect.stringMatching(`^${foreign}=; Max-Age=0;`),
    ]);
  });
});
