/**
 * Does the response around the assertion fit our request? Its attributes are unsigned when only the assertion is
 * signed, so passing here proves nothing by itself: these rules can only refuse.
 */

import { type Invalid, invalid } from '../result.ts';
import { childOf, valueOf } from '../xml/lookup.ts';
import type { XmlElement } from '../xml/scanner.ts';
import { isSuccess } from './structure.ts';
import { issueProblem, type ValidationContext } from './validation-context.ts';

type ResponseRule = (response: XmlElement, context: ValidationContext) => Invalid | undefined;

const rules: readonly ResponseRule[] = [
  (response) => (valueOf(response, 'Version') === '2.0' ? undefined : invalid('saml.response_version')),
  (response) => (isSuccess(response) ? undefined : invalid('saml.status_not_success')),
  issuerIsTheProvider,
  (response, { acsUrl }) =>
    valueOf(response, 'Destination') === acsUrl ? undefined : invalid('saml.destination_mismatch'),
  answersTheRequest,
  (response, context) => issueProblem(valueOf(response, 'IssueInstant'), context, 'saml.response_time'),
];

/** The first rule of the response around the assertion that does not hold. */
export function responseProblem(response: XmlElement, context: ValidationContext): Invalid | undefined {
  for (const rule of rules) {
    const refusal = rule(response, context);
    if (refusal) return refusal;
  }
  return undefined;
}

/** The issuer may be left out of the response; if it is there it must be the right one. */
function issuerIsTheProvider(response: XmlElement, { issuer }: ValidationContext): Invalid | undefined {
  const said = childOf(response, 'saml:Issuer');
  return said === undefined || said.text === issuer ? undefined : invalid('saml.response_issuer_mismatch');
}

function answersTheRequest(response: XmlElement, { requestId }: ValidationContext): Invalid | undefined {
  const answered = valueOf(response, 'InResponseTo');
  if (answered === undefined) return invalid('saml.in_response_to_missing', 'Response');

  return answered === requestId ? undefined : invalid('saml.response_in_response_to_mismatch');
}
