/**
 * Says whose a bearer token is, by a TokenReview at the API server. Answers are kept for a few seconds; those about genuine
 * tokens in a memory of their own, so that a flood of invented tokens cannot push them out. No answer is an error and never
 * a yes.
 */
import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { KubeClient } from '../../kube/api/client.ts';
import { TokenReviews } from '../../kube/resources.ts';
import { createSharedBudget } from '../../process/shared-budget.ts';
import { createTtlCache } from '../../process/ttl-cache.ts';

export interface Caller {
  readonly username: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

export interface ReviewOptions {
  readonly client: Pick<KubeClient, 'create'>;
  /** Monotonic milliseconds. */
  readonly clock: () => number;
}

export interface TokenReviewOptions extends ReviewOptions {
  /** For whom a token must have been made: one for the records is worth nothing to who asks for another. */
  readonly audience: string;
}

/** How long an answer of the API server is used: bounds how long a withdrawn right or token lives here. */
export const keepForMs = 10_000;
/** The client of the trail waits two seconds in all. */
export const reviewWithinMs = 1500;
/** Unknown tokens under review at one time; gateways, operator and readers are a handful. */
const maxReviews = 8;
/**
 * Unknown tokens that are asked about, for each address and for all: a program of ours brings a new one an hour. Half is kept for
 * addresses that brought few, so that a pod that invents tokens does not lock out the gateway.
 */
const reviewBudget = { size: 200, everyMs: 50, reserve: 100, few: 10 } as const;
/** Tokens that were genuine when they were last asked about: they need not queue up with invented ones. */
const maxMet = 1000;

/** The caller was not looked up; a moment later there may be room. */
export class TooManyCallers extends Error {
  constructor() {
    super('too many unknown tokens');
  }
}

/** Whose a token is, or undefined when the API server does not know it for our audience. Rejects when it is away. */
export function createTokenReview({
  client,
  clock,
  audience,
}: TokenReviewOptions): (token: string, peer: string) => Promise<Caller | undefined> {
  const known = createTtlCache<Caller>({ keepForMs, clock });
  const asked = createTtlCache<Caller | undefined>({ keepForMs, clock });
  const met = new LRUCache<string, true>({ max: maxMet });
  const budget = createSharedBudget({ ...reviewBudget, clock });
  let reviews = 0;
  const review = async (token: string, key: string, peer: string): Promise<Caller | undefined> => {
    if (!met.has(key) && (reviews >= maxReviews || !budget.take(peer))) throw new TooManyCallers();
    reviews += 1;
    const until = clock() + keepForMs;
    const caller = await reviewToken(client, { token, audience }).finally(() => {
      reviews -= 1;
    });
    met.delete(key);
    if (caller === undefined) return undefined;
    known.keep(key, caller, until);
    met.set(key, true);
    return caller;
  };
  return (token, peer) => {
    // A token that does not even claim to be for us costs no request to the API server.
    if (!namesAudience(token, audience)) return Promise.resolve(undefined);
    const key = hashOf(token);
    return known.kept(key) ?? asked.get(key, () => review(token, key, peer));
  };
}

const part = /^[\w-]+$/;

/**
 * Whether the token is a JWT in compact form (RFC 7519) whose payload names the audience. It is not verified here: a yes
 * only means that it is worth asking the API server.
 */
export function namesAudience(token: string, audience: string): boolean {
  const parts = token.split('.');
  if (parts.length !== 3 || !parts.every((each) => part.test(each))) return false;
  const claimed = audienceIn(Buffer.from(parts[1] ?? '', 'base64url').toString('utf8'));
  return Array.isArray(claimed) ? claimed.includes(audience) : claimed === audience;
}

function audienceIn(payload: string): unknown {
  try {
    return (JSON.parse(payload) as { readonly aud?: unknown } | null)?.aud;
  } catch {
    return undefined;
  }
}

/** Names a token or a right in the caches: a heap dump of ours must not be a list of live tokens. */
export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}

interface TokenReviewStatus {
  readonly status?: {
    readonly authenticated?: boolean;
    readonly audiences?: readonly string[];
    readonly user?: Partial<Caller>;
  };
}

async function reviewToken(
  client: ReviewOptions['client'],
  { token, audience }: { readonly token: string; readonly audience: string },
): Promise<Caller | undefined> {
  const review = {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenReview',
    metadata: {},
    spec: { token, audiences: [audience] },
  };
  const { status } = await client.create<TokenReviewStatus>(TokenReviews, review, {
    deadlineMs: reviewWithinMs,
  });
  // A server that ignores audiences answers without them: then we cannot know that the token was made for us.
  const forUs = status?.audiences?.includes(audience) === true;
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
