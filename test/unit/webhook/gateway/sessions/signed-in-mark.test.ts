/** What a browser carries across sites of its session: for the next sign-in alone. */
import { describe, expect, it } from 'vitest';
import { keysFrom } from '../../../../../webhook/gateway/sessions/keys.ts';
import { cookieValue, sessionCookieName } from '../../../../../webhook/gateway/sessions/session-cookie.ts';
import {
  clearedSignedInMark,
  readSignedInMark,
  signedInMark,
} from '../../../../../webhook/gateway/sessions/signed-in-mark.ts';
import { cookieAfter } from '../../../../kit/objects/sign-in.ts';

const gatewayKeys = (byte: number) => keysFrom(Buffer.alloc(32, byte));
const proof = { session: { namespace: 'ecase', name: 'ada-1' }, grant: 'case-4711', secret: 'secret' };

describe('the mark of a signed-in browser', () => {
  it('tells of the session, comes along with posts of other sites, and shows nothing', () => {
    const mark = signedInMark(gatewayKeys(1), proof);
    expect(mark).toMatch(
      /^__Host-support-access-signed-in=[\w-]+; Path=\/; Secure; HttpOnly; SameSite=None$/,
    );
    expect(readSignedInMark(gatewayKeys(1), cookieAfter(mark))).toEqual(proof);
    expect(mark).not.toContain('ada-1');
  });

  it('is none where another gateway made it, where it was altered, or where it is the cookie of a session', () => {
    const header = cookieAfter(signedInMark(gatewayKeys(1), proof));
    expect(readSignedInMark(gatewayKeys(2), header)).toBeUndefined();
    expect(readSignedInMark(gatewayKeys(1), `${header}; ${header}`)).toBeUndefined();
    expect(readSignedInMark(gatewayKeys(1), undefined)).toBeUndefined();
    const value = cookieValue(gatewayKeys(1), proof, 'support.example.com');
    const other = `${header.split('=')[0]}=${value.split('.').at(-1)}`;
    expect(readSignedInMark(gatewayKeys(1), other)).toBeUndefined();
    expect(header).not.toContain(`${sessionCookieName}=`);
  });

  it('goes with the session, from a browser that has it', () => {
    const header = cookieAfter(signedInMark(gatewayKeys(1), proof));
    expect(clearedSignedInMark(header)).toEqual([
      '__Host-support-access-signed-in=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=None',
    ]);
    expect(clearedSignedInMark('other=1')).toEqual([]);
  });
});
