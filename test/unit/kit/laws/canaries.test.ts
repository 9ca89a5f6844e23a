/** What must never be told is found in what was told, in whichever form. */
import { describe, expect, it } from 'vitest';
import { canary, canaryComplaints } from '../../../kit/laws/canaries.ts';

const told = (text: string, secrets: readonly string[] = []): readonly string[] =>
  canaryComplaints(new Map([['the log', text]]), secrets);

describe('the search for canaries', () => {
  it('finds nothing in what a product may say', () => {
    expect(told('{"msg":"refused","reason":"NoSession","cookie":"[hidden]"}', ['engine-1843'])).toEqual([]);
  });

  it.each([
    ['as it is', (text: string) => text],
    ['in other letters', (text: string) => text.toUpperCase()],
    ['percent-encoded', encodeURIComponent],
    ['in hex', (text: string) => Buffer.from(text).toString('hex')],
    ['in base64', (text: string) => Buffer.from(text).toString('base64')],
    ['in base64, after one byte', (text: string) => Buffer.from(`x${text}`).toString('base64')],
    ['in base64, after two bytes', (text: string) => Buffer.from(`xy${text}`).toString('base64')],
    ['in base64 for URLs', (text: string) => Buffer.from(`xyz${text}`).toString('base64url')],
  ])('finds one %s', (_, encoded) => {
    expect(told(`before ${encoded(canary('cookie'))} after`)).not.toEqual([]);
  });

  it('finds a secret that the test knows, with what stands before it', () => {
    expect(told('password engine-1843', ['engine-1843'])).toEqual([
      'the log holds engine-1843, near "password "',
    ]);
  });

  it.each([
    ['a JSON Web Token', `eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0xMjM.${'s'.repeat(30)}`],
    ['a private key', '-----BEGIN EC PRIVATE KEY-----'],
    ['a SAML message', '<samlp:Response xmlns:samlp="urn:x">'],
    ['a SAML message', Buffer.from('<samlp:Response xmlns="">').toString('base64')],
    ['a cookie of ours', `__Host-support-access=${'c'.repeat(43)}`],
    ['a bearer token', `Authorization: Bearer ${'t'.repeat(40)}`],
  ])('finds %s by its form', (name, text) => {
    expect(told(`x ${text}`)).toEqual([expect.stringContaining(`the log holds ${name}, at 2`.slice(0, 20))]);
  });
});
