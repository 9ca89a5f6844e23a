/** A key pair with a self-signed certificate, as an identity or service provider has one. Made anew, never stored. */
import 'reflect-metadata';
import { X509Certificate } from 'node:crypto';
import * as x509 from '@peculiar/x509';

/** Both as PEM. */
export interface KeyPair {
  /** PKCS#8. */
  readonly privateKey: string;
  readonly certificate: string;
}

export interface SigningKey extends KeyPair {
  readonly x509: X509Certificate;
}

type Curve = 'P-256' | 'P-384' | 'P-521';

export interface SigningKeyWish {
  readonly commonName: string;
  readonly type?: 'RSA' | 'RSA-1024' | 'RSA-2047' | Curve;
  readonly notBefore?: Date;
  readonly notAfter?: Date;
}

const year = 365 * 24 * 3600 * 1000;

/** A new key; RSA 2048 unless asked otherwise. */
export async function aSigningKey({
  commonName,
  type = 'RSA',
  notBefore,
  notAfter,
}: SigningKeyWish): Promise<SigningKey> {
  const algorithm = algorithmOf(type);
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const until = notAfter ?? new Date(Date.now() + year);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=${commonName}`,
    keys,
    signingAlgorithm: algorithm,
    notBefore: notBefore ?? new Date(until.getTime() - 2 * year),
    notAfter: until,
  });
  const exported = await crypto.subtle.exportKey('pkcs8', keys.privateKey);
  const pem = certificate.toString('pem');
  return {
    privateKey: x509.PemConverter.encode(exported, 'PRIVATE KEY'),
    certificate: pem,
    x509: new X509Certificate(pem),
  };
}

const bits = { RSA: 2048, 'RSA-1024': 1024, 'RSA-2047': 2047 } as const;

function algorithmOf(type: NonNullable<SigningKeyWish['type']>) {
  if (isCurve(type)) return { name: 'ECDSA', namedCurve: type, hash: 'SHA-256' };

  return {
    name: 'RSASSA-PKCS1-v1_5',
    modulusLength: bits[type],
    publicExponent: new Uint8Array([1, 0, 1]),
    hash: 'SHA-256',
  };
}

function isCurve(type: string): type is Curve {
  return type.startsWith('P-');
}
