/** The whole door against a real identity provider over HTTP: who gets in, and what is told of who does not. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refuse } from '../../../../../saml/refusal.ts';
import { authnRequestLifetimeMs } from '../../../../../saml/request/authn-request-state.ts';
import { createSignIn, type SignIn } from '../../../../../webhook/gateway/sign-in/sign-in.ts';
import { signInAtIdp } from '../../../../kit/idp/form-person.ts';
import { aSigningKey, type SigningKey } from '../../../../kit/idp/signing-key.ts';
import { startTestIdp, type TestIdp } from '../../../../kit/idp/test-idp.ts';
import { replacing } from '../../../../kit/objects/saml-answer.ts';
import {
  aFormPost,
  aSignInDoor,
  cookieAfter,
  ourParty,
  reasonOf,
  type SignInDoor,
  type SignInDoorWish,
} from '../../../../kit/objects/sign-in-door.ts';
import { aUserNamed } from '../../../../kit/objects/user.ts';

const grant = { namespace: 'ecase', name: 'case-4711' };
let idp: TestIdp;
let spKey: SigningKey;

beforeAll(async () => {
  spKey = await aSigningKey({ commonName: 'Support access' });
  idp = await startTestIdp({
    serviceProvider: { entityID: ourParty.entityID, acsURL: ourParty.acsUrl, certificate: spKey.certificate },
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

function theDoor(wish: Partial<SignInDoorWish> = {}): SignInDoor {
  return aSignInDoor({
    sso: { identityProvider: { metadata: idp.metadata } },
    us: { ...ourParty, keys: [spKey] },
    ...wish,
  });
}

async function begunAt(door: SignIn) {
  const begun = await door.begin(grant);
  if (!begun.ok) throw new Error(`${begun.reason}: ${begun.detail}`);

  return { redirect: begun.value.redirect, cookie: cookieAfter(begun.value.setCookie) };
}

async function answeredAt(door: SignIn) {
  const { redirect, cookie } = await begunAt(door);
  const { SAMLResponse, RelayState } = await signInAtIdp(redirect, 'ada', 'analytical');
  return { cookie, SAMLResponse, RelayState };
}

function complete(door: SignIn, { cookie, ...fields }: Awaited<ReturnType<typeof answeredAt>>) {
  return door.complete(aFormPost(fields), cookie);
}

describe('a sign-in', () => {
  it('lets in the person whom the provider vouches for, with the grant that was asked for', async () => {
    const door = theDoor();
    const completed = await complete(door, await answeredAt(door));
    expect(completed.outcome).toMatchObject({
      ok: true,
      value: { grant, user: { metadata: { name: 'ada' } } },
    });
    expect(completed.facts).toMatchObject({
      identityProvider: idp.entityID,
      nameID: 'ada@vendor.example',
      signatureAlgorithm: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
    });
  });

  it('accepts an answer whose response is signed too', async () => {
    const both = await startTestIdp({
      serviceProvider: { entityID: ourParty.entityID, acsURL: ourParty.acsUrl },
      people: idp.people,
      signs: 'both',
    });
    const sso = { identityProvider: { metadata: both.metadata }, requestSigning: 'Disabled' as const };
    const door = theDoor({ sso });
    const completed = await complete(door, await answeredAt(door));
    await both.stop();
    expect(reasonOf(completed)).toBe('accepted');
  });

  it('asks with a request that the provider can verify, which forces a new sign-in and names our door', async () => {
    await answeredAt(theDoor());
    const xml = idp.received.at(-1)?.xml;
    expect(xml).toContain('ForceAuthn="true"');
    expect(xml).toContain(`AssertionConsumerServiceURL="${ourParty.acsUrl}"`);
    expect(xml).not.toContain('NameIDPolicy');
  });

  it('is refused by the provider when somebody altered the signed request', async () => {
    const { redirect } = await begunAt(theDoor());
    const altered = redirect.replace(/RelayState=[^&]+/, 'RelayState=elsewhere');
    await expect(signInAtIdp(altered, 'ada', 'analytical')).rejects.toThrow('SIGNATURE');
  });

  it('is used up by the first answer', async () => {
    const door = theDoor();
    const answer = await answeredAt(door);
    expect(reasonOf(await complete(door, answer))).toBe('accepted');
    expect(reasonOf(await complete(door, answer))).toBe('saml.request_replayed');
  });

  it('is refused when nobody can say whether the answer was used before', async () => {
    const door = theDoor({ used: { consume: async () => refuse('saml.single_use_unknown') } });
    expect(reasonOf(await complete(door, await answeredAt(door)))).toBe('saml.single_use_unknown');
  });

  it('notes nothing for a person who is not on file', async () => {
    const door = theDoor({ users: [aUserNamed('grace')] });
    const completed = await complete(door, await answeredAt(door));
    expect(reasonOf(completed)).toBe('saml.user_unknown');
    expect(completed.sso).toEqual({
      received: { nameID: ['ada@vendor.example'] },
      expected: { nameID: ['grace@vendor.example'] },
    });
    expect(door.notes).toEqual([]);
  });

  it('is refused in another browser, which has no cookie', async () => {
    const door = theDoor();
    const { cookie: _left, ...fields } = await answeredAt(door);
    expect(reasonOf(await door.complete(aFormPost(fields), undefined))).toBe('saml.pending_missing');
  });

  it('is refused at a gateway of another installation, whose key is another', async () => {
    const answer = await answeredAt(theDoor());
    expect(reasonOf(await complete(theDoor(), answer))).toBe('saml.pending_altered');
  });

  it('is refused with the cookie of another sign-in of the same browser', async () => {
    const door = theDoor();
    const first = await answeredAt(door);
    const { cookie } = await begunAt(door);
    expect(reasonOf(await complete(door, { ...first, cookie }))).toBe('saml.relay_state_mismatch');
  });

  it('is refused with the answer to another request under the right RelayState', async () => {
    const door = theDoor();
    const first = await answeredAt(door);
    const second = await answeredAt(door);
    const mixed = { ...second, SAMLResponse: first.SAMLResponse };
    expect(reasonOf(await complete(door, mixed))).toBe('saml.response_in_response_to_mismatch');
  });

  it.each([
    ['is answered the moment before the question expires', authnRequestLifetimeMs - 1, 'accepted'],
    ['is refused at that moment', authnRequestLifetimeMs, 'saml.pending_expired'],
    ['is refused after it', authnRequestLifetimeMs + 1, 'saml.pending_expired'],
  ])('%s', async (_title, later, reason) => {
    let now = Date.now();
    const door = theDoor({ now: () => now });
    idp.misbehave({ now: () => now + later });
    const answer = await answeredAt(door);
    idp.misbehave({});
    now += later;
    expect(reasonOf(await complete(door, answer))).toBe(reason);
  });

  it('is refused when the clock was set back far behind the question', async () => {
    let now = Date.now();
    const door = theDoor({ now: () => now });
    const answer = await answeredAt(door);
    now -= 3_600_000;
    expect(reasonOf(await complete(door, answer))).toBe('saml.pending_expired');
  });

  it('is refused when the provider signs with a key that the policy does not pin', async () => {
    const door = theDoor();
    idp.misbehave({ key: await aSigningKey({ commonName: 'Somebody else' }) });
    const answer = await answeredAt(door);
    idp.misbehave({});
    expect(reasonOf(await complete(door, answer))).toBe('saml.assertion_signature_invalid');
  });

  it('is refused when somebody on the way makes another person of it', async () => {
    const door = theDoor();
    idp.misbehave({ after: replacing('ada@vendor.example', 'eve@vendor.example') });
    const answer = await answeredAt(door);
    idp.misbehave({});
    expect(reasonOf(await complete(door, answer))).toBe('saml.assertion_signature_invalid');
  });

  it('never begins without a provider in the policy, and says which fields are missing', async () => {
    const begun = await theDoor({ sso: { identityProvider: {} } }).begin(grant);
    expect(begun).toMatchObject({ ok: false, reason: 'saml.trust_missing' });
    expect(begun.ok ? '' : begun.detail).toContain('spec.sso.identityProvider.entityID: must be set');
  });

  it('never begins with signed requests when there is no key to sign them with', async () => {
    expect(await theDoor({ us: ourParty }).begin(grant)).toMatchObject({
      reason: 'saml.request_key_missing',
    });
  });

  it.each(['before the question', 'before the answer', 'after the answer'])(
    'is refused, not broken off, when the API server goes away %s',
    async (moment) => {
      let away = moment === 'before the question';
      const gone = new Error('connect ECONNREFUSED 10.0.0.1:443');
      const deps = theDoor().deps;
      const door = createSignIn({
        ...deps,
        readParties: async () =>
          away && moment !== 'after the answer' ? Promise.reject(gone) : deps.readParties(),
        usersOf: async () => Promise.reject(gone),
      });
      if (away) {
        expect(await door.begin(grant)).toEqual({ ok: false, reason: 'saml.state_unknown', detail: 'Error' });
        return;
      }
      const answer = await answeredAt(door);
      away = true;
      expect(reasonOf(await complete(door, answer))).toBe('saml.state_unknown');
    },
  );

  it('writes down no document, no cookie and no RelayState', async () => {
    const door = theDoor();
    const answer = await answeredAt(door);
    const { facts } = await complete(door, answer);
    const written = JSON.stringify(facts);
    expect(written).not.toContain('<');
    expect(written).not.toContain(answer.RelayState);
    expect(written).not.toContain(answer.cookie.slice(40, 80));
  });
});
