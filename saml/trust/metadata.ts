/**
 * What does an identity provider's metadata say: who it is, where people sign in, which certificates sign? Reads
 * metadata that stands in the policy, with the same strict scanner as answers; its own signature is not looked at,
 * since writing the policy is what vouches for it.
 */
import { instantOf } from '../instants.ts';
import { bindings, namespaces } from '../saml-names.ts';
import { childrenOf, nameOf, valueOf } from '../xml/lookup.ts';
import { scanXml, type XmlElement } from '../xml/scanner.ts';

export interface ProviderMetadata {
  readonly entityID: string;
  readonly signInURL: string;
  /** The text of each signing certificate, base64. */
  readonly certificates: readonly string[];
}

export type ReadMetadata =
  | { readonly ok: true; readonly metadata: ProviderMetadata }
  | { readonly ok: false; readonly problems: readonly string[] };

/** SAML metadata 2.4: one EntityDescriptor with one IDPSSODescriptor of SAML 2.0. */
export function readProviderMetadata(xml: string, now: number): ReadMetadata {
  const root = scanXml(xml);
  if (!root.ok) {
    return {
      ok: false,
      problems: [`must be plain metadata (${root.reason}${root.detail ? `, ${root.detail}` : ''})`],
    };
  }
  if (nameOf(root.value) !== 'md:EntityDescriptor')
    return { ok: false, problems: ['must be one EntityDescriptor'] };

  const [descriptor, ...more] = childrenOf(root.value, 'md:IDPSSODescriptor').filter(speaksSaml2);
  if (descriptor === undefined || more.length > 0)
    return { ok: false, problems: ['must have exactly one IDPSSODescriptor of SAML 2.0'] };

  const metadata = {
    entityID: valueOf(root.value, 'entityID') ?? '',
    signInURL: redirectLocation(descriptor),
    certificates: signingCertificates(descriptor),
  };
  const problems = [...completeness(metadata), ...validity([root.value, descriptor], now)];
  return problems.length === 0 ? { ok: true, metadata } : { ok: false, problems };
}

function speaksSaml2(descriptor: XmlElement): boolean {
  return (valueOf(descriptor, 'protocolSupportEnumeration') ?? '').split(/\s+/).includes(namespaces.samlp);
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

function completeness({ entityID, signInURL, certificates }: ProviderMetadata): readonly string[] {
  return [
    ...(entityID === '' ? ['must have an entityID'] : []),
    ...(signInURL === '' ? ['must have a SingleSignOnService with the HTTP-Redirect binding'] : []),
    ...(certificates.length === 0 ? ['must have a certificate for signing'] : []),
  ];
}

function validity(elements: readonly XmlElement[], now: number): readonly string[] {
  const ends = elements.map((element) => valueOf(element, 'validUntil')).filter((end) => end !== undefined);
  const over = ends.some((end) => now >= (instantOf(end) ?? Number.NEGATIVE_INFINITY));
  return over ? ['must still be valid (validUntil)'] : [];
}
