/**
 * Whom does the policy trust to sign people in, and under which conditions? Nothing is trusted that the policy does
 * not pin: no entity id, no certificate, no trust. The gateway asks for each sign-in, the operator for the status.
 */
import type { X509Certificate } from 'node:crypto';
import { defaults } from '../../crds/defaults.ts';
import type { AttributeMapping } from '../../crds/rules/identity.ts';
import type { Problem } from '../../crds/rules/problem.ts';
import { warnedBeforeMs } from '../../crds/rules/request/host-certificate.ts';
import type { Result } from '../result.ts';
import type { NameIDFormat } from '../saml-names.ts';
import { dateWarning } from './pinned-certificate.ts';
import {
  isProviderUrl,
  type Provider,
  readCertificates,
  readProvider,
  type SsoSettings,
} from './provider.ts';

export interface Trust {
  readonly entityID: string;
  readonly signInURL: string;
  readonly certificates: readonly X509Certificate[];
  /** What the customer should know although people can sign in: certificates beyond their dates. */
  readonly warnings: readonly string[];
  readonly signsRequests: boolean;
  readonly forceAuthn: boolean;
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
  const problems = [...certificateProblems(read, provider.value), ...providerProblems(provider.value)];
  if (problems.length > 0) return { ok: false, problems };

  const { entityID, signInURL } = provider.value;
  const warnings = certificates.flatMap((certificate) => dateWarning(certificate, now) ?? []);
  return { ok: true, value: { entityID, signInURL, certificates, warnings, ...settingsOf(sso) } };
}

/** The next instant at which `readTrust` says something else although the policy stays the same; epoch milliseconds. */
export function nextTrustChange(sso: SsoSettings | undefined, now: number): number | undefined {
  const provider = sso && readProvider(sso.identityProvider, now);
  if (!provider?.ok) return undefined;

  const dates = readCertificates(provider.value).flatMap((each) => (each.ok ? datesOf(each.value) : []));
  const ahead = [...dates, provider.value.validUntil ?? now].filter((at) => at > now);
  return ahead.length === 0 ? undefined : Math.min(...ahead);
}

function datesOf({ validFromDate, validToDate }: X509Certificate): number[] {
  const end = validToDate.getTime();
  return [validFromDate.getTime(), end - warnedBeforeMs, end];
}

function certificateProblems(
  read: ReturnType<typeof readCertificates>,
  { fieldOf }: Provider,
): readonly Problem[] {
  return read.flatMap((each, at) =>
    each.ok ? [] : [{ field: fieldOf(`certificates[${at}]`), rule: each.rule, fix: each.fix }],
  );
}

function providerProblems({ entityID, signInURL, certificates, fieldOf }: Provider): readonly Problem[] {
  const problems: Problem[] = [];
  const add = (part: string, rule: string, fix: string): void => {
    problems.push({ field: fieldOf(part), rule, fix });
  };
  if (entityID === '') add('entityID', 'must be set', 'copy it from the identity provider');
  if (!isProviderUrl(signInURL)) {
    const rule = 'must be an https URL (http on loopback only)';
    add('signInURL', rule, 'copy the HTTP-Redirect address of the identity provider');
  }
  const pin = 'pin the certificate that the identity provider signs with, and during a rollover the next one';
  if (certificates.length === 0) add('certificates', 'must have at least one', pin);
  if (certificates.length > mostCertificates)
    add('certificates', `must have at most ${mostCertificates}`, pin);

  return problems;
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
