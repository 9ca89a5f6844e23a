/**
 * Does the response around the assertion fit our question? Its attributes are unsigned when only the assertion is
 * signed, so passing here proves nothing by itself: these rules can only refuse.
 */

import { type Refused, refuse } from '../refusal.ts';
import { childOf, valueOf } from '../saml-names.ts';
import type { XmlElement } from '../xml/scanner.ts';
import { isSuccess } from './structure.ts';
import { issueProblem, type ValidationContext } from './validation-context.ts';

type OuterRule = (response: XmlElement, expected: ValidationContext) => Refused | undefined;

const rules: readonly OuterRule[] = [
  (response) => (valueOf(response, 'Version') === '2.0' ? undefined : refuse('saml.response_version')),
  (response) => (isSuccess(response) ? undefined : refuse('saml.status_not_success')),
  issuerIsTheProvider,
  (response, { acsUrl }) =>
    valueOf(response, 'Destination') === acsUrl ? undefined : refuse('saml.destination_mismatch'),
  answersTheRequest,
  (response, expected) => issueProblem(valueOf(response, 'IssueInstant'), expected, 'saml.response_time'),
];

/** The first rule of the outer response that does not hold. */
export function responseRulesRefusal(response: XmlElement, expected: ValidationContext): Refused | undefined {
  for (const rule of rules) {
    const refusal = rule(response, expected);
    if (refusal) return refusal;
  }
  return undefined;
}

/** The issuer may be left out of the response; if it is there it must be the right one. */
function issuerIsTheProvider(response: XmlElement, { issuer }: ValidationContext): Refused | undefined {
  const said = childOf(response, 'saml:Issuer');
  return said === undefined || said.text === issuer ? undefined : refuse('saml.response_issuer_mismatch');
}

function answersTheRequest(response: XmlElement, { requestId }: ValidationContext): Refused | undefined {
  const answered = valueOf(response, 'InResponseTo');
  if (answered === undefined) return refuse('saml.in_response_to_missing', 'Response');

  return answered === requestId ? undefined : refuse('saml.response_in_response_to_mismatch');
}
