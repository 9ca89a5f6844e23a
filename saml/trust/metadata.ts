/**
 * What does an identity provider's metadata say: who it is, where people sign in, which certificates sign? Reads metadata that
 * stands in the policy; its own signature is not checked, since writing the policy is what vouches for it.
 */
import { printable } from '../../crds/rules/problem.ts';
import { parseTime } from '../../crds/rules/time/time.ts';
import { samlReasons } from '../reasons.ts';
import type { Result } from '../result.ts';
import { bindings, namespaces } from '../saml-names.ts';
import { childrenOf, nameOf, valueOf } from '../xml/lookup.ts';
import { scanXml, type XmlElement } from '../xml/scanner.ts';
import { plainXml } from './configured-xml.ts';
import { leafOf } from './leaf-certificate.ts';
import type { Flaw } from './pinned-certificate.ts';

export interface ProviderMetadata {
  readonly entityID: string;
  readonly signInURL: string;
  /** The text of each signing certificate, PEM or base64. */
  readonly certificates: readonly string[];
  /** When the metadata stops being valid, epoch milliseconds. */
  readonly validUntil?: number;
  /** What the provider says that the settings should heed. */
  readonly wantsSignedRequests?: boolean;
}

const asExported = 'paste the metadata as the identity provider exports it';

/** SAML metadata 2.3 and 2.4: one provider of SAML 2.0, alone or in a list in which the others are service providers. */
export function readProviderMetadata(
  pasted: string,
  now: number,
): Result<ProviderMetadata, { readonly flaws: readonly Flaw[] }> {
  const plain = plainXml(pasted);
  if (!plain.ok) return flawed(plain);

  const root = scanXml(plain.value);
  if (!root.ok) {
    const where = root.detail === undefined ? '' : `, ${root.detail}`;
    const rule = `must be plain metadata (${root.reason}${where}: ${samlReasons[root.reason]})`;
    return flawed({ rule, fix: asExported });
  }
  const found = soleProvider(root.value);
  return found.ok ? contentOf(found.value, now) : flawed(found);
}

function flawed({ rule, fix }: Flaw): { readonly ok: false; readonly flaws: readonly Flaw[] } {
  return { ok: false, flaws: [{ rule, fix }] };
}

/** An entity, and what stands around it: each of them can end. */
interface Entity {
  readonly entity: XmlElement;
  readonly around: readonly XmlElement[];
}

interface FoundProvider extends Entity {
  readonly descriptor: XmlElement;
}

function soleProvider(root: XmlElement): Result<FoundProvider, Flaw> {
  const entities = entitiesIn(root, []);
  if (entities === undefined) {
    const rule = `must be one EntityDescriptor, and begins with ${printable(root.name)}`;
    return { ok: false, rule, fix: 'take the one of the identity provider' };
  }
  const providers = entities.filter(({ entity }) => descriptorsOf(entity).length > 0);
  const [first, ...others] = providers;
  if (first === undefined) return { ok: false, rule: oneDescriptor, fix: insteadOf(entities) };

  if (others.length > 0) {
    const names = providers.slice(0, 3).map(({ entity }) => printable(entityIDOf(entity)));
    const rule = `must be of one identity provider, and is of ${providers.length} (${names.join(', ')})`;
    return { ok: false, rule, fix: 'leave only the EntityDescriptor of the one with which people sign in' };
  }
  const [descriptor, ...more] = descriptorsOf(first.entity);
  return descriptor === undefined || more.length > 0
    ? { ok: false, rule: oneDescriptor, fix: 'remove the others' }
    : { ok: true, value: { ...first, descriptor } };
}

const oneDescriptor = 'must have exactly one IDPSSODescriptor of SAML 2.0';

/** The way out for metadata without any identity provider of SAML 2.0. */
function insteadOf(entities: readonly Entity[]): string {
  const has = (name: string): boolean => entities.some(({ entity }) => childrenOf(entity, name).length > 0);
  if (has('md:IDPSSODescriptor')) return 'let the identity provider speak SAML 2.0';

  return has('md:SPSSODescriptor')
    ? 'this is metadata of a service provider; take that of the identity provider'
    : 'take the metadata of the identity provider';
}

/** The entities of a document; undefined where the root is neither an entity nor a list of them. */
function entitiesIn(element: XmlElement, around: readonly XmlElement[]): readonly Entity[] | undefined {
  if (nameOf(element) === 'md:EntityDescriptor') return [{ entity: element, around }];
  if (nameOf(element) !== 'md:EntitiesDescriptor') return undefined;

  return element.children.flatMap((child) => entitiesIn(child, [...around, element]) ?? []);
}

function descriptorsOf(entity: XmlElement): readonly XmlElement[] {
  return childrenOf(entity, 'md:IDPSSODescriptor').filter(speaksSaml2);
}

function speaksSaml2(descriptor: XmlElement): boolean {
  return (valueOf(descriptor, 'protocolSupportEnumeration') ?? '')
    .split(/[ \t\r\n]+/)
    .includes(namespaces.samlp);
}

function contentOf(
  { entity, descriptor, around }: FoundProvider,
  now: number,
): Result<ProviderMetadata, { readonly flaws: readonly Flaw[] }> {
  const metadata = {
    entityID: entityIDOf(entity),
    signInURL: redirectLocation(descriptor),
    certificates: signingCertificates(descriptor),
    wantsSignedRequests: ['true', '1'].includes(valueOf(descriptor, 'WantAuthnRequestsSigned') ?? ''),
  };
  const ends = endsOf([...around, entity, descriptor]);
  const flaws = [...completeness(metadata, descriptor), ...validity(ends, now)];
  if (flaws.length > 0) return { ok: false, flaws };

  const value = ends.length === 0 ? metadata : { ...metadata, validUntil: Math.min(...ends) };
  return { ok: true, value };
}

/** Blanks around an address mean nothing: the schema's type for it takes them away. */
function entityIDOf(entity: XmlElement): string {
  return (valueOf(entity, 'entityID') ?? '').trim();
}

function redirectLocation(descriptor: XmlElement): string {
  const service = childrenOf(descriptor, 'md:SingleSignOnService').find(
    (each) => valueOf(each, 'Binding')?.trim() === bindings.redirect,
  );
  return ((service && valueOf(service, 'Location')) ?? '').trim();
}

/** A key without a use may sign (SAML metadata 2.4.1.1); one for encryption may not. */
function signingCertificates(descriptor: XmlElement): readonly string[] {
  return childrenOf(descriptor, 'md:KeyDescriptor')
    .filter((key) => (valueOf(key, 'use')?.trim() ?? 'signing') === 'signing')
    .flatMap((key) => childrenOf(key, 'ds:KeyInfo'))
    .flatMap((info) => childrenOf(info, 'ds:X509Data'))
    .flatMap((data) => leafOf(childrenOf(data, 'ds:X509Certificate').map(({ text }) => text)) ?? []);
}

function completeness(
  { entityID, signInURL, certificates }: ProviderMetadata,
  descriptor: XmlElement,
): readonly Flaw[] {
  const others = childrenOf(descriptor, 'md:SingleSignOnService').length > 0;
  const redirect = 'a SingleSignOnService with the HTTP-Redirect binding';
  const missing = [
    ...(entityID === '' ? ['an entityID'] : []),
    ...(signInURL === '' ? [others ? `${redirect} (it has other bindings only)` : redirect] : []),
    ...(certificates.length === 0 ? ['a certificate for signing'] : []),
  ];
  return missing.map((what) => ({ rule: `must have ${what}`, fix: asExported }));
}

/** An end that cannot be read counts as past: metadata that names an end must not be taken for endless. */
function endsOf(elements: readonly XmlElement[]): readonly number[] {
  const ends = elements.map((element) => valueOf(element, 'validUntil')?.trim());
  return ends
    .filter((end) => end !== undefined)
    .map((end) => parseTime(hasZone.test(end) ? end : `${end}Z`) ?? Number.NEGATIVE_INFINITY);
}

/** Times of SAML are UTC (core 1.3.3), also where a tool left out to say so. */
const hasZone = /(?:Z|[+-][0-9]{2}:[0-9]{2})$/;

function validity(ends: readonly number[], now: number): readonly Flaw[] {
  const over = ends.filter((end) => now >= end);
  if (over.length === 0) return [];

  const first = Math.min(...over);
  const when = Number.isFinite(first)
    ? `must still be valid (validUntil), and ended at ${new Date(first).toISOString()}`
    : 'must still be valid (validUntil), and says no time that can be read, such as 2027-12-01T08:00:00Z';
  return [{ rule: when, fix: 'replace it by the present metadata of the identity provider' }];
}
