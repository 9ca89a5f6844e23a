/**
 * Who is calling, and may they? Asked of the API server: TokenReview for the bearer, SubjectAccessReview for the right.
 * Answers are kept for a few seconds, yes and no alike; no answer is an error and never a yes.
 */
import { createHash } from 'node:crypto';
import type { Writer } from '../../crds/audit/events.ts';
import type { KubeClient } from '../../kube/kube-client.ts';
import { SubjectAccessReviews, TokenReviews } from '../../kube/resources.ts';
import { recordsAudience } from '../../trail/wire.ts';
import { createBriefCache } from './brief-cache.ts';

export interface Caller {
  readonly username: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

/** On the virtual resource `auditrecords.supportaccess.dev`: `create` appends, `get` reads. */
export type RecordsVerb = 'create' | 'get';

export interface Access {
  /** Whose token this is, or undefined when the API server does not know it for our audience. Throws when it is away. */
  callerOf(token: string): Promise<Caller | undefined>;
  /** Whether RBAC gives the caller the verb. Throws when the API server is away. */
  may(caller: Caller, verb: RecordsVerb): Promise<boolean>;
}

export interface AccessOptions {
  readonly client: Pick<KubeClient, 'create'>;
  /** Monotonic milliseconds. */
  readonly clock: () => number;
}

/** How long an answer of the API server is used: bounds how long a withdrawn right or token lives here. */
const keepForMs = 10_000;
/** The client of the trail waits two seconds in all. */
const deadlineMs = 1500;

export function createAccess({ client, clock }: AccessOptions): Access {
  const callers = createBriefCache<Caller | undefined>({ keepForMs, clock });
  const rights = createBriefCache<boolean>({ keepForMs, clock });
  return {
    // Kept by hash: a heap dump of ours must not be a list of live tokens.
    callerOf: (token) => callers.get(hashOf(token), () => reviewToken(client, token)),
    may: (caller, verb) =>
      rights.get(hashOf(JSON.stringify([caller, verb])), () => reviewAccess(client, caller, verb)),
  };
}

/** Which writer a caller is, by its ServiceAccount in the release namespace; a right alone makes nobody a writer. */
export function writerOf(caller: Caller, releaseNamespace: string): Writer | undefined {
  const account = `system:serviceaccount:${releaseNamespace}:support-access-`;
  if (caller.username === `${account}gateway`) return 'gateway';
  if (caller.username === `${account}operator`) return 'operator';
  return undefined;
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}

interface TokenReviewStatus {
  readonly status?: {
    readonly authenticated?: boolean;
    readonly audiences?: readonly string[];
    readonly user?: Partial<Caller>;
  };
}

async function reviewToken(client: AccessOptions['client'], token: string): Promise<Caller | undefined> {
  const review = {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenReview',
    metadata: {},
    spec: { token, audiences: [recordsAudience] },
  };
  const { status } = await client.create<TokenReviewStatus>(TokenReviews, review, { deadlineMs });
  // A server that ignores audiences answers without them: then the token was not made for us, as far as anybody knows.
  const forUs = status?.audiences?.includes(recordsAudience) === true;
  return status?.authenticated === true && forUs ? callerIn(status.user) : undefined;
}

function callerIn({ username, uid, groups, extra }: Partial<Caller> = {}): Caller | undefined {
  if (username === undefined || username === '') return undefined;
  return {
    username,
    groups: groups ?? [],
    ...(uid === undefined ? {} : { uid }),
    ...(extra === undefined ? {} : { extra }),
  };
}

async function reviewAccess(
  client: AccessOptions['client'],
  caller: Caller,
  verb: RecordsVerb,
): Promise<boolean> {
  const { username, ...identity } = caller;
  const review = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SubjectAccessReview',
    metadata: {},
    spec: {
      user: username,
      ...identity,
      resourceAttributes: { group: 'supportaccess.dev', resource: 'auditrecords', verb },
    },
  };
  const { status } = await client.create<{ status?: { allowed?: boolean; denied?: boolean } }>(
    SubjectAccessReviews,
    review,
    { deadlineMs },
  );
  return status?.allowed === true && status.denied !== true;
}
