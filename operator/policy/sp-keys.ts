/**
 * Makes the key with which the service provider signs its requests: once, into the Secret that the chart made empty. The
 * key leaves this file only into that Secret.
 */
import { installed } from '../../crds/names.ts';
import 'reflect-metadata';
import { X509CertificateGenerator } from '@peculiar/x509';
import { isConflict } from '../../kube/errors.ts';
import type { KubeObject } from '../../kube/objects.ts';
import { Secrets } from '../../kube/resources.ts';
import { type Calls, fieldManager } from '../writes/calls.ts';

const keyField = 'sp.key';
const certificateField = 'sp.crt';
const algorithm = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  publicExponent: new Uint8Array([1, 0, 1]),
  modulusLength: 2048,
} as const;
const tenYearsMs = 10 * 365 * 86_400_000;

interface Secret extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}

/** PEM of the certificate, made together with its key when the Secret holds none. */
export async function serviceProviderCertificate(
  calls: Calls,
  { namespace, host }: { readonly namespace: string; readonly host: string },
): Promise<string> {
  const { client, signal } = calls;
  const ref = { namespace, name: installed.sso };
  const seen = await client.get<Secret>(Secrets, ref, { signal });
  const there = seen.data?.[certificateField];
  if (there !== undefined && seen.data?.[keyField] !== undefined) return decoded(there);
  const pair = await makePair(host, calls.now());
  const { uid, resourceVersion } = seen.metadata;
  const stringData = { [keyField]: pair.key, [certificateField]: pair.certificate };
  try {
    // The resourceVersion makes the first of two operators win; its pair is the one that stays.
    const patch = { metadata: { uid, resourceVersion }, stringData };
    await client.mergePatch(Secrets, ref, { patch, fieldManager, signal });
    return pair.certificate;
  } catch (error) {
    if (!isConflict(error)) throw error;
  }
  return serviceProviderCertificate(calls, { namespace, host });
}

function decoded(base64: string): string {
  return Buffer.from(base64, 'base64').toString('utf8');
}

/** RSA 2048: what every identity provider can check. The certificate only carries the key; no chain is verified. */
async function makePair(host: string, now: number): Promise<{ key: string; certificate: string }> {
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [host.slice(0, 64)] }],
    notBefore: new Date(now - 3_600_000),
    notAfter: new Date(now + tenYearsMs),
    signingAlgorithm: algorithm,
    keys,
  });
  const key = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey));
  return { key: pem('PRIVATE KEY', key), certificate: `${certificate.toString('pem')}\n` };
}

function pem(label: string, der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
