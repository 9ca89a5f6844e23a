/** One key, one moment, and the gate's word about one answer: what most tests of the gate begin with. */

import type { Outcome } from '../../../saml/refusal.ts';
import { type ValidatedResponse, validateResponse } from '../../../saml/response/validate-response.ts';
import type { ValidationContext } from '../../../saml/response/validation-context.ts';
import { aSigningKey } from '../idp/signing-key.ts';
import { type AnswerPlan, answerFacts, aSamlAnswer } from './saml-answer.ts';

/** The provider whose certificate is pinned. */
export const pinnedKey = await aSigningKey({ commonName: 'Pinned provider' });
/** Somebody with a certificate of their own. */
export const foreignKey = await aSigningKey({ commonName: 'Foreign provider' });

/** The answer's own instants lie a second before `now` and five after the request. */
export const expectation: ValidationContext = {
  issuer: answerFacts.issuer,
  audience: answerFacts.audience,
  acsUrl: answerFacts.acsUrl,
  requestId: answerFacts.requestId,
  requestedAt: answerFacts.issuedAt - 5000,
  now: answerFacts.issuedAt + 1000,
  skewMs: 60_000,
  forceAuthn: true,
  nameIDFormat: 'Unspecified',
  authnContexts: [],
  attributes: [{ name: 'employeeNumber', attribute: 'employeeNumber' }],
};

/** What the gate says about a text. */
export function judgedText(
  xml: string,
  changes: Partial<ValidationContext> = {},
): Outcome<ValidatedResponse> {
  return validateResponse(xml, [pinnedKey.x509], { ...expectation, ...changes });
}

/** What the gate says about a planned answer, signed by the pinned provider unless planned otherwise. */
export function judged(
  plan: Partial<AnswerPlan> = {},
  changes: Partial<ValidationContext> = {},
): Outcome<ValidatedResponse> {
  return judgedText(aSamlAnswer({ key: pinnedKey, ...plan }), changes);
}

/** The reason, or `accepted`. */
export function verdict(outcome: Outcome<unknown>): string {
  return outcome.ok ? 'accepted' : outcome.reason;
}
