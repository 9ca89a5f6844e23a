/** One key, one moment, and the validation of one response: what most tests of validation begin with. */

import { type ValidatedResponse, validateResponse } from '../../../saml/response/validate-response.ts';
import type { ValidationContext } from '../../../saml/response/validation-context.ts';
import type { SamlResult } from '../../../saml/result.ts';
import { aSigningKey } from '../idp/signing-key.ts';
import { aSamlResponse, type ResponsePlan, responseContent } from './saml-response.ts';

/** The provider whose certificate is pinned. */
export const pinnedKey = await aSigningKey({ commonName: 'Pinned provider' });
/** A provider with a certificate of its own. */
export const foreignKey = await aSigningKey({ commonName: 'Foreign provider' });

/** The response's own instants lie a second before `now` and five after the request. */
export const validationContext: ValidationContext = {
  issuer: responseContent.issuer,
  audience: responseContent.audience,
  acsUrl: responseContent.acsUrl,
  requestId: responseContent.requestId,
  requestedAt: responseContent.issuedAt - 5000,
  now: responseContent.issuedAt + 1000,
  skewMs: 60_000,
  forceAuthn: true,
  demandsBoth: false,
  nameIDFormat: 'Unspecified',
  authnContexts: [],
  attributes: [{ name: 'employeeNumber', attribute: 'employeeNumber' }],
};

/** The validation of a text. */
export function validatedText(
  xml: string,
  changes: Partial<ValidationContext> = {},
): SamlResult<ValidatedResponse> {
  return validateResponse(xml, [pinnedKey.x509], { ...validationContext, ...changes });
}

/** The validation of a planned response, signed by the pinned provider unless planned otherwise. */
export function validated(
  plan: Partial<ResponsePlan> = {},
  changes: Partial<ValidationContext> = {},
): SamlResult<ValidatedResponse> {
  return validatedText(aSamlResponse({ key: pinnedKey, ...plan }), changes);
}

/** The reason, or `accepted`. */
export function resultReason(outcome: SamlResult<unknown>): string {
  return outcome.ok ? 'accepted' : outcome.reason;
}
