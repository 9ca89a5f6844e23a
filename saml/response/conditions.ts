/** When and for whom is the assertion valid? Reads verified bytes only; without conditions it is refused. */

import { clockEvidence, hasBegun, isBefore, readInstant } from '../instants.ts';
import { differs, type Invalid, invalid, type SamlResult, valid } from '../result.ts';
import { childOf, childrenOf, valueOf } from '../xml/lookup.ts';
import type { XmlElement } from '../xml/scanner.ts';
import type { ValidationContext } from './validation-context.ts';

/** The instant at which the conditions end (epoch milliseconds), or the first rule that they break (SAML core 2.5). */
export function readConditions(assertion: XmlElement, context: ValidationContext): SamlResult<number> {
  const conditions = childOf(assertion, 'saml:Conditions');
  if (conditions === undefined) return invalid('saml.conditions_missing');

  return (
    beginProblem(conditions, context) ?? audienceProblem(conditions, context) ?? end(conditions, context)
  );
}

function beginProblem(conditions: XmlElement, { now, skewMs }: ValidationContext): Invalid | undefined {
  const begins = readInstant(valueOf(conditions, 'NotBefore'), 'Conditions');
  if (!begins.ok) return begins;

  if (begins.value === undefined || hasBegun(begins.value, now, skewMs)) return undefined;

  return invalid('saml.not_yet_valid', undefined, clockEvidence(begins.value, { by: now, skewMs }));
}

function end(conditions: XmlElement, { now, skewMs }: ValidationContext): SamlResult<number> {
  const ends = readInstant(valueOf(conditions, 'NotOnOrAfter'), 'Conditions');
  if (!ends.ok) return ends;

  if (ends.value === undefined) return invalid('saml.conditions_expiry_missing');

  return isBefore(ends.value, now, skewMs)
    ? valid(ends.value)
    : invalid('saml.expired', undefined, clockEvidence(ends.value, { by: now, skewMs }));
}

/** Several restrictions are all to be met, the audiences inside one are alternatives (SAML core 2.5.1.4). */
function audienceProblem(conditions: XmlElement, { audience }: ValidationContext): Invalid | undefined {
  const restrictions = childrenOf(conditions, 'saml:AudienceRestriction');
  if (restrictions.length === 0) return invalid('saml.audience_missing');

  const named = restrictions.map((restriction) =>
    childrenOf(restriction, 'saml:Audience').map(({ text }) => text),
  );
  const other = named.find((audiences) => !audiences.includes(audience));
  return other && differs('saml.audience_mismatch', other.join(', '), audience);
}
