/** Which identity provider do the settings name: by single fields or by metadata, never by both? */
import type { X509Certificate } from 'node:crypto';
import type { SupportAccessPolicy } from '../../crds/generated/support-access-policy.ts';
import type { Problem } from '../../crds/rules/problem.ts';
import type { Result } from '../result.ts';
import { type ProviderMetadata, readProviderMetadata } from './metadata.ts';
import { type RefusedCertificate, readCertificate } from './pinned-certificate.ts';

export type SsoSettings = NonNullable<SupportAccessPolicy['spec']['sso']>;

/** What is said about the provider; fields that are missing are empty. Not judged yet. */
export interface Provider extends ProviderMetadata {
  /** Where a part of it stands, for problems: `spec.sso.identityProvider.entityID`, or the metadata as a whole. */
  readonly fieldOf: (part: string) => string;
}

const base = 'spec.sso.identityProvider';
const field = `${base}.metadata`;

/** The provider that the settings name. Metadata stands alone: beside single fields, two entity ids could be meant. */
export function readProvider(
  { metadata, entityID, signInURL, certificates }: SsoSettings['identityProvider'],
  now: number,
): Result<Provider, { readonly problems: readonly Problem[] }> {
  if (metadata === undefined) {
    const value = {
      entityID: (entityID ?? '').trim(),
      signInURL: (signInURL ?? '').trim(),
      certificates: certificates ?? [],
      fieldOf: (part: string) => `${base}.${part}`,
    };
    return { ok: true, value };
  }
  if ([entityID, signInURL, certificates].some((each) => each !== undefined)) {
    const fix = 'remove entityID, signInURL and certificates, or the metadata';
    return { ok: false, problems: [{ field, rule: 'must stand alone', fix }] };
  }
  const read = readProviderMetadata(metadata, now);
  return read.ok
    ? { ok: true, value: { ...read.value, fieldOf: (part) => `${field} (${part})` } }
    : { ok: false, problems: read.flaws.map((flaw) => ({ field, ...flaw })) };
}

export type ReadCertificate = Result<X509Certificate, RefusedCertificate>;

/** The provider's certificates, each read or with what is wrong with it. One that is there twice counts once. */
export function readCertificates({ certificates }: Provider): readonly ReadCertificate[] {
  const seen = new Set<string>();
  return certificates.map(readCertificate).filter((read) => {
    if (!read.ok) return true;
    const { fingerprint256 } = read.value;
    return !seen.has(fingerprint256) && seen.add(fingerprint256);
  });
}

/** https anywhere; http on loopback only, for providers that run beside the gateway (tests, demo, try-outs). */
export function isProviderUrl(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.username !== '' || url.password !== '' || text.includes('#')) return false;

  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname));
}

function isLoopback(host: string): boolean {
  return host === '127.0.0.1' || host === '[::1]' || host === 'localhost' || host.endsWith('.localhost');
}
