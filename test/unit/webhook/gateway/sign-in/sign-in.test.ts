/** The whole sign-in against a real identity provider over HTTP: who gets in, and what is recorded of the others. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { authnRequestLifetimeMs } from '../../../../../webhook/gateway/sign-in/authn-request-state.ts';
import {
  createSignIn,
  type SignIn,
  type SignInDeps,
} from '../../../../../webhook/gateway/sign-in/sign-in.ts';
import { signInAtIdp } from '../../../../kit/idp/form-person.ts';
import { aSigningKey, type SigningKey } from '../../../../kit/idp/signing-key.ts';
import { startTestIdp, type TestIdp } from '../../../../kit/idp/test-idp.ts';
import { withSpec } from '../../../../kit/objects/object.ts';
import { aPolicy } from '../../../../kit/objects/policy.ts';
import { replacing } from '../../../../kit/objects/saml-response.ts';
import {
  aFormPost,
  aPost,
  aSignIn,
  cookieAfter,
  reasonOf,
  sp,
  type TestSignIn,
  type TestSignInWish,
} from '../../../../kit/objects/sign-in.ts';
import { aUserNamed } from '../../../../kit/objects/user.ts';

const grant = { namespace: 'ecase', name: 'case-4711' };
const gone = new Error('connect ECONNREFUSED 10.0.0.1:443');
let idp: TestIdp;
let spKey: SigningKey;

beforeAll(async () => {
  spKey = await aSigningKey({ commonName: 'Support access' });
  idp = await startTestIdp({
    serviceProvider: { entityID: sp.entityID, acsURL: sp.acsUrl, certificate: spKey.certificate },
    people: [
      {
        user: 'ada',
        password: 'analytical',
        nameID: 'ada@vendor.example',
        attributes: { employeeNumber: '4711' },
      },
    ],
  });
});

afterAll(() => idp.stop());

const trustedSso = () => ({ identityProvider: { metadata: idp.metadata } });

function theSignIn(wish: Partial<TestSignInWish> = {}): TestSignIn {
  return aSignIn({
    sso: trustedSso(),
    keys: [spKey],
    ...wish,
  });
}

async function begunBy(signIn: TestSignIn) {
  const begun = await signIn.begin(grant);
  if (!begun.ok) throw new Error(`${begun.reason}: ${begun.detail}`);

  return { redirect: begun.value.redirect, cookie: cookieAfter(begun.value.setCookie) };
}

async function answeredFor(signIn: TestSignIn) {
  const { redirect, cookie } = await begunBy(signIn);
  const { SAMLResponse, RelayState } = await signInAtIdp(redirect, 'ada', 'analytical');
  return { cookie, SAMLResponse, RelayState };
}

function complete(
  signIn: Pick<SignIn, 'complete'>,
  { cookie, ...fields }: Awaited<ReturnType<typeof answeredFor>>,
) {
  return signIn.complete(aFormPost(fields), cookie);
}

describe('a sign-in', () => {
  it('lets in the person whom the provider vouches for, with the grant that was asked for', async () => {
    const signIn = theSignIn();
    const completed = await complete(signIn, await answeredFor(signIn));
    expect(completed.result).toMatchObject({
      ok: true,
      value: { grant, user: { metadata: { name: 'ada' } } },
    });
    expect(completed.details).toMatchObject({
      identityProvider: idp.entityID,
      nameID: 'ada@vendor.example',
      signatureAlgorithm: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
    });
  });

  it('accepts a response that is signed around its assertion too', async () => {
    const both = await startTestIdp({
      serviceProvider: { entityID: sp.entityID, acsURL: sp.acsUrl },
      people: idp.people,
      signs: 'both',
    });
    const sso = { identityProvider: { metadata: both.metadata }, requestSigning: 'Disabled' as const };
    const signIn = theSignIn({ sso });
    const completed = await complete(signIn, await answeredFor(signIn));
    await both.stop();
    expect(reasonOf(completed)).toBe('accepted');
  });

  it('asks with a request that the provider can verify, which forces a new sign-in and names our service provider', async () => {
    await answeredFor(theSignIn());
    const xml = idp.received.at(-1)?.xml;
    expect(xml).toContain('ForceAuthn="true"');
    expect(xml).toContain(`AssertionConsumerServiceURL="${sp.acsUrl}"`);
    expect(xml).not.toContain('NameIDPolicy');
  });

  it('is refused by the provider when somebody altered the signed request', async () => {
    const { redirect } = await begunBy(theSignIn());
    const altered = redirect.replace(/RelayState=[^&]+/, 'RelayState=elsewhere');
    await expect(signInAtIdp(altered, 'ada', 'analytical')).rejects.toThrow('SIGNATURE');
  });

  it('is used up by the first response', async () => {
    const signIn = theSignIn();
    const answer = await answeredFor(signIn);
    expect(reasonOf(await complete(signIn, answer))).toBe('accepted');
    expect(reasonOf(await complete(signIn, answer))).toBe('saml.request_replayed');
  });

  it('is refused when it is not known whether the response was used before', async () => {
    const signIn = theSignIn({ consume: () => Promise.reject(new Error('the API server is away')) });
    expect(reasonOf(await complete(signIn, await answeredFor(signIn)))).toBe('saml.single_use_unknown');
  });

  it('notes nothing for a person who is not on file', async () => {
    const signIn = theSignIn({ users: [aUserNamed('grace')] });
    const completed = await complete(signIn, await answeredFor(signIn));
    expect(reasonOf(completed)).toBe('saml.user_unknown');
    expect(completed.mismatch).toEqual({
      received: { nameID: ['ada@vendor.example'] },
      expected: { nameID: ['grace@vendor.example'] },
    });
    expect(signIn.notes).toEqual([]);
  });

  it('is refused in another browser, which has no cookie', async () => {
    const signIn = theSignIn();
    const { cookie: _left, ...fields } = await answeredFor(signIn);
    expect(reasonOf(await signIn.complete(aFormPost(fields), undefined))).toBe('saml.request_state_missing');
  });

  it('is refused at a gateway of another installation, whose key is another', async () => {
    const answer = await answeredFor(theSignIn());
    expect(reasonOf(await complete(theSignIn(), answer))).toBe('saml.request_state_altered');
  });

  it('is refused with the cookie of another sign-in of the same browser', async () => {
    const signIn = theSignIn();
    const first = await answeredFor(signIn);
    const { cookie } = await begunBy(signIn);
    expect(reasonOf(await complete(signIn, { ...first, cookie }))).toBe('saml.relay_state_mismatch');
  });

  it('is refused with the response to another request under the right RelayState', async () => {
    const signIn = theSignIn();
    const first = await answeredFor(signIn);
    const second = await answeredFor(signIn);
    const mixed = { ...second, SAMLResponse: first.SAMLResponse };
    expect(reasonOf(await complete(signIn, mixed))).toBe('saml.response_in_response_to_mismatch');
  });

  it.each([
    ['is completed the moment before the request expires', authnRequestLifetimeMs - 1, 'accepted'],
    ['is refused at that moment', authnRequestLifetimeMs, 'saml.request_state_expired'],
    ['is refused after it', authnRequestLifetimeMs + 1, 'saml.request_state_expired'],
  ])('%s', async (_title, later, reason) => {
    let now = Date.now();
    const signIn = theSignIn({ now: () => now });
    idp.misbehave({ now: () => now + later });
    const answer = await answeredFor(signIn);
    idp.misbehave({});
    now += later;
    expect(reasonOf(await complete(signIn, answer))).toBe(reason);
  });

  it('is refused when the clock was set back far behind the request', async () => {
    let now = Date.now();
    const signIn = theSignIn({ now: () => now });
    const answer = await answeredFor(signIn);
    now -= 3_600_000;
    expect(reasonOf(await complete(signIn, answer))).toBe('saml.request_state_expired');
  });

  it('is refused when the provider signs with a key that the policy does not pin', async () => {
    const signIn = theSignIn();
    idp.misbehave({ key: await aSigningKey({ commonName: 'Somebody else' }) });
    const answer = await answeredFor(signIn);
    idp.misbehave({});
    expect(reasonOf(await complete(signIn, answer))).toBe('saml.assertion_signature_invalid');
  });

  it('is refused when somebody on the way makes another person of it', async () => {
    const signIn = theSignIn();
    idp.misbehave({ after: replacing('ada@vendor.example', 'eve@vendor.example') });
    const answer = await answeredFor(signIn);
    idp.misbehave({});
    expect(reasonOf(await complete(signIn, answer))).toBe('saml.assertion_signature_invalid');
  });

  it('never begins without a provider in the policy, and says which fields are missing', async () => {
    const begun = await theSignIn({ sso: { identityProvider: {} } }).begin(grant);
    expect(begun).toMatchObject({ ok: false, reason: 'saml.trust_missing' });
    expect(begun.ok ? '' : begun.detail).toContain('spec.sso.identityProvider.entityID: must be set');
  });

  it('never begins with signed requests when there is no key to sign them with', async () => {
    expect(await theSignIn({ keys: [] }).begin(grant)).toMatchObject({
      reason: 'saml.request_key_missing',
    });
  });

  it('is refused, not broken off, when the API server goes away before the request is made', async () => {
    const signIn = theSignIn();
    const away = createSignIn({ ...signIn.deps, readKeys: () => Promise.reject(gone) });
    const begun = await away.begin(grant, aPolicy(withSpec({ sso: trustedSso() })));
    expect(begun).toEqual({ ok: false, reason: 'saml.state_unknown', detail: 'Error' });
  });

  it.each(['policy', 'people'] as const)(
    'is refused, not broken off, when the API server does not say the %s',
    async (step) => {
      const signIn = theSignIn();
      const answer = await answeredFor(signIn);
      const readWorld: SignInDeps['readWorld'] = (of) => ({
        ...signIn.deps.readWorld(of),
        [step]: () => Promise.reject(gone),
      });
      const completed = await complete(createSignIn({ ...signIn.deps, readWorld }), answer);
      expect(completed).toMatchObject({ grant, result: { reason: 'saml.state_unknown', detail: 'Error' } });
    },
  );

  it('is refused when the policy is gone', async () => {
    const signIn = theSignIn();
    const answer = await answeredFor(signIn);
    const readWorld: SignInDeps['readWorld'] = (of) => ({
      ...signIn.deps.readWorld(of),
      policy: async () => undefined,
    });
    const completed = await complete(createSignIn({ ...signIn.deps, readWorld }), answer);
    expect(reasonOf(completed)).toBe('saml.state_unknown');
  });

  it('is refused with a body that is no form, and says which grant and request were meant', async () => {
    const signIn = theSignIn();
    const { cookie } = await begunBy(signIn);
    const completed = await signIn.complete(aPost('{}', 'application/json'), cookie);
    expect(completed).toMatchObject({
      result: { ok: false, reason: 'saml.body_not_a_form' },
      grant,
      details: { requestId: expect.stringMatching(/^_[0-9a-f]{40}$/) },
    });
  });

  it('writes down no document, no cookie and no RelayState', async () => {
    const signIn = theSignIn();
    const answer = await answeredFor(signIn);
    const { details } = await complete(signIn, answer);
    const written = JSON.stringify(details);
    expect(written).not.toContain('<');
    expect(written).not.toContain(answer.RelayState);
    expect(written).not.toContain(answer.cookie.slice(40, 80));
  });
});
