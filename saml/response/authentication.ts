/** How and when did the person prove who they are? Reads verified bytes only. */

import { hasBegun, isBefore } from '../instants.ts';
import { accept, type Outcome, type Refused, refuse } from '../refusal.ts';
import { childOf, valueOf } from '../saml-names.ts';
import type { XmlElement } from '../xml/scanner.ts';
import { readInstant, type ValidationContext } from './validation-context.ts';

export interface Authentication {
  readonly authnInstant: number;
  readonly classRef: string;
  readonly sessionIndex: string;
  /** The end of the identity provider's session, which ours must not outlive; epoch milliseconds. */
  readonly sessionNotOnOrAfter?: number;
}

/** The statement of authentication, or the first rule that it breaks (SAML core 2.7.2). */
export function readAuthentication(
  assertion: XmlElement,
  expected: ValidationContext,
): Outcome<Authentication> {
  const statement = childOf(assertion, 'saml:AuthnStatement');
  if (statement === undefined) return refuse('saml.authn_statement_missing');

  const authnInstant = freshInstant(statement, expected);
  if (!authnInstant.ok) return authnInstant;

  const sessionEnd = readSessionEnd(statement, expected);
  if (!sessionEnd.ok) return sessionEnd;

  const context = childOf(statement, 'saml:AuthnContext');
  const classRef = (context && childOf(context, 'saml:AuthnContextClassRef')?.text) ?? '';
  return (
    contextProblem(classRef, expected) ??
    accept({
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
function freshInstant(statement: XmlElement, expected: ValidationContext): Outcome<number> {
  const { now, skewMs, requestedAt, forceAuthn } = expected;
  const read = readInstant(valueOf(statement, 'AuthnInstant'), 'AuthnStatement');
  if (!read.ok) return read;

  const instant = read.value ?? Number.NEGATIVE_INFINITY;
  if (!hasBegun(instant, now, skewMs)) return refuse('saml.authn_instant_future');

  if (forceAuthn && !hasBegun(requestedAt, instant, skewMs)) return refuse('saml.authn_not_fresh');

  return accept(instant);
}

function readSessionEnd(
  statement: XmlElement,
  { now, skewMs }: ValidationContext,
): Outcome<number | undefined> {
  const ends = readInstant(valueOf(statement, 'SessionNotOnOrAfter'), 'AuthnStatement');
  if (!ends.ok || ends.value === undefined) return ends;

  return isBefore(ends.value, now, skewMs) ? ends : refuse('saml.idp_session_over');
}

function contextProblem(classRef: string, { authnContexts }: ValidationContext): Refused | undefined {
  const accepted = authnContexts.length === 0 || authnContexts.includes(classRef);
  return accepted ? undefined : refuse('saml.authn_context_not_allowed');
}
