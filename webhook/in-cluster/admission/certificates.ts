/**
 * Keeps the webhook's serving certificate in its Secret, tells the API server and our other processes which
 * authorities to trust, and gives the current pair to the servers. Several replicas may do so at once: the Secret is
 * written with its resourceVersion, and the one that loses reads again.
 */

import { randomBytes } from 'node:crypto';
import { installed, programs } from '../../../crds/names.ts';
import type { KubeClient } from '../../../kube/api/client.ts';
import { KubeError } from '../../../kube/errors.ts';
import { ConfigMaps, Secrets } from '../../../kube/resources.ts';
import {
  authorityLifetime,
  fits,
  type KeyedCertificate,
  leafLifetime,
  makeAuthority,
  makeLeaf,
  readKeyed,
} from './authority.ts';
import { planCertificates, renewalAt } from './certificate-schedule.ts';

export interface ServingCertificate {
  /** The secret part of admission's path, of this installation: a caller that does not know it gets 404. */
  readonly path: string;
  /** PEM of all authorities that callers should trust. */
  readonly bundle: string;
  readonly certificate: string;
  readonly key: string;
  readonly notAfter: number;
}

export interface CertificateDeps {
  readonly client: KubeClient;
  readonly namespace: string;
  /** DNS names and addresses under which the webhook is called. */
  readonly names: readonly string[];
  readonly now: () => number;
}

interface Secret {
  readonly metadata: { readonly name: string; readonly namespace: string; readonly resourceVersion: string };
  readonly data?: Readonly<Record<string, string>>;
}

const fieldManager = programs.webhook;

const decode = (text: string | undefined): string => Buffer.from(text ?? '', 'base64').toString('utf8');
const encode = (text: string): string => Buffer.from(text, 'utf8').toString('base64');

/** Splits concatenated PEM blocks. */
const blocks = (pem: string): string[] => pem.match(/-----BEGIN [^-]+-----[^-]+-----END [^-]+-----/g) ?? [];

function authoritiesIn(secret: Secret): KeyedCertificate[] {
  const certificates = blocks(decode(secret.data?.['ca.crt']));
  const keys = blocks(decode(secret.data?.['ca.key']));
  return certificates.flatMap((certificate, at) => readKeyed(certificate, keys[at]) ?? []);
}

const joined = (parts: readonly string[]): string => parts.map((part) => `${part.trim()}\n`).join('');

/** Makes the Secret what the schedule wants; returns what to serve with now. Throws when the API server does not let it. */
export async function ensureServingCertificate(deps: CertificateDeps): Promise<ServingCertificate> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await ensureOnce(deps);
    } catch (error) {
      const lost = error instanceof KubeError && error.status === 409;
      if (!lost || attempt >= 5) throw error;
    }
  }
}

async function ensureOnce(deps: CertificateDeps): Promise<ServingCertificate> {
  const secret = await deps.client.get<Secret>(Secrets, {
    namespace: deps.namespace,
    name: installed.webhookTls,
  });
  const before = authoritiesIn(secret);
  const { authorities, signer, made } = await authoritiesNow(before, deps.now());
  const kept = await keptLeaf(secret, signer, deps);
  const leaf = kept ?? (await newLeaf(signer, deps));
  // It lives with the certificates, so that a restart changes nothing for the API server.
  const path = decode(secret.data?.['path']) || `/${randomBytes(24).toString('hex')}`;
  if (!kept || made || authorities.length !== before.length)
    await deps.client.update(Secrets, withData(secret, { authorities, leaf, path }), { fieldManager });

  const bundle = joined(authorities.map((one) => one.certificate));
  return { path, bundle, certificate: leaf.certificate, key: leaf.key, notAfter: leaf.notAfter };
}

/** The authorities that should exist now, who of them signs, and whether one was made just now. */
async function authoritiesNow(
  before: readonly KeyedCertificate[],
  now: number,
): Promise<{ authorities: readonly KeyedCertificate[]; signer: KeyedCertificate; made: boolean }> {
  const plan = planCertificates(before, now);
  const from = plan.newAuthorityFrom;
  const made =
    from === undefined ? [] : [await makeAuthority({ notBefore: from, notAfter: now + authorityLifetime })];
  const authorities = [...plan.keep, ...made];
  const signer = plan.signer ?? made[0];
  if (!signer) throw new Error('no authority to sign with');
  return { authorities, signer, made: made.length > 0 };
}

/** The leaf that lies there, as long as it is young enough, of that authority and for our names. */
async function keptLeaf(
  { data }: Secret,
  authority: KeyedCertificate,
  { names, now }: CertificateDeps,
): Promise<KeyedCertificate | undefined> {
  const leaf = readKeyed(decode(data?.['tls.crt']), decode(data?.['tls.key']));
  if (!leaf || now() >= renewalAt(leaf)) return undefined;
  return (await fits(leaf, { authority, names })) ? leaf : undefined;
}

/** Valid a little before now: the clocks of API server and webhook need not agree to the second. */
async function newLeaf(
  authority: KeyedCertificate,
  { names, now }: CertificateDeps,
): Promise<KeyedCertificate> {
  return makeLeaf(authority, { notBefore: now() - 300_000, notAfter: now() + leafLifetime, names });
}

interface Contents {
  readonly authorities: readonly KeyedCertificate[];
  readonly leaf: KeyedCertificate;
  readonly path: string;
}

function withData(secret: Secret, { authorities, leaf, path }: Contents): Secret {
  return {
    ...secret,
    data: {
      'ca.crt': encode(joined(authorities.map((one) => one.certificate))),
      'ca.key': encode(joined(authorities.map((one) => one.key))),
      'tls.crt': encode(leaf.certificate),
      'tls.key': encode(leaf.key),
      path: encode(path),
    },
  };
}

/** Publishes the bundle for gateway and operator, which trust the records by it. Resolves to whether it was missing. */
export async function publishBundle(
  { client, namespace }: CertificateDeps,
  bundle: string,
): Promise<boolean> {
  const metadata = { name: installed.authority, namespace };
  const seen = await client.get<{ data?: Readonly<Record<string, string>> }>(ConfigMaps, metadata);
  if (seen.data?.['ca.crt'] === bundle) return false;
  await client.apply(
    ConfigMaps,
    { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { 'ca.crt': bundle } },
    { fieldManager, force: true },
  );
  return true;
}
