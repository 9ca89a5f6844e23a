/**
 * Does a verified response fulfil the Web Browser SSO profile, for this service provider, for this request, now? All that
 * is handed out comes from the verified bytes; the unverified document is used for rules that can only refuse.
 */

import { type Invalid, invalid, type SamlResult, valid } from '../result.ts';
import { entityFormat } from '../saml-names.ts';
import { childOf, valueOf } from '../xml/lookup.ts';
import { scanXml, type XmlElement } from '../xml/scanner.ts';
import { type ReceivedAttributes, readAttributes } from './attributes.ts';
import { type Authentication, readAuthentication } from './authentication.ts';
import { readConditions } from './conditions.ts';
import { responseProblem } from './response-rules.ts';
import { type ResponseTree, verifiedAssertion } from './structure.ts';
import { type AssertionSubject, readSubject } from './subject.ts';
import { issueProblem, type ValidationContext } from './validation-context.ts';

export interface Profile {
  readonly assertionId: string;
  readonly subject: AssertionSubject;
  readonly authentication: Authentication;
  readonly attributes: ReceivedAttributes;
  /** Until when the response could be accepted: how long its use must be remembered. */
  readonly usableUntil: number;
}

/** `verifiedXml` is what the signature library handed out; `tree` is the document in which it was found. */
export function readProfile(
  verifiedXml: string,
  tree: ResponseTree,
  context: ValidationContext,
): SamlResult<Profile> {
  const verified = scanXml(verifiedXml);
  if (!verified.ok) return verified;

  // The reference was resolved by another reader than ours: what it found must be what we found.
  const assertion = verifiedAssertion(verified.value, tree);
  if (!assertion.ok) return assertion;

  const problem = responseProblem(tree.response, context) ?? headProblem(assertion.value, context);
  return problem ?? readStatements(assertion.value, context);
}

function headProblem(assertion: XmlElement, context: ValidationContext): Invalid | undefined {
  if (valueOf(assertion, 'Version') !== '2.0') return invalid('saml.assertion_version');

  const issuer = childOf(assertion, 'saml:Issuer');
  if (issuer?.text !== context.issuer) return invalid('saml.issuer_mismatch');

  const own = issuer.attributes.filter(({ namespace }) => namespace === '');
  const plain = own.every(({ name, value }) => name === 'Format' && value === entityFormat);
  if (!plain) return invalid('saml.issuer_format');

  return issueProblem(valueOf(assertion, 'IssueInstant'), context, 'saml.assertion_time');
}

function readStatements(assertion: XmlElement, context: ValidationContext): SamlResult<Profile> {
  const subject = readSubject(assertion, context);
  if (!subject.ok) return subject;

  const conditionsEnd = readConditions(assertion, context);
  if (!conditionsEnd.ok) return conditionsEnd;

  const authentication = readAuthentication(assertion, context);
  if (!authentication.ok) return authentication;

  const attributes = readAttributes(assertion, context.attributes);
  if (!attributes.ok) return attributes;

  return valid({
    assertionId: valueOf(assertion, 'ID') ?? '',
    subject: subject.value,
    authentication: authentication.value,
    attributes: attributes.value,
    usableUntil: Math.max(subject.value.notOnOrAfter, conditionsEnd.value) + context.skewMs,
  });
}
