/**
 * Whom is the assertion about, and was it made for this service provider and this request? Reads verified bytes only.
 * NameID is taken as it is or refused; trimming, folding or normalising could turn it into another person's.
 */

import { clockEvidence, isBefore, readInstant } from '../instants.ts';
import { differs, type Invalid, invalid, type SamlResult, valid } from '../result.ts';
import { bearer, nameIDFormats } from '../saml-names.ts';
import { childOf, childrenOf, valueOf } from '../xml/lookup.ts';
import type { XmlElement } from '../xml/scanner.ts';
import type { ValidationContext } from './validation-context.ts';

export interface AssertionSubject {
  readonly nameID: string;
  readonly nameIDFormat: string;
  /** When the confirmation ends, epoch milliseconds; together with the conditions it says how long to remember. */
  readonly notOnOrAfter: number;
}

const longestNameID = 256;
/** Unassigned, private and format characters, every separator but the plain space, and what fonts draw as nothing. */
const invisible = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|(?! )\p{Zs}/u;

/** The subject of an assertion, or the first rule that it breaks (SAML core 2.4, profiles 4.1.4.2). */
export function readSubject(assertion: XmlElement, context: ValidationContext): SamlResult<AssertionSubject> {
  const subject = childOf(assertion, 'saml:Subject');
  if (subject === undefined) return invalid('saml.subject_missing');

  const nameID = childOf(subject, 'saml:NameID');
  if (nameID === undefined) return invalid('saml.nameid_missing');

  const problem = nameIDProblem(nameID, context);
  if (problem) return problem;

  const ends = readConfirmation(childrenOf(subject, 'saml:SubjectConfirmation'), context);
  if (!ends.ok) return ends;

  const nameIDFormat = valueOf(nameID, 'Format') ?? nameIDFormats.Unspecified;
  return valid({ nameID: nameID.text, nameIDFormat, notOnOrAfter: ends.value });
}

function nameIDProblem(nameID: XmlElement, context: ValidationContext): Invalid | undefined {
  if (!isPlainName(nameID.text)) return invalid('saml.nameid_malformed');

  const format = valueOf(nameID, 'Format');
  if (!isWantedFormat(format, context))
    return differs('saml.nameid_format', format, nameIDFormats[context.nameIDFormat]);

  return isQualifiedForUs(nameID, context)
    ? undefined
    : differs(
        'saml.nameid_qualifier',
        [valueOf(nameID, 'NameQualifier'), valueOf(nameID, 'SPNameQualifier')]
          .map((each) => each ?? 'none')
          .join(', '),
        [context.issuer, context.audience].join(', '),
      );
}

function isPlainName(text: string): boolean {
  const length = Array.from(text).length; // code points
  const bounded = length >= 1 && length <= longestNameID;
  return bounded && text === text.trim() && text === text.normalize('NFC') && !invisible.test(text);
}

/** An identity provider may use another format than was requested; a transient NameID names no person at all. */
function isWantedFormat(format: string | undefined, { nameIDFormat }: ValidationContext): boolean {
  if (nameIDFormat !== 'Unspecified') return format === nameIDFormats[nameIDFormat];

  return format === undefined || (Object.values(nameIDFormats) as string[]).includes(format);
}

function isQualifiedForUs(nameID: XmlElement, { issuer, audience }: ValidationContext): boolean {
  const qualifier = valueOf(nameID, 'NameQualifier') ?? issuer;
  const spQualifier = valueOf(nameID, 'SPNameQualifier') ?? audience;
  return qualifier === issuer && spQualifier === audience;
}

/** One that is good suffices (SAML core 2.4.1.1); where none is, the first that could have been says why. */
function readConfirmation(
  confirmations: readonly XmlElement[],
  context: ValidationContext,
): SamlResult<number> {
  const read = confirmations.map((confirmation) => readOneConfirmation(confirmation, context));
  const problem = read.find(({ ok, ...rest }) => !ok && !isOfAnotherMethod(rest));
  return read.find(({ ok }) => ok) ?? problem ?? read[0] ?? invalid('saml.confirmation_count');
}

const isOfAnotherMethod = (result: object): boolean =>
  'reason' in result && result.reason === 'saml.confirmation_not_bearer';

function readOneConfirmation(confirmation: XmlElement, context: ValidationContext): SamlResult<number> {
  if (valueOf(confirmation, 'Method') !== bearer) return invalid('saml.confirmation_not_bearer');

  const data = childOf(confirmation, 'saml:SubjectConfirmationData');
  if (data === undefined) return invalid('saml.confirmation_data_missing');

  return addresseeProblem(data, context) ?? confirmationEnd(data, context);
}

function addresseeProblem(data: XmlElement, { acsUrl, requestId }: ValidationContext): Invalid | undefined {
  const recipient = valueOf(data, 'Recipient');
  if (recipient !== acsUrl) return differs('saml.recipient_mismatch', recipient, acsUrl);

  const answered = valueOf(data, 'InResponseTo');
  if (answered === undefined) return invalid('saml.in_response_to_missing', 'SubjectConfirmationData');

  return answered === requestId ? undefined : differs('saml.in_response_to_mismatch', answered, requestId);
}

function confirmationEnd(data: XmlElement, { now, skewMs }: ValidationContext): SamlResult<number> {
  if (valueOf(data, 'NotBefore') !== undefined) return invalid('saml.confirmation_not_before');

  const ends = readInstant(valueOf(data, 'NotOnOrAfter'), 'SubjectConfirmationData');
  if (!ends.ok) return ends;

  if (ends.value === undefined) return invalid('saml.confirmation_expiry_missing');

  return isBefore(ends.value, now, skewMs)
    ? valid(ends.value)
    : invalid('saml.confirmation_expired', undefined, clockEvidence(ends.value, { by: now, skewMs }));
}
