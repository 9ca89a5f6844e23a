/** Is this text one certificate that signatures may be checked against? Must not judge whom it belongs to. */
import { X509Certificate } from 'node:crypto';

const smallestRsaKey = 2048;
const onePem = /^\s*-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----\s*$/;
const base64Body = /^[A-Za-z0-9+/=\s]+$/;

export type PinnedCertificate = { readonly certificate: X509Certificate } | { readonly problem: string };

/** Reads one PEM block, or the bare base64 of one as metadata carries it. */
export function readCertificate(text: string): PinnedCertificate {
  if (!onePem.test(text) && !base64Body.test(text)) return { problem: 'must be exactly one PEM certificate' };

  try {
    const body = text.replaceAll(/-----(?:BEGIN|END) CERTIFICATE-----|\s/g, '');
    return checked(new X509Certificate(Buffer.from(body, 'base64')));
  } catch {
    return { problem: 'must be a readable X.509 certificate' };
  }
}

function checked(certificate: X509Certificate): PinnedCertificate {
  const { asymmetricKeyType, asymmetricKeyDetails } = certificate.publicKey;
  if (asymmetricKeyType === 'ec') return { certificate };

  const strong = asymmetricKeyType === 'rsa' && (asymmetricKeyDetails?.modulusLength ?? 0) >= smallestRsaKey;
  return strong ? { certificate } : { problem: 'must hold an RSA key of at least 2048 bits or an EC key' };
}

/** What is to be said about the certificate's own dates; they warn and do not close, the pin is what is trusted. */
export function dateWarning(certificate: X509Certificate, now: number): string | undefined {
  const name = `certificate ${certificate.fingerprint256.slice(0, 23)}`;
  if (now >= certificate.validToDate.getTime())
    return `${name} expired at ${certificate.validToDate.toISOString()}`;

  if (now < certificate.validFromDate.getTime())
    return `${name} is not valid before ${certificate.validFromDate.toISOString()}`;

  return undefined;
}
