/** What a response is validated against: the service provider, the identity provider, the request and the moment. */
import type { AttributeMapping } from '../../crds/rules/identity.ts';
import { clockEvidence, hasBegun, readInstant } from '../instants.ts';
import { type Invalid, invalid } from '../result.ts';
import type { NameIDFormat } from '../saml-names.ts';

export interface ValidationContext {
  /** The identity provider's entity id, from the policy. */
  readonly issuer: string;
  /** Our entity id. */
  readonly audience: string;
  /** Our assertion consumer URL; it is both Destination and Recipient. */
  readonly acsUrl: string;
  readonly requestId: string;
  /** When the AuthnRequest was made, epoch milliseconds. */
  readonly requestedAt: number;
  readonly now: number;
  readonly skewMs: number;
  readonly forceAuthn: boolean;
  /** Whether response and assertion must each be signed. */
  readonly demandsBoth: boolean;
  readonly nameIDFormat: NameIDFormat;
  /** Valid AuthnContextClassRefs; empty accepts all. */
  readonly authnContexts: readonly string[];
  readonly attributes: readonly AttributeMapping[];
}

/**
 * Whether something happened after the request, give or take the skew. Providers that write whole seconds say of a request of
 * 8:00:00.7 that they answered at 8:00:00.
 */
export function isAfterRequest(instant: number, { requestedAt, skewMs }: ValidationContext): boolean {
  const isWhole = instant % 1000 === 0;
  return hasBegun(isWhole ? requestedAt - (requestedAt % 1000) : requestedAt, instant, skewMs);
}

/**
 * Was something issued in response to our request: not before the request, not in the future? Without this a response
 * made in advance, for an id that an attacker guessed or chose, would be as good as a real one.
 */
export function issueProblem(
  text: string | undefined,
  context: ValidationContext,
  reason: 'saml.response_time' | 'saml.assertion_time',
): Invalid | undefined {
  const issued = readInstant(text, reason);
  if (!issued.ok) return issued;

  if (issued.value === undefined) return invalid(reason);

  const { now, skewMs, requestedAt } = context;
  const isLate = isAfterRequest(issued.value, context);
  if (isLate && hasBegun(issued.value, now, skewMs)) return undefined;

  return invalid(reason, undefined, clockEvidence(issued.value, { by: isLate ? now : requestedAt, skewMs }));
}
