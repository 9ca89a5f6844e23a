/**
 * What of a sign-in may be written to records and logs? An allow-list, printable and bounded: never the document, a
 * cookie, a key or RelayState.
 */
import { cutText, escapeUnsafe } from '../../crds/audit/clean-text.ts';
import type { ValidatedResponse } from './validate-response.ts';

const longest = 256;

/** Details by name, in the order in which a reader wants them. */
export type LoggableDetails = Readonly<Record<string, string>>;

/** The details of a response that was valid, whether or not its person was then let in. */
export function loggableDetailsOf(response: ValidatedResponse, issuer: string): LoggableDetails {
  const { subject, authentication, assertionId } = response.profile;
  return loggableDetails({
    identityProvider: issuer,
    responseId: response.responseId,
    assertionId,
    nameID: subject.nameID,
    nameIDFormat: subject.nameIDFormat,
    sessionIndex: authentication.sessionIndex,
    authnContext: authentication.classRef,
    authnInstant: new Date(authentication.authnInstant).toISOString(),
    signatureAlgorithm: response.signature.signatureAlgorithm,
    digestAlgorithm: response.signature.digestAlgorithm,
    certificate: response.fingerprint,
    signed: response.signed === 'both' ? 'assertion and response' : response.signed,
  });
}

/** The details as one line for a record's message. */
export function loggableLine(details: LoggableDetails): string {
  return Object.entries(details)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(' ');
}

/** Any details, made printable and bounded. */
export function loggableDetails(details: Readonly<Record<string, string>>): LoggableDetails {
  const entries = Object.entries(details).filter(([, value]) => value !== '');
  return Object.fromEntries(entries.map(([name, value]) => [name, cutText(escapeUnsafe(value), longest)]));
}
