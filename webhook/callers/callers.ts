/**
 * Who is calling, and may they? Asked of the API server: TokenReview for the bearer, SubjectAccessReview for the right.
 * Answers are kept for a few seconds, yes and no alike but apart: whoever invents tokens must not push out the answers
 * about those who have one. No answer is an error and never a yes.
 */
import { createHash } from 'node:crypto';
import type { Writer } from '../../crds/audit/events.ts';
import type { KubeClient } from '../../kube/api/client.ts';
import { SubjectAccessReviews, TokenReviews } from '../../kube/resources.ts';
import { createTtlCache, type TtlCache } from '../../process/ttl-cache.ts';
import { recordsAudience } from '../../trail/wire.ts';
import { namesAudience } from './token-shape.ts';

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
/** Unknown tokens under review at one time; gateways, operator and readers are a handful. */
const maxReviews = 8;
/** Tokens that were genuine when they were last asked about: they need not queue up with invented ones. */
const maxMet = 1000;

/** Nobody was asked about this caller; a moment later there may be room. */
export class TooManyCallers extends Error {
  constructor() {
    super('too many unknown tokens at one time');
  }
}

export function createAccess({ client, clock }: AccessOptions): Access {
  const rights = createTtlCache<boolean>({ keepForMs, clock });
  const callerOf = callersBy({ client, clock });
  return {
    callerOf,
    may: (caller, verb) =>
      rights.get(hashOf(JSON.stringify([caller, verb])), () => reviewAccess(client, caller, verb)),
  };
}

function callersBy({ client, clock }: AccessOptions): Access['callerOf'] {
  const known: TtlCache<Caller> = createTtlCache({ keepForMs, clock });
  const asked: TtlCache<Caller | undefined> = createTtlCache({ keepForMs, clock });
  const met = new Set<string>();
  let reviews = 0;
  const review = async (token: string, key: string): Promise<Caller | undefined> => {
    if (reviews >= maxReviews && !met.has(key)) throw new TooManyCallers();
    reviews += 1;
    const until = clock() + keepForMs;
    const caller = await reviewToken(client, token).finally(() => {
      reviews -= 1;
    });
    met.delete(key);
    if (caller === undefined) return undefined;
    known.keep(key, caller, until);
    const [oldest] = met.add(key).size > maxMet ? met : [];
    if (oldest !== undefined) met.delete(oldest);
    return caller;
  };
  return (token) => {
    // What says of itself that it is for somebody else, or says nothing, costs no question.
    if (!namesAudience(token, recordsAudience)) return Promise.resolve(undefined);
    // Kept by hash: a heap dump of ours must not be a list of live tokens.
    const key = hashOf(token);
    return known.kept(key) ?? asked.get(key, () => review(token, key));
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
