/** One sign-in from the posted SAML response to the cookie, with real rules: what is read, who gets a session, what is recorded. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NewRecord } from '../../../../../crds/audit/record.ts';
import { createDecider } from '../../../../../webhook/gateway/decisions/decider.ts';
import { FreshReader } from '../../../../../webhook/gateway/decisions/fresh-reader.ts';
import { WorldReader } from '../../../../../webhook/gateway/decisions/world-reader.ts';
import { type CompleteSignInDeps, completeSignIn } from '../../../../../webhook/gateway/handlers/sign-in.ts';
import { isAnonymousRefusal } from '../../../../../webhook/gateway/records/anonymous-refusals.ts';
import type { SignedInPerson } from '../../../../../webhook/gateway/sessions/session-store.ts';
import { createSignIn } from '../../../../../webhook/gateway/sign-in/sign-in.ts';
import { signInAtIdp } from '../../../../kit/idp/form-person.ts';
import { startTestIdp, type TestIdp } from '../../../../kit/idp/test-idp.ts';
import { anApplication } from '../../../../kit/objects/application.ts';
import { noon } from '../../../../kit/objects/ask.ts';
import { aGrant, opened } from '../../../../kit/objects/grant.ts';
import { knownObjects } from '../../../../kit/objects/known-objects.ts';
import { aMatrix } from '../../../../kit/objects/matrix.ts';
import { withSpec } from '../../../../kit/objects/object.ts';
import { aPolicy, switchedOff } from '../../../../kit/objects/policy.ts';
import { watched } from '../../../../kit/objects/release.ts';
import { aService } from '../../../../kit/objects/service.ts';
import { aSession } from '../../../../kit/objects/session.ts';
import { cookieAfter, sp } from '../../../../kit/objects/sign-in.ts';
import { aUser } from '../../../../kit/objects/user.ts';

const grant = { namespace: 'ecase', name: 'case-4711' };
const session = aSession();
let idp: TestIdp;

beforeAll(async () => {
  const people = [{ user: 'ada', password: 'analytical', nameID: 'ada@vendor.example' }];
  idp = await startTestIdp({ serviceProvider: { entityID: sp.entityID, acsURL: sp.acsUrl }, people });
  idp.misbehave({ now: () => noon });
});
afterAll(() => idp.stop());

const policy = () =>
  aPolicy(withSpec({ sso: { identityProvider: { metadata: idp.metadata }, requestSigning: 'Disabled' } }));

/** A gateway over objects in memory, and what came of a sign-in there. */
function aGateway(use: 'first' | 'again' = 'first') {
  const objects = knownObjects(
    policy(),
    aGrant(opened()),
    aUser(),
    anApplication(),
    aMatrix(),
    aService(),
    session,
  );
  const reader = new FreshReader({ client: objects.client, timeoutMs: 1000, onGet: () => undefined });
  const decider = createDecider({
    world: new WorldReader(reader, watched()),
    now: () => noon,
    timeoutMs: 1000,
    recentMs: 60_000,
    againTimeoutMs: 1000,
    told: () => () => [],
    sealIsValid: () => true,
    secretMatches: () => true,
    onDecided: () => undefined,
  });
  const signIn = createSignIn({
    sealingKeys: () => [Buffer.alloc(32, 1)],
    readKeys: () => Promise.resolve([]),
    readWorld: (of) => decider.readSignInWorld(of),
    consume: () => Promise.resolve(use),
    now: () => noon,
  });
  const created: SignedInPerson[] = [];
  const records: NewRecord[] = [];
  const refused: string[] = [];
  const deps: CompleteSignInDeps = {
    decider,
    signIn,
    sessions: {
      create: (person) => {
        created.push(person);
        const { name, namespace = '' } = session.metadata;
        const proof = { session: { namespace, name }, grant: session.spec.grantRef.name, secret: 'new' };
        return Promise.resolve({ session, proof });
      },
      cookieFor: () => 'session-cookie',
      mark: { for: () => 'mark', readFrom: () => undefined },
      isOf: () => true,
      end: () => Promise.resolve(),
    },
    onSignedIn: () => undefined,
    trail: {
      append: (more) => {
        records.push(...more);
        return Promise.resolve([]);
      },
    },
    refuse: async ({ response }, { reason, record }) => {
      refused.push(reason);
      if (record !== undefined) records.push(record(403));
      response.writeHead(403).end();
    },
    sourceOf: () => ({ address: undefined, ip: '203.0.113.7' }),
    now: () => noon,
    onFailure: (what, error) => {
      throw new Error(what, { cause: error });
    },
  };
  return { objects, signIn, deps, created, records, refused };
}

type Gateway = ReturnType<typeof aGateway>;

/** Ada signs in at the provider, and her browser posts the response, after `change` if there is one. */
async function signedIn(gateway: Gateway, change: (gateway: Gateway) => void = () => undefined) {
  const begun = await gateway.signIn.begin(grant, policy());
  if (!begun.ok) throw new Error(begun.reason);

  const { SAMLResponse, RelayState } = await signInAtIdp(begun.value.redirect, 'ada', 'analytical');
  change(gateway);
  gateway.objects.gets.length = 0;
  return posted(gateway, { SAMLResponse, RelayState }, cookieAfter(begun.value.setCookie));
}

async function posted({ deps }: Gateway, fields: Record<string, string>, cookie: string) {
  const origin = { peer: '203.0.113.7', forwardedFor: [] };
  const server = createServer((request, response) => {
    void completeSignIn(deps, { request, response, host: 'support.example.com', origin });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  const response = await fetch(`http://127.0.0.1:${port}/`, {
    method: 'POST',
    redirect: 'manual',
    headers: { cookie },
    body: new URLSearchParams(fields),
  });
  server.close();
  server.closeAllConnections();
  return response;
}

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

  const hasEarlier = ({ deps }: Gateway): string[] => {
    const ended: string[] = [];
    const { name, namespace = '' } = session.metadata;
    const earlier = { session: { namespace, name }, grant: session.spec.grantRef.name, secret: 'old' };
    Object.assign(deps.sessions, {
      mark: { for: () => 'mark', readFrom: () => earlier },
      end: (_session: unknown, { reason }: { reason: string }) => Promise.resolve(void ended.push(reason)),
    });
    return ended;
  };

  it('CC-2 ends the session that the same browser had before', async () => {
    const gateway = aGateway();
    const ended = hasEarlier(gateway);
    const response = await signedIn(gateway);
    expect([response.status, ended]).toEqual([303, ['SignedInAgain']]);
    expect(response.headers.getSetCookie().slice(0, 2)).toEqual(['session-cookie', 'mark']);
  });

  it('ends no other session than the very one that the browser had', async () => {
    const gateway = aGateway();
    const ended = hasEarlier(gateway);
    Object.assign(gateway.deps.sessions, { isOf: () => false });
    await signedIn(gateway);
    expect(ended).toEqual([]);
  });

  it('that comes a second time leads a signed-in browser into the session that it has', async () => {
    const gateway = aGateway('again');
    const went: unknown[] = [];
    const { refuse } = gateway.deps;
    Object.assign(gateway.deps, {
      refuse: (exchange: never, refusal: Parameters<typeof refuse>[1]) => {
        went.push(refusal.goTo);
        return refuse(exchange, refusal);
      },
    });
    await signedIn(gateway);
    hasEarlier(gateway);
    await signedIn(gateway);
    expect(went).toEqual([undefined, '/support-access/']);
    expect(gateway.records.map(({ type }) => type)).toEqual(['signin.failed', 'signin.failed']);
  });
});
