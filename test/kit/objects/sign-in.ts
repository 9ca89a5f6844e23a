/** A SAML door with everything it needs in memory, and a browser's part of the conversation with it. */
import { randomBytes } from 'node:crypto';
import type { SupportUser } from '../../../crds/generated/support-user.ts';
import type { ServiceProvider } from '../../../saml/request/service-provider.ts';
import type { PostedBody } from '../../../saml/response/posted-response.ts';
import type { SsoSettings } from '../../../saml/trust/trust.ts';
import {
  type Completed,
  createSignIn,
  type SignIn,
  type SignInDeps,
} from '../../../webhook/gateway/sign-in/sign-in.ts';
import type { Consume, Use } from '../../../webhook/gateway/single-use/single-use.ts';
import { aUser } from './user.ts';

export interface TestSignIn extends SignIn {
  /** What was noted as used, in order. */
  readonly notes: readonly Use[];
  /** What it holds, to build a door that differs in one hand. */
  readonly deps: SignInDeps;
}

export interface TestSignInWish {
  readonly sso: SsoSettings | undefined;
  readonly us?: ServiceProvider;
  readonly users?: readonly SupportUser[];
  readonly now?: () => number;
  readonly sealingKeys?: readonly Buffer[];
  readonly consume?: Consume;
}

export const sp: ServiceProvider = {
  entityID: 'https://support.example.com/support-access/saml/metadata',
  acsUrl: 'https://support.example.com/support-access/saml/acs',
  keys: [],
};

/** The door; without keys given, one of its own, so that two doors do not open each other's cookies. */
export function aSignIn(wish: TestSignInWish): TestSignIn {
  const notes: Use[] = [];
  const keys = wish.sealingKeys ?? [randomBytes(32)];
  const deps: SignInDeps = {
    sealingKeys: () => keys,
    readParties: async () => ({ sso: wish.sso, us: wish.us ?? sp }),
    usersOf: async () => wish.users ?? [aUser()],
    consume: wish.consume ?? inMemory(notes),
    now: wish.now ?? Date.now,
  };
  return { ...createSignIn(deps), notes, deps };
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
export function reasonOf({ outcome }: Completed): string {
  return outcome.ok ? 'accepted' : outcome.reason;
}
