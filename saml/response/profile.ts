/**
 * Does a verified answer fulfil the Web Browser SSO profile, for us, for this request, now? Every fact comes from the
 * verified bytes; the unverified document is used for the outer rules, which can only refuse.
 */

import { accept, type Outcome, type Refused, refuse } from '../refusal.ts';
import { childOf, entityFormat, valueOf } from '../saml-names.ts';
import { scanXml, type XmlElement } from '../xml/scanner.ts';
import { type ReceivedAttributes, readAttributes } from './attributes.ts';
import { type Authentication, readAuthentication } from './authentication.ts';
import { readConditions } from './conditions.ts';
import { responseRulesRefusal } from './response-rules.ts';
import { loneAssertionRefusal, type ResponseTree } from './structure.ts';
import { readSubject, type Subject } from './subject.ts';
import { issueProblem, type ValidationContext } from './validation-context.ts';

export interface Profile {
  readonly assertionId: string;
  readonly subject: Subject;
  readonly authentication: Authentication;
  readonly attributes: ReceivedAttributes;
  /** Until when the answer could be accepted by anybody: how long its use must be remembered. */
  readonly usableUntil: number;
}

/** `verifiedXml` is what the signature library handed out; `tree` is the document in which it was found. */
export function readProfile(
  verifiedXml: string,
  tree: ResponseTree,
  expected: ValidationContext,
): Outcome<Profile> {
  const assertion = scanXml(verifiedXml);
  if (!assertion.ok) return assertion;

  const problem =
    sameAssertionProblem(assertion.value, tree) ??
    responseRulesRefusal(tree.response, expected) ??
    headProblem(assertion.value, expected);
  return problem ?? readStatements(assertion.value, expected);
}

/** The reference was resolved by another reader than ours: what it found must be what we found. */
function sameAssertionProblem(assertion: XmlElement, tree: ResponseTree): Refused | undefined {
  if (valueOf(assertion, 'ID') !== tree.assertionId) return refuse('saml.verified_bytes_differ');

  return loneAssertionRefusal(assertion);
}

function headProblem(assertion: XmlElement, expected: ValidationContext): Refused | undefined {
  if (valueOf(assertion, 'Version') !== '2.0') return refuse('saml.assertion_version');

  const issuer = childOf(assertion, 'saml:Issuer');
  if (issuer?.text !== expected.issuer) return refuse('saml.issuer_mismatch');

  const plain = issuer.attributes.every(({ name, value }) => name === 'Format' && value === entityFormat);
  if (!plain) return refuse('saml.issuer_format');

  return issueProblem(valueOf(assertion, 'IssueInstant'), expected, 'saml.assertion_time');
}

function readStatements(assertion: XmlElement, expected: ValidationContext): Outcome<Profile> {
  const subject = readSubject(assertion, expected);
  if (!subject.ok) return subject;

  const conditionsEnd = readConditions(assertion, expected);
  if (!conditionsEnd.ok) return conditionsEnd;

  const authentication = readAuthentication(assertion, expected);
  if (!authentication.ok) return authentication;

  const attributes = readAttributes(assertion, expected.attributes);
  if (!attributes.ok) return attributes;

  return accept({
    assertionId: valueOf(assertion, 'ID') ?? '',
    subject: subject.value,
    authentication: authentication.value,
    attributes: attributes.value,
    usableUntil: Math.max(subject.value.notOnOrAfter, conditionsEnd.value) + expected.skewMs,
  });
}
