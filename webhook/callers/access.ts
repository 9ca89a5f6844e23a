/**
 * Says who is calling and what they may, as the API server sees it: TokenReview for the bearer, SubjectAccessReview for the
 * right. Answers are kept for a few seconds. No answer is an error and never a yes.
 */
import { apiGroup } from '../../crds/kinds.ts';
import { SubjectAccessReviews } from '../../kube/resources.ts';
import { createTtlCache } from '../../process/ttl-cache.ts';
import { recordsAudience } from '../../trail/wire.ts';
import {
  type Caller,
  createTokenReview,
  hashOf,
  keepForMs,
  type ReviewOptions,
  reviewWithinMs,
} from './token-review.ts';

/** What a caller may be allowed to do with a virtual resource of ours, as RBAC names it. */
export interface Right {
  readonly verb: string;
  readonly resource: string;
}

export interface Access {
  /**
   * Whose token this is, or undefined when the API server does not know it for our audience. Rejects when it is away, and when
   * its peer, by address, has brought too many unknown ones.
   */
  callerOf(token: string, peer: string): Promise<Caller | undefined>;
  /** Whether RBAC gives the caller the right. Rejects when the API server is away. */
  may(caller: Caller, right: Right): Promise<boolean>;
}

/** Asks this API server. */
export function createAccess({ client, clock }: ReviewOptions): Access {
  const rights = createTtlCache<boolean>({ keepForMs, clock });
  return {
    callerOf: createTokenReview({ client, clock, audience: recordsAudience }),
    may: (caller, right) =>
      rights.get(hashOf(JSON.stringify([caller, right])), () => reviewAccess(client, caller, right)),
  };
}

async function reviewAccess(
  client: ReviewOptions['client'],
  caller: Caller,
  { verb, resource }: Right,
): Promise<boolean> {
  const { username, ...identity } = caller;
  const review = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SubjectAccessReview',
    metadata: {},
    spec: {
      user: username,
      ...identity,
      resourceAttributes: { group: apiGroup, resource, verb },
    },
  };
  const { status } = await client.create<{ status?: { allowed?: boolean; denied?: boolean } }>(
    SubjectAccessReviews,
    review,
    { deadlineMs: reviewWithinMs },
  );
  return status?.allowed === true && status.denied !== true;
}
