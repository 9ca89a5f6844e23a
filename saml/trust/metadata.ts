/**
 * What does an identity provider's metadata say: who it is, where people sign in, which certificates sign? Reads
 * metadata that stands in the policy, with the same strict scanner as responses; its own signature is not checked,
 * since writing the policy is what vouches for it.
 */
import { instantOf } from '../instants.ts';
import type { Result } from '../result.ts';
import { bindings, namespaces } from '../saml-names.ts';
import { childrenOf, nameOf, valueOf } from '../xml/lookup.ts';
import { scanXml, type XmlElement } from '../xml/scanner.ts';
import type { Flaw } from './pinned-certificate.ts';

export interface ProviderMetadata {
  readonly entityID: string;
  readonly signInURL: string;
  /** The text of each signing certificate, base64. */
  readonly certificates: readonly string[];
  /** When the metadata stops being valid, epoch milliseconds. */
  readonly validUntil?: number;
}

const asExported = 'paste the metadata as the identity provider exports it';

/** SAML metadata 2.4: one EntityDescriptor with one IDPSSODescriptor of SAML 2.0. */
export function readProviderMetadata(
  xml: string,
  now: number,
): Result<ProviderMetadata, { readonly flaws: readonly Flaw[] }> {
  const root = scanXml(xml);
  if (!root.ok) {
    const where = root.detail === undefined ? '' : `, ${root.detail}`;
    return flawed(`must be plain metadata (${root.reason}${where})`, asExported);
  }
  if (nameOf(root.value) !== 'md:EntityDescriptor')
    return flawed('must be one EntityDescriptor', 'take the one of the identity provider');

  const [descriptor, ...more] = childrenOf(root.value, 'md:IDPSSODescriptor').filter(speaksSaml2);
  if (descriptor === undefined || more.length > 0)
    return flawed('must have exactly one IDPSSODescriptor of SAML 2.0', 'remove the others');

  const metadata = {
    entityID: valueOf(root.value, 'entityID') ?? '',
    signInURL: redirectLocation(descriptor),
    certificates: signingCertificates(descriptor),
  };
  const ends = endsOf([root.value, descriptor]);
  const flaws = [...completeness(metadata), ...validity(ends, now)];
  if (flaws.length > 0) return { ok: false, flaws };

  const value = ends.length === 0 ? metadata : { ...metadata, validUntil: Math.min(...ends) };
  return { ok: true, value };
}

function flawed(rule: string, fix: string): { readonly ok: false; readonly flaws: readonly Flaw[] } {
  return { ok: false, flaws: [{ rule, fix }] };
}

function speaksSaml2(descriptor: XmlElement): boolean {
  return (valueOf(descriptor, 'protocolSupportEnumeration') ?? '')
    .split(/[ \t\r\n]+/)
    .includes(namespaces.samlp);
}

function redirectLocation(descriptor: XmlElement): string {
  const service = childrenOf(descriptor, 'md:SingleSignOnService').find(
    (each) => valueOf(each, 'Binding') === bindings.redirect,
  );
  return (service && valueOf(service, 'Location')) ?? '';
}

/** A key without a use may sign (SAML metadata 2.4.1.1); one for encryption may not. */
function signingCertificates(descriptor: XmlElement): readonly string[] {
  return childrenOf(descriptor, 'md:KeyDescriptor')
    .filter((key) => (valueOf(key, 'use') ?? 'signing') === 'signing')
    .flatMap((key) => childrenOf(key, 'ds:KeyInfo'))
    .flatMap((info) => childrenOf(info, 'ds:X509Data'))
    .flatMap((data) => childrenOf(data, 'ds:X509Certificate'))
    .map(({ text }) => text);
}

function completeness({ entityID, signInURL, certificates }: ProviderMetadata): readonly Flaw[] {
  const missing = [
    ...(entityID === '' ? ['an entityID'] : []),
    ...(signInURL === '' ? ['a SingleSignOnService with the HTTP-Redirect binding'] : []),
    ...(certificates.length === 0 ? ['a certificate for signing'] : []),
  ];
  return missing.map((what) => ({ rule: `must have ${what}`, fix: asExported }));
}

/** An end that cannot be read counts as past: metadata that names an end must not be taken for endless. */
function endsOf(elements: readonly XmlElement[]): readonly number[] {
  const ends = elements.map((element) => valueOf(element, 'validUntil')).filter((end) => end !== undefined);
  return ends.map((end) => instantOf(end) ?? Number.NEGATIVE_INFINITY);
}

function validity(ends: readonly number[], now: number): readonly Flaw[] {
  const fix = 'replace it by the present metadata of the identity provider';
  return ends.some((end) => now >= end) ? [{ rule: 'must still be valid (validUntil)', fix }] : [];
}
