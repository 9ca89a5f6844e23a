/** What the profile measures an answer against: who we are, whom we asked what and when. Types and one rule of time. */
import type { AttributeMapping } from '../../crds/rules/identity.ts';
import { hasBegun, instantOf } from '../instants.ts';
import { accept, type Outcome, type Refused, refuse } from '../refusal.ts';

export type NameIDFormat = 'EmailAddress' | 'Persistent' | 'Unspecified';

export interface ValidationContext {
  /** The identity provider's entity id, from the policy. */
  readonly issuer: string;
  /** Our entity id. */
  readonly audience: string;
  /** Our assertion consumer URL; it is both Destination and Recipient. */
  readonly acsUrl: string;
  readonly requestId: string;
  /** When the question was asked, epoch milliseconds. */
  readonly requestedAt: number;
  readonly now: number;
  readonly skewMs: number;
  readonly forceAuthn: boolean;
  readonly nameIDFormat: NameIDFormat;
  /** Accepted AuthnContextClassRefs; empty accepts all. */
  readonly authnContexts: readonly string[];
  readonly attributes: readonly AttributeMapping[];
}

/** An instant that must be there or may be missing; a malformed one is never taken for a missing one. */
export function readInstant(text: string | undefined, element: string): Outcome<number | undefined> {
  if (text === undefined) return accept(undefined);

  const instant = instantOf(text);
  return instant === undefined ? refuse('saml.time_malformed', element) : accept(instant);
}

/**
 * Was something issued as an answer to our request: not before it was asked, not in the future? Without this an
 * answer made in advance, for an id that somebody guessed or chose, would be as good as a real one.
 */
export function issueProblem(
  text: string | undefined,
  expected: ValidationContext,
  reason: 'saml.response_time' | 'saml.assertion_time',
): Refused | undefined {
  const issued = readInstant(text, reason);
  if (!issued.ok) return issued;

  const { now, skewMs, requestedAt } = expected;
  const inBounds =
    issued.value !== undefined &&
    hasBegun(requestedAt, issued.value, skewMs) &&
    hasBegun(issued.value, now, skewMs);
  return inBounds ? undefined : refuse(reason);
}
