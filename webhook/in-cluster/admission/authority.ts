/**
 * Makes the certificates that the webhook serves with: authorities of its own and leaves signed by them. It decides
 * nothing about when; certificate-schedule.ts does.
 */
import 'reflect-metadata';
import * as x509 from '@peculiar/x509';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/** A certificate with the key that belongs to it, both PEM; times are epoch milliseconds. */
export interface KeyedCertificate {
  readonly certificate: string;
  readonly key: string;
  readonly notBefore: number;
  readonly notAfter: number;
}

interface Validity {
  readonly notBefore: number;
  readonly notAfter: number;
}

const day = 86_400_000;
export const authorityLifetime = 365 * day;
export const leafLifetime = 30 * day;

async function exportKey(key: CryptoKey): Promise<string> {
  return x509.PemConverter.encode(await crypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY');
}

async function importKey(pem: string): Promise<CryptoKey> {
  const [der] = x509.PemConverter.decode(pem);
  if (!der) throw new Error('the key is not PEM');
  return crypto.subtle.importKey('pkcs8', der, algorithm, true, ['sign']);
}

/** X.509 counts in whole seconds; what we report must be what the certificate says. */
const wholeSeconds = ({ notBefore, notAfter }: Validity): Validity => ({
  notBefore: Math.floor(notBefore / 1000) * 1000,
  notAfter: Math.floor(notAfter / 1000) * 1000,
});

/** A new authority that may sign leaves and nothing else (RFC 5280, pathLen 0). */
export async function makeAuthority(span: Validity): Promise<KeyedCertificate> {
  const { notBefore, notAfter } = wholeSeconds(span);
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=support-access webhook authority',
    notBefore: new Date(notBefore),
    notAfter: new Date(notAfter),
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return {
    certificate: certificate.toString('pem'),
    key: await exportKey(keys.privateKey),
    notBefore,
    notAfter,
  };
}

/** A leaf for the names under which the API server and our own processes reach the webhook. */
export async function makeLeaf(
  authority: KeyedCertificate,
  { names, ...span }: Validity & { readonly names: readonly string[] },
): Promise<KeyedCertificate> {
  const { notBefore, notAfter } = wholeSeconds(span);
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const issuer = new x509.X509Certificate(authority.certificate);
  const certificate = await x509.X509CertificateGenerator.create({
    subject: 'CN=support-access-webhook',
    issuer: issuer.subject,
    notBefore: new Date(notBefore),
    notAfter: new Date(Math.min(notAfter, authority.notAfter)),
    signingAlgorithm: algorithm,
    publicKey: keys.publicKey,
    signingKey: await importKey(authority.key),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(names.map(alternativeName)),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    ],
  });
  return {
    certificate: certificate.toString('pem'),
    key: await exportKey(keys.privateKey),
    notBefore,
    notAfter: Math.min(notAfter, authority.notAfter),
  };
}

function alternativeName(name: string): { type: 'dns' | 'ip'; value: string } {
  const isAddress = /^[0-9.]+$/.test(name) || name.includes(':');
  return { type: isAddress ? 'ip' : 'dns', value: name };
}

/** Reads what lies in a Secret. Undefined for anything that is not a whole, matching pair: it is made anew then. */
export function readKeyed(
  certificate: string | undefined,
  key: string | undefined,
): KeyedCertificate | undefined {
  if (!certificate || !key) return undefined;
  try {
    const read = new x509.X509Certificate(certificate);
    return { certificate, key, notBefore: read.notBefore.getTime(), notAfter: read.notAfter.getTime() };
  } catch {
    return undefined;
  }
}

/** True when the leaf was signed by that authority and names all that is asked. */
export async function fits(
  leaf: KeyedCertificate,
  { authority, names }: { readonly authority: KeyedCertificate; readonly names: readonly string[] },
): Promise<boolean> {
  const certificate = new x509.X509Certificate(leaf.certificate);
  const issuer = new x509.X509Certificate(authority.certificate);
  const extension = certificate.getExtension(x509.SubjectAlternativeNameExtension);
  const named = new Set(extension?.names.items.map((item) => item.value) ?? []);
  const signed = await certificate.verify({
    publicKey: await issuer.publicKey.export(),
    signatureOnly: true,
  });
  return signed && names.every((name) => named.has(name));
}
