/**
 * Whom does the policy trust to sign people in, and under which conditions? Nothing is trusted that the policy does
 * not pin: no entity id, no certificate, no trust.
 */

import type { X509Certificate } from 'node:crypto';
import { defaults } from '../../crds/defaults.ts';
import type { SupportAccessPolicy } from '../../crds/generated/support-access-policy.ts';
import type { AttributeMapping } from '../../crds/rules/identity.ts';
import type { NameIDFormat } from '../saml-names.ts';
import { readProviderMetadata } from './metadata.ts';
import { dateWarning, readCertificate } from './pinned-certificate.ts';
import { isProviderUrl } from './provider-url.ts';

export type SsoSettings = NonNullable<SupportAccessPolicy['spec']['sso']>;

export interface Trust {
  readonly entityID: string;
  readonly signInURL: string;
  readonly certificates: readonly X509Certificate[];
  /** What is to be shown though it closes nothing: certificates beyond their dates. */
  readonly warnings: readonly string[];
  readonly signsRequests: boolean;
  readonly forceAuthn: boolean;
  readonly nameIDFormat: NameIDFormat;
  readonly authnContexts: readonly string[];
  readonly attributes: readonly AttributeMapping[];
  readonly skewMs: number;
}

export type ReadTrust =
  | { readonly ok: true; readonly trust: Trust }
  | { readonly ok: false; readonly problems: readonly string[] };

interface Provider {
  readonly entityID: string;
  readonly signInURL: string;
  readonly certificates: readonly string[];
}

const largestSkewSeconds = 180;
/** Two for a rollover, and room for providers that publish more; each one costs a signature check per answer. */
const mostCertificates = 8;

/** Every problem, each with its field below `spec.sso`; any problem means that nobody can sign in. */
export function readTrust(sso: SsoSettings | undefined, now: number): ReadTrust {
  if (sso === undefined) return { ok: false, problems: ['spec.sso: must be set'] };

  const provider = readProvider(sso.identityProvider, now);
  if (!provider.ok) return provider;

  const read = provider.provider.certificates.map(readCertificate);
  const certificates = read.flatMap((each) => ('certificate' in each ? [each.certificate] : []));
  const problems = [
    ...read.flatMap((each, at) => ('problem' in each ? [`certificates[${at}]: ${each.problem}`] : [])),
    ...providerProblems(provider.provider),
  ];
  if (problems.length > 0)
    return { ok: false, problems: problems.map((problem) => `spec.sso.identityProvider.${problem}`) };

  const { entityID, signInURL } = provider.provider;
  const warnings = certificates.flatMap((certificate) => dateWarning(certificate, now) ?? []);
  return { ok: true, trust: { entityID, signInURL, certificates, warnings, ...settingsOf(sso) } };
}

/** Metadata stands alone: mixed with single fields nobody could say which of two entity ids was meant. */
function readProvider(
  { metadata, entityID, signInURL, certificates }: SsoSettings['identityProvider'],
  now: number,
):
  | { readonly ok: true; readonly provider: Provider }
  | { readonly ok: false; readonly problems: readonly string[] } {
  if (metadata === undefined) {
    return {
      ok: true,
      provider: { entityID: entityID ?? '', signInURL: signInURL ?? '', certificates: certificates ?? [] },
    };
  }
  const field = 'spec.sso.identityProvider.metadata';
  if ([entityID, signInURL, certificates].some((each) => each !== undefined))
    return { ok: false, problems: [`${field}: must stand alone`] };

  const read = readProviderMetadata(metadata, now);
  return read.ok
    ? { ok: true, provider: read.metadata }
    : { ok: false, problems: read.problems.map((problem) => `${field}: ${problem}`) };
}

function providerProblems({ entityID, signInURL, certificates }: Provider): readonly string[] {
  return [
    ...(entityID === '' ? ['entityID: must be set'] : []),
    ...(isProviderUrl(signInURL) ? [] : ['signInURL: must be an https URL (http on loopback only)']),
    ...(certificates.length === 0 ? ['certificates: must have at least one'] : []),
    ...(certificates.length > mostCertificates
      ? [`certificates: must have at most ${mostCertificates}`]
      : []),
  ];
}

function settingsOf(sso: SsoSettings) {
  return {
    signsRequests: sso.requestSigning !== 'Disabled',
    forceAuthn: sso.forceAuthn !== 'Disabled',
    nameIDFormat: sso.nameIDFormat ?? 'Unspecified',
    authnContexts: sso.authnContexts ?? [],
    attributes: sso.attributes ?? [],
    skewMs: Math.min(sso.clockSkewSeconds ?? defaults.clockSkewSeconds, largestSkewSeconds) * 1000,
  } as const;
}
