import { describe, expect, it } from 'vitest';
import {
  browserOf,
  clearedEnterCookie,
  newEnterCookie,
  openCode,
  readEnterCookie,
  sealCode,
} from '../../../../../webhook/gateway/sessions/enter-code.ts';
import { keysFrom } from '../../../../../webhook/gateway/sessions/keys.ts';
import { noon } from '../../../../kit/objects/ask.ts';

const keys = keysFrom(Buffer.alloc(32, 1));
const host = 'ecase.example.com';
const nonce = 'the-browser';
const proof = { session: { namespace: 'ecase', name: 's-1' }, grant: 'case-4711', secret: 'of-the-browser' };
const sealed = sealCode(keys, { proof, host, browser: browserOf(nonce) }, noon);

describe('the code that carries a session to an application’s host', () => {
  it('opens there, for the browser that set out, within thirty seconds', () => {
    expect(openCode(keys, sealed, { host, nonce, now: noon + 29_999 })).toMatchObject({ proof, host });
  });

  it('is over after thirty seconds', () => {
    expect(openCode(keys, sealed, { host, nonce, now: noon + 30_000 })).toBeUndefined();
  });

  it('is nothing on another host, in another browser, under another key, or altered', () => {
    expect(openCode(keys, sealed, { host: 'x.example.com', nonce, now: noon })).toBeUndefined();
    expect(openCode(keys, sealed, { host, nonce: 'another', now: noon })).toBeUndefined();
    const foreign = keysFrom(Buffer.alloc(32, 2));
    expect(openCode(foreign, sealed, { host, nonce, now: noon })).toBeUndefined();
    const altered = `${sealed.slice(0, 20)}${sealed[20] === 'A' ? 'B' : 'A'}${sealed.slice(21)}`;
    expect(openCode(keys, altered, { host, nonce, now: noon })).toBeUndefined();
    expect(openCode(keys, '', { host, nonce, now: noon })).toBeUndefined();
  });

  it('has an id of its own each time, by which its use is remembered', () => {
    const other = sealCode(keys, { proof, host, browser: browserOf(nonce) }, noon);
    const ids = [sealed, other].map((code) => openCode(keys, code, { host, nonce, now: noon })?.id);
    expect(new Set(ids).size).toBe(2);
  });

  it('comes back to the path that the cookie of the browser keeps', () => {
    const { nonce: made, setCookie } = newEnterCookie('/jobs?a=ü');
    const value = setCookie.slice(setCookie.indexOf('=') + 1, setCookie.indexOf(';'));
    expect(readEnterCookie(value)).toEqual({ nonce: made, path: '/jobs?a=ü' });
    expect(readEnterCookie('x')).toBeUndefined();
    expect(readEnterCookie(`${value}.x`)).toBeUndefined();
    expect(readEnterCookie(undefined)).toBeUndefined();
  });

  it('is asked for with a __Host- cookie, which no sibling host can set, for ten minutes', () => {
    expect(newEnterCookie('/').setCookie).toMatch(
      /^__Host-support-access-enter=[\w.-]+; Path=\/; Secure; HttpOnly; SameSite=Lax; Max-Age=600$/,
    );
    expect(clearedEnterCookie).toMatch(/^__Host-support-access-enter=; .*Secure.*; Max-Age=0$/);
  });
});
