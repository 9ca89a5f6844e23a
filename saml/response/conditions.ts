/** When and for whom does the assertion hold? Reads verified bytes only; conditions that are missing hold for nobody. */

import { hasBegun, isBefore } from '../instants.ts';
import { accept, type Outcome, type Refused, refuse } from '../refusal.ts';
import { childOf, childrenOf, valueOf } from '../saml-names.ts';
import type { XmlElement } from '../xml/scanner.ts';
import { readInstant, type ValidationContext } from './validation-context.ts';

/** The instant at which the conditions end (epoch milliseconds), or the first rule that they break (SAML core 2.5). */
export function readConditions(assertion: XmlElement, expected: ValidationContext): Outcome<number> {
  const conditions = childOf(assertion, 'saml:Conditions');
  if (conditions === undefined) return refuse('saml.conditions_missing');

  return (
    beginProblem(conditions, expected) ?? audienceProblem(conditions, expected) ?? end(conditions, expected)
  );
}

function beginProblem(conditions: XmlElement, { now, skewMs }: ValidationContext): Refused | undefined {
  const begins = readInstant(valueOf(conditions, 'NotBefore'), 'Conditions');
  if (!begins.ok) return begins;

  const begun = begins.value === undefined || hasBegun(begins.value, now, skewMs);
  return begun ? undefined : refuse('saml.not_yet_valid');
}

function end(conditions: XmlElement, { now, skewMs }: ValidationContext): Outcome<number> {
  const ends = readInstant(valueOf(conditions, 'NotOnOrAfter'), 'Conditions');
  if (!ends.ok) return ends;

  if (ends.value === undefined) return refuse('saml.conditions_expiry_missing');

  return isBefore(ends.value, now, skewMs) ? accept(ends.value) : refuse('saml.expired');
}

/** Several restrictions are all to be met, the audiences inside one are alternatives (SAML core 2.5.1.4). */
function audienceProblem(conditions: XmlElement, { audience }: ValidationContext): Refused | undefined {
  const restrictions = childrenOf(conditions, 'saml:AudienceRestriction');
  if (restrictions.length === 0) return refuse('saml.audience_missing');

  const allNameUs = restrictions.every((restriction) =>
    childrenOf(restriction, 'saml:Audience').some(({ text }) => text === audience),
  );
  return allNameUs ? undefined : refuse('saml.audience_mismatch');
}
