/** A sign-in with everything it needs in memory, and the browser's part of it. */
import { randomBytes } from 'node:crypto';
import type { SupportAccessPolicy } from '../../../crds/generated/support-access-policy.ts';
import type { SupportUser } from '../../../crds/generated/support-user.ts';
import type { NamespacedName } from '../../../kube/objects.ts';
import type { ServiceProviderKey } from '../../../saml/request/service-provider.ts';
import type { PostedBody } from '../../../saml/response/posted-response.ts';
import type { SsoSettings } from '../../../saml/trust/provider.ts';
import type { SignInWorld } from '../../../webhook/gateway/decisions/decision.ts';
import {
  type CompletedSignIn,
  createSignIn,
  type SignIn,
  type SignInDeps,
} from '../../../webhook/gateway/sign-in/sign-in.ts';
import type { Consume, Use } from '../../../webhook/gateway/single-use/single-use.ts';
import { withSpec } from './object.ts';
import { aPolicy } from './policy.ts';
import { aUser } from './user.ts';

export interface TestSignIn extends Omit<SignIn, 'begin'> {
  /** Begins under the policy of this test. */
  readonly begin: (grant: NamespacedName) => ReturnType<SignIn['begin']>;
  /** What was noted as used, in order. */
  readonly notes: readonly Use[];
  /** What it works with, to make a sign-in that differs in one thing. */
  readonly deps: SignInDeps;
}

export interface TestSignInWish {
  readonly sso: SsoSettings;
  readonly keys?: readonly ServiceProviderKey[];
  readonly users?: readonly SupportUser[];
  readonly now?: () => number;
  readonly sealingKeys?: readonly Buffer[];
  readonly consume?: Consume;
}

/** The service provider of the policy that every test starts from. */
export const sp = {
  entityID: 'https://support.example.com/support-access/saml/metadata',
  acsUrl: 'https://support.example.com/support-access/saml/acs',
} as const;

/** The sign-in; without keys given, with a sealing key of its own, so that two of them do not open each other's cookies. */
export function aSignIn(wish: TestSignInWish): TestSignIn {
  const notes: Use[] = [];
  const sealingKeys = wish.sealingKeys ?? [randomBytes(32)];
  const policy = aPolicy(withSpec({ sso: wish.sso }));
  const deps: SignInDeps = {
    sealingKeys: () => sealingKeys,
    readKeys: async () => wish.keys ?? [],
    readWorld: () => aWorldOf(policy, wish.users ?? [aUser()]),
    consume: wish.consume ?? inMemory(notes),
    now: wish.now ?? Date.now,
  };
  const signIn = createSignIn(deps);
  return { ...signIn, begin: (grant) => signIn.begin(grant, policy), notes, deps };
}

/** A world of which only the first two steps are asked: whether the person may sign in is tested elsewhere. */
function aWorldOf(policy: SupportAccessPolicy, people: readonly SupportUser[]): SignInWorld {
  return {
    policy: async () => policy,
    people: async () => people,
    decide: () => Promise.reject(new Error('this world has no decider')),
  };
}

/** The same promise as the Leases give, for one process. */
function inMemory(notes: Use[]): Consume {
  return async (use) => {
    if (notes.some(({ kind, id }) => kind === use.kind && id.join() === use.id.join())) return 'again';

    notes.push(use);
    return 'first';
  };
}

/** A form post as a browser makes it. */
export function aFormPost(fields: Readonly<Record<string, string>>): PostedBody {
  return aPost(new URLSearchParams(fields).toString());
}

/** Any body under any type, in chunks as they come from a socket. */
export function aPost(body: string, contentType = 'application/x-www-form-urlencoded'): PostedBody {
  const chunks = body.match(/[\s\S]{1,16384}/g) ?? [];
  return {
    headers: { 'content-type': contentType },
    async *[Symbol.asyncIterator]() {
      for (const chunk of chunks) yield Buffer.from(chunk, 'latin1');
    },
  };
}

/** The Cookie header that a browser sends after this Set-Cookie. */
export function cookieAfter(setCookie: string): string {
  return setCookie.split(';')[0] ?? '';
}

/** The reason of a refusal, or `accepted`; the whole of a test's expectation in one word. */
export function reasonOf({ result }: CompletedSignIn): string {
  return result.ok ? 'accepted' : result.reason;
}
