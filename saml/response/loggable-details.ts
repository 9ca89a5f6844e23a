/**
 * What of a sign-in may be written down? An allow-list of facts, printable and bounded: never the document, a cookie,
 * a key or RelayState. Must not decide anything.
 */
import { cutText, escapeUnsafe } from '../../crds/audit/clean-text.ts';
import type { ValidatedResponse } from './validate-response.ts';

const longest = 256;

/** Facts by name, in the order in which a reader wants them. */
export type LoggableDetails = Readonly<Record<string, string>>;

/** The facts of an answer that was believed, whether or not its person was then let in. */
export function loggableDetailsOf(answer: ValidatedResponse, issuer: string): LoggableDetails {
  const { subject, authentication, assertionId } = answer.profile;
  return shown({
    identityProvider: issuer,
    responseId: answer.responseId,
    assertionId,
    nameID: subject.nameID,
    nameIDFormat: subject.nameIDFormat,
    sessionIndex: authentication.sessionIndex,
    authnContext: authentication.classRef,
    authnInstant: new Date(authentication.authnInstant).toISOString(),
    signatureAlgorithm: answer.signature.signatureAlgorithm,
    digestAlgorithm: answer.signature.digestAlgorithm,
    certificate: answer.fingerprint,
  });
}

/** The facts as one line for a record's message. */
export function loggableLine(facts: LoggableDetails): string {
  return Object.entries(facts)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(' ');
}

/** Any facts, made printable and bounded. */
export function shown(facts: Readonly<Record<string, string>>): LoggableDetails {
  const entries = Object.entries(facts).filter(([, value]) => value !== '');
  return Object.fromEntries(entries.map(([name, value]) => [name, cutText(escapeUnsafe(value), longest)]));
}
