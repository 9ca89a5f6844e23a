/** Is this text one certificate that signatures may be checked with? Says nothing about whose it is. */
import { X509Certificate } from 'node:crypto';
import type { Problem } from '../../crds/rules/problem.ts';
import { warnedBeforeMs } from '../../crds/rules/request/host-certificate.ts';
import type { Result } from '../result.ts';

const smallestRsaKey = 2048;
const onePem = /^\s*-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----\s*$/;
const base64Body = /^[A-Za-z0-9+/=\s]+$/;

/** What is wrong with a text; the caller knows in which field it stands. */
export type Flaw = Pick<Problem, 'rule' | 'fix'>;

const notOne: Flaw = {
  rule: 'must be exactly one PEM certificate',
  fix: 'give each certificate an entry of its own, from BEGIN to END CERTIFICATE',
};
const unreadable: Flaw = {
  rule: 'must be a readable X.509 certificate',
  fix: 'copy the signing certificate from the identity provider again',
};
const weak: Flaw = {
  rule: `must hold an RSA key of at least ${smallestRsaKey} bits or an EC key`,
  fix: 'let the identity provider sign with a stronger key and pin its certificate',
};

/** Reads one PEM block, or the bare base64 of one as metadata carries it. */
export function readCertificate(text: string): Result<X509Certificate, Flaw> {
  if (!onePem.test(text) && !base64Body.test(text)) return { ok: false, ...notOne };

  try {
    const body = text.replaceAll(/-----(?:BEGIN|END) CERTIFICATE-----|\s/g, '');
    const value = new X509Certificate(Buffer.from(body, 'base64'));
    return isStrong(value) ? { ok: true, value } : { ok: false, ...weak };
  } catch {
    return { ok: false, ...unreadable };
  }
}

function isStrong({ publicKey: { asymmetricKeyType, asymmetricKeyDetails } }: X509Certificate): boolean {
  if (asymmetricKeyType === 'ec') return true;

  return asymmetricKeyType === 'rsa' && (asymmetricKeyDetails?.modulusLength ?? 0) >= smallestRsaKey;
}

/** A warning about the certificate's own dates. They close nothing: what is trusted is the certificate that is pinned. */
export function dateWarning(certificate: X509Certificate, now: number): string | undefined {
  const name = `certificate ${certificate.fingerprint256.slice(0, 23)}`;
  if (now >= certificate.validToDate.getTime())
    return `${name} expired at ${certificate.validToDate.toISOString()}`;

  if (now < certificate.validFromDate.getTime())
    return `${name} is not valid before ${certificate.validFromDate.toISOString()}`;

  if (now >= certificate.validToDate.getTime() - warnedBeforeMs)
    return `${name} ends at ${certificate.validToDate.toISOString()}`;

  return undefined;
}
