/**
 * What follows from the reason of a failed sign-in: what the person reads, and as what it is recorded. For a reason of
 * ours the list of reasons says it; here stand the few SAML codes that are treated differently from all others.
 */
import type { EventType } from '../../../crds/audit/events.ts';
import { isReason, type Reason, reasons } from '../../../crds/rules/reasons.ts';
import type { SamlReason } from '../../../saml/reasons.ts';

/** Why a sign-in failed: a reason of the list, or the SAML rule that the response broke. */
export type SignInRefusal = Reason | SamlReason;

interface CodeRule {
  readonly told: Reason;
  readonly recordedAs: EventType;
}

const usual: CodeRule = { told: 'SignInFailed', recordedAs: 'signin.failed' };
/** Not known or not set up: no fault of the person's, and trying again at once would end the same way. */
const unavailable: CodeRule = { ...usual, told: 'StateUnavailable' };
const mismatch: CodeRule = { ...usual, recordedAs: 'signin.sso_mismatch' };

const codes: Partial<Readonly<Record<SamlReason, CodeRule>>> = {
  'saml.state_unknown': unavailable,
  'saml.single_use_unknown': unavailable,
  'saml.request_key_missing': unavailable,
  'saml.trust_missing': unavailable,
  'saml.user_unknown': mismatch,
  'saml.user_ambiguous': mismatch,
  'saml.attribute_mismatch': mismatch,
};

/** The reason that the person may read. The SAML code itself is for the customer's records. */
export function toldReasonOf(refusal: SignInRefusal): Reason {
  return isReason(refusal) ? refusal : (codes[refusal] ?? usual).told;
}

/** The type of the record about it. */
export function recordedAs(refusal: SignInRefusal): EventType {
  return isReason(refusal) ? reasons[refusal].failsSignInAs : (codes[refusal] ?? usual).recordedAs;
}
