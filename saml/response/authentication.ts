/** How and when did the person prove who they are? Reads verified bytes only. */

import { clockEvidence, hasBegun, isBefore, readInstant } from '../instants.ts';
import { differs, type Invalid, invalid, type SamlResult, valid } from '../result.ts';
import { childOf, childrenOf, valueOf } from '../xml/lookup.ts';
import type { XmlElement } from '../xml/scanner.ts';
import { isAfterRequest, type ValidationContext } from './validation-context.ts';

export interface Authentication {
  readonly authnInstant: number;
  readonly classRef: string;
  readonly sessionIndex: string;
  /** The end of the identity provider's session, which ours must not outlive; epoch milliseconds. */
  readonly sessionNotOnOrAfter?: number;
}

/** The first statement of authentication that is good, or the rule that the first one breaks (SAML core 2.7.2). */
export function readAuthentication(
  assertion: XmlElement,
  context: ValidationContext,
): SamlResult<Authentication> {
  const read = childrenOf(assertion, 'saml:AuthnStatement').map((each) => readStatement(each, context));
  return read.find(({ ok }) => ok) ?? read[0] ?? invalid('saml.authn_statement_missing');
}

function readStatement(statement: XmlElement, context: ValidationContext): SamlResult<Authentication> {
  const authnInstant = freshInstant(statement, context);
  if (!authnInstant.ok) return authnInstant;

  const sessionEnd = readSessionEnd(statement, context);
  if (!sessionEnd.ok) return sessionEnd;

  const authnContext = childOf(statement, 'saml:AuthnContext');
  const classRef = (authnContext && childOf(authnContext, 'saml:AuthnContextClassRef')?.text) ?? '';
  return (
    contextProblem(classRef, context) ??
    valid({
      authnInstant: authnInstant.value,
      classRef,
      sessionIndex: valueOf(statement, 'SessionIndex') ?? '',
      ...(sessionEnd.value === undefined ? {} : { sessionNotOnOrAfter: sessionEnd.value }),
    })
  );
}

/**
 * ForceAuthn is only a wish; the instant shows whether it was heeded. Keycloak's instant is always "now" and up to 5 ms
 * after the assertion's own, so it is compared with our clock and never with IssueInstant.
 */
function freshInstant(statement: XmlElement, context: ValidationContext): SamlResult<number> {
  const { now, skewMs, forceAuthn } = context;
  const read = readInstant(valueOf(statement, 'AuthnInstant'), 'AuthnStatement');
  if (!read.ok) return read;

  const instant = read.value ?? Number.NEGATIVE_INFINITY;
  if (!hasBegun(instant, now, skewMs))
    return invalid('saml.authn_instant_future', undefined, clockEvidence(instant, { by: now, skewMs }));

  if (forceAuthn && !isAfterRequest(instant, context)) {
    const { requestedAt: by } = context;
    return invalid('saml.authn_not_fresh', undefined, clockEvidence(instant, { by, skewMs }));
  }

  return valid(instant);
}

function readSessionEnd(
  statement: XmlElement,
  { now, skewMs }: ValidationContext,
): SamlResult<number | undefined> {
  const ends = readInstant(valueOf(statement, 'SessionNotOnOrAfter'), 'AuthnStatement');
  if (!ends.ok || ends.value === undefined) return ends;

  return isBefore(ends.value, now, skewMs)
    ? ends
    : invalid('saml.idp_session_over', undefined, clockEvidence(ends.value, { by: now, skewMs }));
}

function contextProblem(classRef: string, { authnContexts }: ValidationContext): Invalid | undefined {
  const accepted = authnContexts.length === 0 || authnContexts.includes(classRef);
  return accepted ? undefined : differs('saml.authn_context_not_allowed', classRef, authnContexts.join(', '));
}
