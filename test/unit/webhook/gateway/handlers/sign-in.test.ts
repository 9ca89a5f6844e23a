/** One sign-in from the posted SAML response to the cookie, with real rules: what is read, who gets a session, what is recorded. */
import { describe, expect, it } from 'vitest';
import { SupportAccessError } from '../../../../../crds/errors.ts';
import { isAnonymousRefusal } from '../../../../../webhook/gateway/records/anonymous-refusals.ts';
import { signInAtIdp } from '../../../../kit/idp/form-person.ts';
import { aGrant, opened } from '../../../../kit/objects/grant.ts';
import { withSpec } from '../../../../kit/objects/object.ts';
import { switchedOff } from '../../../../kit/objects/policy.ts';
import { cookieAfter } from '../../../../kit/objects/sign-in.ts';
import { aUser } from '../../../../kit/objects/user.ts';
import { aGateway, type Gateway, grant, policy, posted, signedIn, withIdp } from './sign-in-scene.ts';

withIdp();

describe('a SAML response', () => {
  it('opens a session for the very person and grant that were judged, and records both', async () => {
    const gateway = aGateway();
    const response = await signedIn(gateway);
    expect([response.status, response.headers.get('location')]).toEqual([303, '/support-access/']);
    expect(response.headers.getSetCookie()[0]).toBe('session-cookie');
    expect(gateway.created).toMatchObject([
      { grant: { metadata: { name: 'case-4711' } }, user: { metadata: { name: 'ada' } } },
    ]);
    expect(gateway.records.map(({ type }) => type)).toEqual(['session.authorized', 'signin.succeeded']);
    expect(gateway.records.at(-1)?.message).toContain('signed="assertion"');
  });

  it('has its world read once, then all of it once more for the session that was written', async () => {
    const gateway = aGateway();
    await signedIn(gateway);
    const { gets } = gateway.objects;
    await signedIn(gateway);
    const judged = gets.slice(0, 10);
    const again = gets.slice(10);
    expect(new Set(judged).size).toBe(10);
    expect(new Set(again).size).toBe(again.length);
    expect(again).toHaveLength(11);
    expect(judged.filter((get) => get.startsWith('SupportUser'))).toEqual(['SupportUser ada']);
  });

  it('opens nothing when access was switched off after the person had set out, and says so to the customer', async () => {
    const gateway = aGateway();
    await signedIn(gateway, ({ objects }) => objects.put(switchedOff()(policy())));
    expect([gateway.created, gateway.refused]).toEqual([[], ['PolicyDisabled']]);
    expect(gateway.records).toMatchObject([
      { type: 'signin.failed', decision: { reason: 'PolicyDisabled' }, actor: { name: 'ada' } },
    ]);
  });

  it('lets no one in while the records take nothing: no cookie is sent, and the session that was made is ended', async () => {
    const ended: string[] = [];
    const working = aGateway();
    const deps: Gateway['deps'] = {
      ...working.deps,
      trail: { append: () => Promise.reject(new SupportAccessError('records_halted', 'the volume is full')) },
      sessions: {
        ...working.deps.sessions,
        end: (_, { reason }) => {
          ended.push(reason);
          return Promise.resolve();
        },
      },
      onFailure: () => undefined,
    };
    const response = await signedIn({ ...working, deps });
    expect(response.status).not.toBe(303);
    expect(response.headers.getSetCookie().join()).not.toContain('session-cookie');
    expect(ended).toEqual(['RecordsUnavailable']);
    expect([working.refused, working.records]).toEqual([['RecordsUnavailable'], []]);
  });

  it('about somebody who is not on file reads no lock, and is recorded with both sides', async () => {
    const gateway = aGateway();
    await signedIn(gateway, ({ objects }) => objects.remove('SupportUser', 'ada'));
    expect(gateway.created).toEqual([]);
    expect(gateway.records).toMatchObject([
      { type: 'signin.sso_mismatch', sso: { received: { nameID: ['ada@vendor.example'] } } },
    ]);
    expect(gateway.objects.gets).toEqual([
      'SupportAccessPolicy default',
      'SupportAccessGrant case-4711',
      'SupportUser ada',
    ]);
  });

  it('EC-16 that a provider vouched for is evidence, also where it fails for another reason: it says whose it was', async () => {
    const replayed = aGateway('again');
    await signedIn(replayed);
    expect(replayed.records).toMatchObject([
      { type: 'signin.failed', decision: { reason: 'saml.request_replayed' }, actor: { name: 'ada' } },
    ]);
    const away = aGateway();
    await signedIn(away, ({ objects }) =>
      objects.answer('SupportUser', 'ada', () => Promise.reject(new Error('away'))),
    );
    expect(away.records).toMatchObject([
      {
        type: 'signin.failed',
        decision: { reason: 'saml.state_unknown' },
        sso: { received: { nameID: ['ada@vendor.example'] }, expected: {} },
      },
    ]);
    for (const record of [...replayed.records, ...away.records])
      expect(isAnonymousRefusal(record)).toBe(false);
  });

  it('EC-16 about somebody who is not on file counts once: the same response again is a replay', async () => {
    const gateway = aGateway();
    gateway.objects.remove('SupportUser', 'ada');
    const begun = await gateway.signIn.begin({ ...grant, uid: 'uid-1' }, policy());
    if (!begun.ok) throw new Error(begun.reason);

    const { SAMLResponse, RelayState } = await signInAtIdp(begun.value.redirect, 'ada', 'analytical');
    for (let time = 0; time < 3; time += 1)
      await posted(gateway, { SAMLResponse, RelayState }, cookieAfter(begun.value.setCookie));
    expect(gateway.records.map(({ decision }) => decision?.reason)).toEqual([
      'saml.user_unknown',
      'saml.request_replayed',
      'saml.request_replayed',
    ]);
    expect(gateway.records.map(isAnonymousRefusal)).toEqual([false, true, true]);
  });

  it('that no provider signed is recorded with the grant that the sign-in began for', async () => {
    const gateway = aGateway();
    const begun = await gateway.signIn.begin({ ...grant, uid: 'uid-1' }, policy());
    if (!begun.ok) throw new Error(begun.reason);

    await posted(gateway, { SAMLResponse: 'PGEvPg==', RelayState: 'x' }, cookieAfter(begun.value.setCookie));
    expect(gateway.records).toMatchObject([
      { grant: { ...grant, uid: 'uid-1' }, actor: { kind: 'anonymous' } },
    ]);
  });

  it('that is none costs no read at all without our cookie, and one of the policy with it', async () => {
    const gateway = aGateway();
    await posted(gateway, { SAMLResponse: 'PGEvPg==', RelayState: 'x' }, 'other=1');
    expect(gateway.objects.gets).toEqual([]);
    const begun = await gateway.signIn.begin(grant, policy());
    if (!begun.ok) throw new Error(begun.reason);

    const relayState = new URL(begun.value.redirect).searchParams.get('RelayState') ?? '';
    const cookie = cookieAfter(begun.value.setCookie);
    await posted(gateway, { SAMLResponse: 'PGEvPg==', RelayState: relayState }, cookie);
    expect(gateway.objects.gets).toEqual(['SupportAccessPolicy default']);
    expect(gateway.records.map(({ decision }) => decision?.reason)).toEqual([
      'saml.request_state_missing',
      'saml.not_a_response',
    ]);
  });

  it.each([
    [['billing'], ['billing', 'other'], 1],
    [['billing', 'mail'], ['mail'], 1],
    [['billing'], ['Billing'], 0],
    [['billing'], [], 0],
    [[], [], 1],
  ])(
    'ZH-9 of a grant that asks for %j lets in a person with %j: %i',
    async (requiredSupportRoles, supportRoles, count) => {
      const gateway = aGateway();
      gateway.objects.put(
        aGrant(opened(), withSpec({ requiredSupportRoles })),
        aUser(withSpec({ supportRoles })),
      );
      await signedIn(gateway);
      expect(gateway.created).toHaveLength(count);
      expect(gateway.refused).toEqual(count === 1 ? [] : ['SupportRoleMissing']);
    },
  );
});
