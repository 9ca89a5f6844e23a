/**
 * Whom does the policy trust to sign people in, and under which conditions? Nothing is trusted that the policy does
 * not pin: no entity id, no certificate, no trust. The gateway asks for each sign-in, the operator for the status.
 */
import type { X509Certificate } from 'node:crypto';
import { defaults } from '../../crds/defaults.ts';
import type { AttributeMapping } from '../../crds/rules/identity.ts';
import { type Problem, problemLine } from '../../crds/rules/problem.ts';
import type { Result } from '../result.ts';
import type { NameIDFormat } from '../saml-names.ts';
import { dateWarning, warnedBeforeMs } from './pinned-certificate.ts';
import {
  isProviderUrl,
  type Provider,
  type ReadCertificate,
  readCertificates,
  readProvider,
  type SsoSettings,
} from './provider.ts';

export interface Trust {
  readonly entityID: string;
  readonly signInURL: string;
  readonly certificates: readonly X509Certificate[];
  /** What the customer should know although people can sign in: what ends soon or cannot be used, what is unwise. */
  readonly warnings: readonly string[];
  /** When the first of it ends, the metadata or one of the certificates; epoch milliseconds. */
  readonly firstEnd: number;
  readonly signsRequests: boolean;
  readonly forceAuthn: boolean;
  /** Whether response and assertion must each be signed; else one of them suffices. */
  readonly demandsBoth: boolean;
  readonly nameIDFormat: NameIDFormat;
  readonly authnContexts: readonly string[];
  readonly attributes: readonly AttributeMapping[];
  readonly skewMs: number;
}

const largestSkewSeconds = 180;
/** As many as the CRD admits: two for a rollover, and room for providers that publish more. Each costs a signature check. */
export const mostCertificates = 10;

/** What the policy trusts, or every problem with it. With any problem no one can sign in. */
export function readTrust(
  sso: SsoSettings | undefined,
  now: number,
): Result<Trust, { readonly problems: readonly Problem[] }> {
  if (sso === undefined) {
    const fix = 'name the identity provider, unless no one is to sign in';
    return { ok: false, problems: [{ field: 'spec.sso', rule: 'must be set', fix }] };
  }
  const provider = readProvider(sso.identityProvider, now);
  if (!provider.ok) return provider;

  const read = readCertificates(provider.value);
  const certificates = read.flatMap((each) => (each.ok ? [each.value] : []));
  const flaws = certificateProblems(read, provider.value);
  // One that cannot be used beside others that can closes nothing: it is what a rollover that went wrong leaves.
  const closing = certificates.length === 0 ? flaws : [];
  const problems = [...closing, ...providerProblems(provider.value, certificates.length)];
  if (problems.length > 0) return { ok: false, problems };

  const { entityID, signInURL } = provider.value;
  const settings = settingsOf(sso);
  const warnings = [
    ...flaws.map(problemLine),
    ...certificates.flatMap((certificate) => dateWarning(certificate, now) ?? []),
    ...metadataWarnings(provider.value, now),
    ...requestWarnings(provider.value, settings),
  ];
  const firstEnd = Math.min(...endsOf(certificates, provider.value));
  return { ok: true, value: { entityID, signInURL, certificates, warnings, firstEnd, ...settings } };
}

function endsOf(certificates: readonly X509Certificate[], { validUntil }: Provider): number[] {
  const ends = certificates.map(({ validToDate }) => validToDate.getTime());
  return validUntil === undefined ? ends : [...ends, validUntil];
}

function metadataWarnings({ validUntil, fieldOf }: Provider, now: number): readonly string[] {
  if (validUntil === undefined || now < validUntil - warnedBeforeMs) return [];
  const when = new Date(validUntil).toISOString();
  return [
    `${fieldOf('validUntil')} ends at ${when}, and then no one can sign in; paste the present metadata`,
  ];
}

function requestWarnings(
  { wantsSignedRequests, fieldOf }: Provider,
  { signsRequests, forceAuthn }: ReturnType<typeof settingsOf>,
): readonly string[] {
  if (signsRequests) return [];
  const wanted =
    'says that requests must be signed, and spec.sso.requestSigning is Disabled; set it to Enabled';
  const stripped =
    'spec.sso.forceAuthn is a wish that the person can take out of a request that is not signed; set spec.sso.requestSigning to Enabled';
  return [
    ...(wantsSignedRequests === true ? [`${fieldOf('WantAuthnRequestsSigned')} ${wanted}`] : []),
    ...(forceAuthn ? [stripped] : []),
  ];
}

/** The next instant at which `readTrust` says something else although the policy stays the same; epoch milliseconds. */
export function nextTrustChange(sso: SsoSettings | undefined, now: number): number | undefined {
  const provider = sso && readProvider(sso.identityProvider, now);
  if (!provider?.ok) return undefined;

  const dates = readCertificates(provider.value).flatMap((each) => (each.ok ? datesOf(each.value) : []));
  const { validUntil = now } = provider.value;
  const ahead = [...dates, validUntil - warnedBeforeMs, validUntil].filter((at) => at > now);
  return ahead.length === 0 ? undefined : Math.min(...ahead);
}

function datesOf({ validFromDate, validToDate }: X509Certificate): number[] {
  const end = validToDate.getTime();
  return [validFromDate.getTime(), end - warnedBeforeMs, end];
}

function certificateProblems(read: readonly ReadCertificate[], { fieldOf }: Provider): readonly Problem[] {
  return read.flatMap((each, at) =>
    each.ok ? [] : [{ field: fieldOf(`certificates[${at}]`), rule: each.rule, fix: each.fix }],
  );
}

function providerProblems(
  { entityID, signInURL, certificates, fieldOf }: Provider,
  usable: number,
): readonly Problem[] {
  const problems: Problem[] = [];
  const add = (part: string, rule: string, fix: string): void => {
    problems.push({ field: fieldOf(part), rule, fix });
  };
  if (entityID === '') add('entityID', 'must be set', 'copy it from the identity provider');
  if (!isProviderUrl(signInURL)) {
    const rule = 'must be an https URL (http on loopback only)';
    add('signInURL', rule, 'copy the HTTP-Redirect address of the identity provider');
  }
  const pin =
    'name the certificate that the identity provider signs with, and during a rollover the next one';
  if (certificates.length === 0) add('certificates', 'must have at least one', pin);
  if (usable > mostCertificates) add('certificates', `must have at most ${mostCertificates}`, pin);

  return problems;
}

function settingsOf(sso: SsoSettings) {
  return {
    signsRequests: sso.requestSigning !== 'Disabled',
    forceAuthn: sso.forceAuthn !== 'Disabled',
    demandsBoth: sso.signedParts === 'Both',
    nameIDFormat: sso.nameIDFormat ?? 'Unspecified',
    authnContexts: sso.authnContexts ?? [],
    attributes: sso.attributes ?? [],
    skewMs: Math.min(sso.clockSkewSeconds ?? defaults.clockSkewSeconds, largestSkewSeconds) * 1000,
  } as const;
}
