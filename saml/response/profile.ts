/**
 * Does a verified response fulfil the Web Browser SSO profile, for this service provider, for this request, now? All that
 * is handed out comes from the verified bytes; the unverified document is used for rules that can only refuse.
 */

import { differs, type Invalid, invalid, type SamlResult, valid } from '../result.ts';
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
  const profile = problem ?? readStatements(assertion.value, context);
  // The signature was good: whom the provider spoke of is evidence, whatever else is wrong.
  return profile.ok ? profile : withName(profile, assertion.value);
}

function withName(refusal: Invalid, assertion: XmlElement): Invalid {
  const subject = childOf(assertion, 'saml:Subject');
  const nameID = (subject && childOf(subject, 'saml:NameID')?.text) ?? '';
  const assertionId = valueOf(assertion, 'ID') ?? '';
  return { ...refusal, evidence: { ...refusal.evidence, assertionId, ...(nameID === '' ? {} : { nameID }) } };
}

function headProblem(assertion: XmlElement, context: ValidationContext): Invalid | undefined {
  if (valueOf(assertion, 'Version') !== '2.0') return invalid('saml.assertion_version');

  const issuer = childOf(assertion, 'saml:Issuer');
  if (issuer?.text !== context.issuer) return differs('saml.issuer_mismatch', issuer?.text, context.issuer);

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
