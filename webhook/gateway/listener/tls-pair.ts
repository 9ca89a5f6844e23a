/** Can TLS be served with what a Secret holds, and if not, why? The reason is of a closed list: OpenSSL's own words may quote. */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { createSecureContext, type SecureContext } from 'node:tls';
import { longestCertificate, type SecretFlaw } from '../../../crds/rules/request/tls-secrets.ts';

export interface TlsSecretData {
  readonly 'tls.crt'?: string;
  readonly 'tls.key'?: string;
}

export interface TlsPair {
  readonly certificate: X509Certificate;
  readonly context: SecureContext;
  /** What the context was made of, for the server's own one: Node takes that as text alone. */
  readonly pem: { readonly cert: Buffer; readonly key: Buffer };
}

/** The pair in a Secret of type kubernetes.io/tls, or what is wrong with it. */
export function pairIn(data: TlsSecretData | undefined): TlsPair | SecretFlaw {
  const cert = Buffer.from(data?.['tls.crt'] ?? '', 'base64');
  const key = Buffer.from(data?.['tls.key'] ?? '', 'base64');
  const certificate = certificateIn(cert);
  if (certificate === undefined) return 'NoCertificate';
  const privateKey = keyIn(key);
  if (privateKey === undefined) return 'NoKey';
  if (!certificate.checkPrivateKey(privateKey)) return 'KeyDiffers';
  if (certificate.toString().length > longestCertificate) return 'Unusable';
  try {
    const context = createSecureContext({ cert, key, minVersion: 'TLSv1.2' });
    return { certificate, context, pem: { cert, key } };
  } catch {
    return 'Unusable';
  }
}

function certificateIn(pem: Buffer): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

function keyIn(pem: Buffer): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    return undefined;
  }
}
