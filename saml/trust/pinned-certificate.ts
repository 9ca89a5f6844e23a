/** Is this text one certificate that signatures may be checked with? Says nothing about whose it is. */
import { X509Certificate } from 'node:crypto';
import type { Problem } from '../../crds/rules/problem.ts';
import type { Result } from '../result.ts';
import { signingKeyRule, signingKeyType } from '../signing-keys.ts';

/** So long before the end of something that sign-ins depend on it is warned of, milliseconds. */
export const warnedBeforeMs = 30 * 86_400_000;

/** What is wrong with a text; the caller knows in which field it stands. */
export type Flaw = Pick<Problem, 'rule' | 'fix'>;

const notOne: Flaw = {
  rule: 'must be exactly one PEM certificate',
  fix: 'give each certificate an entry of its own, from BEGIN to END CERTIFICATE',
};
const secret: Flaw = {
  rule: 'must be exactly one PEM certificate, and holds a private key',
  fix: 'remove it at once, have the identity provider sign with another key, and paste the certificate alone',
};
const unreadable: Flaw = {
  rule: 'must be a readable X.509 certificate',
  fix: 'copy the signing certificate from the identity provider again',
};
const weak: Flaw = {
  rule: signingKeyRule,
  fix: 'let the identity provider sign with a stronger key and pin its certificate',
};

const marks = /-----(?:BEGIN|END) CERTIFICATE-----/g;
const onePem = /-----BEGIN CERTIFICATE-----([^-]*)-----END CERTIFICATE-----/;
const base64Body = /^[A-Za-z0-9+/]+={0,2}$/;
/** Line ends as they are, and as they are written in JSON and in shells. */
const blanks = /\s|\\[nrt]|\uFEFF/g;

/** A text that is no certificate to check with; `certificate` is there where it can be read all the same. */
export type RefusedCertificate = Flaw & { readonly certificate?: X509Certificate };

/**
 * Reads one PEM block, in however many lines, or the bare base64 of one as metadata carries it. Words before and after the
 * block are what tools print there (RFC 7468, section 2), and mean nothing.
 */
export function readCertificate(text: string): Result<X509Certificate, RefusedCertificate> {
  if (text.includes('PRIVATE KEY')) return { ok: false, ...secret };

  const written = [...text.matchAll(marks)].length;
  const pem = onePem.exec(text)?.[1];
  const isOne = written === 0 || (written === 2 && pem !== undefined);
  const body = (pem ?? text).replaceAll(blanks, '');
  if (!isOne || !base64Body.test(body)) return { ok: false, ...notOne };

  try {
    const value = new X509Certificate(Buffer.from(body, 'base64'));
    const isStrong = signingKeyType(value.publicKey) !== undefined;
    return isStrong ? { ok: true, value } : { ok: false, ...weak, certificate: value };
  } catch {
    return { ok: false, ...unreadable };
  }
}

/** A warning about the certificate's own dates. They close nothing: what is trusted is the certificate that is pinned. */
export function dateWarning(certificate: X509Certificate, now: number): string | undefined {
  const [from, to] = [certificate.validFromDate.getTime(), certificate.validToDate.getTime()];
  const name = `certificate ${certificate.fingerprint256.slice(0, 23)}`;
  const at = (time: number): string => new Date(time).toISOString();
  if (now >= to)
    return `${name} expired at ${at(to)}; pin the one with which the identity provider signs now`;
  if (now < from) return `${name} is not valid before ${at(from)}; keep the present one beside it until then`;

  const next = 'ask for the next one of the identity provider, and pin it beside this one';
  return now >= to - warnedBeforeMs ? `${name} ends at ${at(to)}; ${next}` : undefined;
}
