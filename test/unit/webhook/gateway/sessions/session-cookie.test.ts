import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keysFrom } from '../../../../../webhook/gateway/sessions/keys.ts';
import {
  cookieValue,
  newSecret,
  readCookie,
  setCookie,
} from '../../../../../webhook/gateway/sessions/session-cookie.ts';
import { sealedSpec } from '../../../../../webhook/gateway/sessions/session-seal.ts';
import { aSession } from '../../../../kit/objects/session.ts';

const keys = keysFrom(Buffer.alloc(32, 1));
const proof = {
  session: { namespace: 'ecase', name: 's-0123456789abcdef0123' },
  grant: 'case-4711.with.dots',
  secret: newSecret(),
};
const host = 'ecase.example.com';

describe('the cookie of a session', () => {
  it('proves session, grant and secret on the host for which it was made', () => {
    expect(readCookie(keys, cookieValue(keys, proof, host), host)).toEqual(proof);
  });

  it('is void on every other host', () => {
    const value = cookieValue(keys, proof, host);
    for (const other of ['support.example.com', 'ecase.example.co', 'ecase.example.com.', ''])
      expect(readCookie(keys, value, other)).toBeUndefined();
  });

  it('is void under the key of another gateway', () => {
    const foreign = keysFrom(Buffer.alloc(32, 2));
    expect(readCookie(keys, cookieValue(foreign, proof, host), host)).toBeUndefined();
  });

  it('is void when any character of it is another', () => {
    const value = cookieValue(keys, proof, host);
    fc.assert(
      fc.property(
        fc.nat({ max: value.length - 1 }),
        fc.constantFrom('A', 'b', '0', '.', '-', '='),
        (at, put) => {
          fc.pre(value[at] !== put);
          const altered = value.slice(0, at) + put + value.slice(at + 1);
          expect(readCookie(keys, altered, host)).toBeUndefined();
        },
      ),
    );
  });

  it('is void when it is cut, longer, or spelled in another way', () => {
    const value = cookieValue(keys, proof, host);
    for (const other of [value.slice(0, -1), `${value}A`, `${value}.x`, `${value}=`, value.toUpperCase(), ''])
      expect(readCookie(keys, other, host)).toBeUndefined();
  });

  it('of the last release still opens', () => {
    const kept =
      'v2.ecase.s-0123456789abcdef0123.Y2FzZS00NzExLndpdGguZG90cw.cSHtLBz8U3XbLRGoj_J5bbUB8LtJE6i9oP8EIhjedzwg5d3_Y1I2i2EyEG_lzQakvi9txjv9GDTfqkO6waA4xmbOh6zdSrw';
    expect(readCookie(keys, kept, host)).toEqual({
      ...proof,
      secret: 'q3Jx0dK1mZ8bN5vTq3Jx0dK1mZ8bN5vTq3Jx0dK1mZ8',
    });
  });

  it('does not follow from the key and from all that is stored of a session', () => {
    const session = aSession();
    const { namespace = '', name } = session.metadata;
    const stored = sealedSpec(keys, { ...proof, session: { namespace, name } }, session.spec);
    const known = JSON.stringify({ ...session, spec: stored });
    expect(known).not.toContain(proof.secret);
    expect(newSecret()).not.toBe(newSecret());
    expect(Buffer.from(newSecret(), 'base64url')).toHaveLength(32);
  });

  it('is a __Host- cookie that scripts cannot read and other sites cannot send along with posts', () => {
    expect(setCookie(keys, proof, host)).toMatch(
      /^__Host-support-access=v2\.[^;]+; Path=\/; Secure; HttpOnly; SameSite=Lax$/,
    );
  });
});
