/** A sign-in at the handler of SAML responses: a real identity provider over HTTP, real rules, and objects in memory. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll } from 'vitest';
import type { NewRecord } from '../../../../../crds/audit/record.ts';
import { createDecider } from '../../../../../webhook/gateway/decisions/decider.ts';
import { FreshReader } from '../../../../../webhook/gateway/decisions/fresh-reader.ts';
import { WorldReader } from '../../../../../webhook/gateway/decisions/world-reader.ts';
import { type CompleteSignInDeps, completeSignIn } from '../../../../../webhook/gateway/handlers/sign-in.ts';
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
import { aPolicy } from '../../../../kit/objects/policy.ts';
import { watched } from '../../../../kit/objects/release.ts';
import { aService } from '../../../../kit/objects/service.ts';
import { aSession } from '../../../../kit/objects/session.ts';
import { cookieAfter, sp } from '../../../../kit/objects/sign-in.ts';
import { aUser } from '../../../../kit/objects/user.ts';

export const grant = { namespace: 'ecase', name: 'case-4711' };
export const session = aSession();
let idp: TestIdp;

/** Has the identity provider run for the tests of one file: each calls it for itself, as files share what they import. */
export function withIdp(): void {
  beforeAll(async () => {
    const people = [{ user: 'ada', password: 'analytical', nameID: 'ada@vendor.example' }];
    idp = await startTestIdp({ serviceProvider: { entityID: sp.entityID, acsURL: sp.acsUrl }, people });
    idp.misbehave({ now: () => noon });
  });
  afterAll(() => idp.stop());
}

export const policy = () =>
  aPolicy(withSpec({ sso: { identityProvider: { metadata: idp.metadata }, requestSigning: 'Disabled' } }));

/** A gateway over objects in memory, and what came of a sign-in there. */
export function aGateway(use: 'first' | 'again' = 'first') {
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
    sessionsOf: () => [],
    nearMisses: { note: () => undefined, forget: () => undefined },
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
  return { objects, decider, signIn, deps, created, records, refused };
}

export type Gateway = ReturnType<typeof aGateway>;

/** Ada signs in at the provider, and her browser posts the response, after `change` if there is one. */
export async function signedIn(gateway: Gateway, change: (gateway: Gateway) => void = () => undefined) {
  const begun = await gateway.signIn.begin(grant, policy());
  if (!begun.ok) throw new Error(begun.reason);

  const { SAMLResponse, RelayState } = await signInAtIdp(begun.value.redirect, 'ada', 'analytical');
  change(gateway);
  gateway.objects.gets.length = 0;
  return posted(gateway, { SAMLResponse, RelayState }, cookieAfter(begun.value.setCookie));
}

export async function posted({ deps }: Gateway, fields: Record<string, string>, cookie: string) {
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
