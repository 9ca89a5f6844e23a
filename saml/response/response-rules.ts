/**
 * Does the response around the assertion fit our request? Its attributes are unsigned when only the assertion is
 * signed, so passing here proves nothing by itself: these rules can only refuse.
 */

import { differs, type Invalid, invalid } from '../result.ts';
import { childOf, valueOf } from '../xml/lookup.ts';
import type { XmlElement } from '../xml/scanner.ts';
import { isSuccess, notSuccess } from './structure.ts';
import { issueProblem, type ValidationContext } from './validation-context.ts';

type ResponseRule = (response: XmlElement, context: ValidationContext) => Invalid | undefined;

const rules: readonly ResponseRule[] = [
  (response) => (valueOf(response, 'Version') === '2.0' ? undefined : invalid('saml.response_version')),
  (response) => (isSuccess(response) ? undefined : notSuccess(response)),
  issuerIsTheProvider,
  destinationIsOurs,
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
  const isRight = said === undefined || said.text === issuer;
  return isRight ? undefined : differs('saml.response_issuer_mismatch', said.text, issuer);
}

function destinationIsOurs(response: XmlElement, { acsUrl }: ValidationContext): Invalid | undefined {
  const said = valueOf(response, 'Destination');
  return said === acsUrl ? undefined : differs('saml.destination_mismatch', said, acsUrl);
}

function answersTheRequest(response: XmlElement, { requestId }: ValidationContext): Invalid | undefined {
  const answered = valueOf(response, 'InResponseTo');
  if (answered === undefined) return invalid('saml.in_response_to_missing', 'Response');

  return answered === requestId
    ? undefined
    : differs('saml.response_in_response_to_mismatch', answered, requestId);
}
