/** Several sign-ins of one browser side by side, with a real identity provider over HTTP: each ends well, or takes away only itself. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signInAtIdp } from '../../../../kit/idp/form-person.ts';
import { startTestIdp, type TestIdp } from '../../../../kit/idp/test-idp.ts';
import {
  aFormPost,
  aSignIn,
  cookieAfter,
  reasonOf,
  sp,
  type TestSignIn,
  type TestSignInWish,
} from '../../../../kit/objects/sign-in.ts';

const grant = { namespace: 'ecase', name: 'case-4711' };
let idp: TestIdp;

beforeAll(async () => {
  const people = [{ user: 'ada', password: 'analytical', nameID: 'ada@vendor.example' }];
  idp = await startTestIdp({ serviceProvider: { entityID: sp.entityID, acsURL: sp.acsUrl }, people });
});
afterAll(() => idp.stop());

function theSignIn(wish: Partial<TestSignInWish> = {}): TestSignIn {
  const sso = { identityProvider: { metadata: idp.metadata }, requestSigning: 'Disabled' as const };
  return aSignIn({ sso, ...wish });
}

async function answeredFor(signIn: TestSignIn) {
  const begun = await signIn.begin(grant);
  if (!begun.ok) throw new Error(`${begun.reason}: ${begun.detail}`);

  const { SAMLResponse, RelayState } = await signInAtIdp(begun.value.redirect, 'ada', 'analytical');
  return { cookie: cookieAfter(begun.value.setCookie), SAMLResponse, RelayState };
}

function complete(signIn: TestSignIn, { cookie, ...fields }: Awaited<ReturnType<typeof answeredFor>>) {
  return signIn.complete(aFormPost(fields), cookie);
}

describe('a sign-in', () => {
  it('CC-2 in two tabs of one browser ends well in both, whichever is answered first', async () => {
    for (const order of [
      [0, 1],
      [1, 0],
    ] as const) {
      const signIn = theSignIn();
      const tabs = [await answeredFor(signIn), await answeredFor(signIn)];
      const cookie = tabs.map((tab) => tab.cookie).join('; ');
      for (const at of order) {
        const completed = await complete(signIn, { ...tabs[at]!, cookie });
        expect(reasonOf(completed)).toBe('accepted');
        expect(cookieAfter(completed.clear ?? '')).toBe(`${tabs[at]!.cookie.split('=')[0]}=`);
      }
    }
  });

  it('that fails takes away its own request alone, and none where it is not known which is meant', async () => {
    const signIn = theSignIn();
    const [one, other] = [await answeredFor(signIn), await answeredFor(signIn)];
    const cookie = `${one.cookie}; ${other.cookie}`;
    const bad = await complete(signIn, { ...one, SAMLResponse: 'PGEvPg==', cookie });
    expect([reasonOf(bad), cookieAfter(bad.clear ?? '')]).toEqual([
      'saml.not_a_response',
      `${one.cookie.split('=')[0]}=`,
    ]);
    const forged = await complete(signIn, { ...one, RelayState: 'from another site', cookie });
    expect([reasonOf(forged), forged.clear]).toEqual(['saml.relay_state_mismatch', undefined]);
    expect(reasonOf(await complete(signIn, { ...other, cookie }))).toBe('accepted');
  });

  it('whose RelayState the provider dropped, or that took too long, knows the grant to begin again with', async () => {
    const signIn = theSignIn();
    const { RelayState: _dropped, ...fields } = await answeredFor(signIn);
    const dropped = await signIn.complete(aFormPost({ SAMLResponse: fields.SAMLResponse }), fields.cookie);
    expect(dropped).toMatchObject({
      grant,
      result: { reason: 'saml.relay_state_mismatch', detail: 'the identity provider sent none back' },
    });
    let now = Date.now();
    const slow = theSignIn({ now: () => now });
    const answer = await answeredFor(slow);
    now += 3_600_000;
    expect(await complete(slow, answer)).toMatchObject({
      grant,
      result: { reason: 'saml.request_state_expired' },
    });
  });
});
