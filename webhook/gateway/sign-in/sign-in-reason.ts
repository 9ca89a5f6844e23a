/**
 * What follows from the reason of a failed sign-in: what the person reads, and as what it is recorded. For a reason of
 * ours the list of reasons says it; here stand the few SAML codes that are treated differently from all others.
 */
import type { EventType } from '../../../crds/audit/events.ts';
import type { RefusedAs } from '../../../crds/rules/reason-rule.ts';
import { isReason, type Reason, reasons } from '../../../crds/rules/reasons.ts';
import type { SamlReason } from '../../../saml/reasons.ts';

/** Why a sign-in failed: a reason of the list, or the SAML rule that the response broke. */
export type SignInRefusal = Reason | SamlReason;

interface CodeRule {
  readonly told: Reason;
  readonly recordedAs: EventType;
}

const usual: CodeRule = { told: 'SignInFailed', recordedAs: 'signin.failed' };
/** Not known at the moment: no fault of the person's, and trying again at once would end the same way. */
const unavailable: CodeRule = { ...usual, told: 'StateUnavailable' };
const mismatch: CodeRule = { ...usual, recordedAs: 'signin.sso_mismatch' };

const codes: Partial<Readonly<Record<SamlReason, CodeRule>>> = {
  'saml.state_unknown': unavailable,
  'saml.single_use_unknown': unavailable,
  'saml.user_unknown': mismatch,
  'saml.user_ambiguous': mismatch,
  'saml.attribute_mismatch': mismatch,
};

/** What a person reads of a failed sign-in: whose it is to put right, and nothing of what is on file. */
export interface SignInWords {
  readonly refusedAs: RefusedAs;
  readonly message: string;
}

const providerRefused: SignInWords = {
  refusedAs: 'provider-refused',
  message: 'The identity provider did not vouch for you.',
};
const setUpWrong: SignInWords = {
  refusedAs: 'set-up-wrong',
  message: 'What the identity provider sent cannot be accepted under the settings of this installation.',
};
const tookTooLong: SignInWords = {
  refusedAs: 'took-too-long',
  message: 'The answer of the identity provider came too late.',
};
const startAgain: SignInWords = {
  refusedAs: 'start-again',
  message: 'The answer of the identity provider cannot be used.',
};
const notNamed: SignInWords = {
  refusedAs: 'not-named',
  message: 'The grant does not name the person for whom the identity provider vouched.',
};

/** Codes without an entry are told as any failed sign-in: a forged answer, and attributes that differ from those on file. */
const words: Partial<Readonly<Record<SamlReason, SignInWords>>> = {
  'saml.status_not_success': providerRefused,
  'saml.user_unknown': notNamed,

  'saml.request_state_expired': tookTooLong,
  'saml.confirmation_expired': tookTooLong,
  'saml.expired': tookTooLong,
  'saml.idp_session_over': tookTooLong,

  'saml.request_state_missing': startAgain,
  'saml.request_state_altered': startAgain,
  'saml.relay_state_mismatch': startAgain,
  'saml.request_replayed': startAgain,
  'saml.assertion_replayed': startAgain,

  ...Object.fromEntries(
    (
      [
        'assertion_signature_invalid',
        'assertion_time',
        'assertion_unsigned',
        'attribute_not_text',
        'attribute_repeated',
        'attribute_too_large',
        'audience_mismatch',
        'audience_missing',
        'authn_context_not_allowed',
        'authn_instant_future',
        'authn_not_fresh',
        'authn_statement_missing',
        'canonicalization_not_allowed',
        'conditions_expiry_missing',
        'conditions_missing',
        'confirmation_count',
        'confirmation_data_missing',
        'confirmation_expiry_missing',
        'confirmation_not_bearer',
        'destination_mismatch',
        'digest_algorithm_not_allowed',
        'encrypted_unsupported',
        'in_response_to_missing',
        'issuer_format',
        'issuer_mismatch',
        'nameid_format',
        'nameid_malformed',
        'nameid_missing',
        'nameid_qualifier',
        'not_yet_valid',
        'recipient_mismatch',
        'request_key_missing',
        'response_issuer_mismatch',
        'response_signature_invalid',
        'response_time',
        'signature_algorithm_not_allowed',
        'signature_missing',
        'subject_missing',
        'transforms_not_allowed',
        'trust_missing',
        'user_ambiguous',
      ] as const
    ).map((code) => [`saml.${code}` satisfies SamlReason, setUpWrong]),
  ),
};

/** The words for a SAML rule that the response broke; undefined where those of the reason are read. */
export function signInWords(refusal: SignInRefusal): SignInWords | undefined {
  return isReason(refusal) ? undefined : words[refusal];
}

/** The reason that the person may read. The SAML code itself is for the customer's records. */
export function toldReasonOf(refusal: SignInRefusal): Reason {
  return isReason(refusal) ? refusal : (codes[refusal] ?? usual).told;
}

/** The type of the record about it. */
export function recordedAs(refusal: SignInRefusal): EventType {
  return isReason(refusal) ? reasons[refusal].failsSignInAs : (codes[refusal] ?? usual).recordedAs;
}
