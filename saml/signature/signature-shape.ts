/**
 * Is a Signature element of the one shape that we verify? Decides before any cryptography which algorithms,
 * which reference and which transforms there are. KeyInfo may be there and is never read: keys come from the policy.
 */

import type { SamlReason } from '../reasons.ts';
import { differs, type Invalid, invalid, type SamlResult, valid } from '../result.ts';
import { namespaces } from '../saml-names.ts';
import { firstMisfit, type Grammar } from '../xml/grammar.ts';
import { childOf, childrenOf, valueOf } from '../xml/lookup.ts';
import type { XmlElement } from '../xml/scanner.ts';

export interface SignatureShape {
  readonly signatureAlgorithm: keyof typeof signatureAlgorithms;
  readonly digestAlgorithm: keyof typeof digestAlgorithms;
}

export const exclusiveC14n = namespaces.ec;
export const envelopedSignature = 'http://www.w3.org/2000/09/xmldsig#enveloped-signature';

const rsa = 'http://www.w3.org/2001/04/xmldsig-more#rsa';
const ecdsa = 'http://www.w3.org/2001/04/xmldsig-more#ecdsa';

/** Signature algorithm to the type of key and the hash. SHA-1, HMAC and `none` are not here, so they do not exist. */
export const signatureAlgorithms = {
  [`${rsa}-sha256`]: { key: 'rsa', hash: 'sha256' },
  [`${rsa}-sha384`]: { key: 'rsa', hash: 'sha384' },
  [`${rsa}-sha512`]: { key: 'rsa', hash: 'sha512' },
  [`${ecdsa}-sha256`]: { key: 'ec', hash: 'sha256' },
  [`${ecdsa}-sha384`]: { key: 'ec', hash: 'sha384' },
  [`${ecdsa}-sha512`]: { key: 'ec', hash: 'sha512' },
} as const;

/** Digest algorithm to hash. */
export const digestAlgorithms = {
  'http://www.w3.org/2001/04/xmlenc#sha256': 'sha256',
  'http://www.w3.org/2001/04/xmldsig-more#sha384': 'sha384',
  'http://www.w3.org/2001/04/xmlenc#sha512': 'sha512',
} as const;

const signatureGrammar: Grammar = {
  'ds:Signature': {
    attributes: ['Id'],
    children: { 'ds:SignedInfo': [1, 1], 'ds:SignatureValue': [1, 1], 'ds:KeyInfo': [0, 1] },
  },
  'ds:SignedInfo': {
    attributes: ['Id'],
    children: {
      'ds:CanonicalizationMethod': [1, 1],
      'ds:SignatureMethod': [1, 1],
      'ds:Reference': [0, 2000],
    },
  },
  'ds:CanonicalizationMethod': { attributes: ['Algorithm!'] },
  'ds:SignatureMethod': { attributes: ['Algorithm!'] },
  'ds:Reference': {
    attributes: ['URI', 'Id'],
    children: { 'ds:Transforms': [0, 1], 'ds:DigestMethod': [1, 1], 'ds:DigestValue': [1, 1] },
  },
  'ds:Transforms': { children: { 'ds:Transform': [0, 2000] } },
  'ds:Transform': { attributes: ['Algorithm!'], children: { 'ec:InclusiveNamespaces': [0, 1] } },
  'ec:InclusiveNamespaces': { attributes: ['PrefixList!'] },
  'ds:DigestMethod': { attributes: ['Algorithm!'] },
  'ds:DigestValue': { text: true },
  'ds:SignatureValue': { attributes: ['Id'], text: true },
  'ds:KeyInfo': {
    attributes: ['Id'],
    children: { 'ds:KeyName': [0, 4], 'ds:KeyValue': [0, 1], 'ds:X509Data': [0, 4] },
  },
  'ds:KeyName': { text: true },
  'ds:KeyValue': { children: { 'ds:RSAKeyValue': [0, 1] } },
  'ds:RSAKeyValue': { children: { 'ds:Modulus': [1, 1], 'ds:Exponent': [1, 1] } },
  'ds:Modulus': { text: true },
  'ds:Exponent': { text: true },
  'ds:X509Data': {
    children: {
      'ds:X509Certificate': [0, 8],
      'ds:X509SubjectName': [0, 8],
      'ds:X509IssuerSerial': [0, 8],
      'ds:X509SKI': [0, 8],
    },
  },
  'ds:X509Certificate': { text: true },
  'ds:X509SubjectName': { text: true },
  'ds:X509SKI': { text: true },
  'ds:X509IssuerSerial': { children: { 'ds:X509IssuerName': [1, 1], 'ds:X509SerialNumber': [1, 1] } },
  'ds:X509IssuerName': { text: true },
  'ds:X509SerialNumber': { text: true },
};

/** Judges the signature of `parent`, whose ID is the only thing that it may sign. */
export function signatureShape(signature: XmlElement, parent: XmlElement): SamlResult<SignatureShape> {
  const misfit = firstMisfit(signature, signatureGrammar);
  if (misfit) return invalid('saml.signature_part_not_allowed', `${misfit.name} in ${misfit.element}`);

  const signedInfo = childOf(signature, 'ds:SignedInfo');
  const [reference, ...more] = signedInfo ? childrenOf(signedInfo, 'ds:Reference') : [];
  if (signedInfo === undefined || reference === undefined || more.length > 0)
    return invalid('saml.reference_count');

  const problem = referenceProblem(reference, parent) ?? valueProblem(signature, reference);
  return problem ?? algorithms(signedInfo, reference);
}

function algorithms(signedInfo: XmlElement, reference: XmlElement): SamlResult<SignatureShape> {
  const canonicalization = algorithmOf(signedInfo, 'ds:CanonicalizationMethod');
  if (canonicalization !== exclusiveC14n)
    return differs('saml.canonicalization_not_allowed', canonicalization, exclusiveC14n);

  const signatureAlgorithm = algorithmOf(signedInfo, 'ds:SignatureMethod');
  if (!isListed(signatureAlgorithms, signatureAlgorithm))
    return unlisted('saml.signature_algorithm_not_allowed', signatureAlgorithm);

  const digestAlgorithm = algorithmOf(reference, 'ds:DigestMethod');
  if (!isListed(digestAlgorithms, digestAlgorithm))
    return unlisted('saml.digest_algorithm_not_allowed', digestAlgorithm);

  return valid({ signatureAlgorithm, digestAlgorithm });
}

const unlisted = (reason: SamlReason, received: string): Invalid => invalid(reason, undefined, { received });

function isListed<T extends object>(list: T, name: PropertyKey): name is keyof T {
  return Object.hasOwn(list, name);
}

function algorithmOf(element: XmlElement, method: string): string {
  const found = childOf(element, method);
  return (found && valueOf(found, 'Algorithm')) ?? '';
}

/** The enveloping parent and nothing else: any other target is signature wrapping. */
function referenceProblem(reference: XmlElement, parent: XmlElement): Invalid | undefined {
  if (valueOf(reference, 'URI') !== `#${valueOf(parent, 'ID') ?? ''}`)
    return invalid('saml.reference_not_parent');

  return transformsAreExact(childOf(reference, 'ds:Transforms'))
    ? undefined
    : invalid('saml.transforms_not_allowed');
}

function transformsAreExact(transforms: XmlElement | undefined): boolean {
  const [enveloped, c14n, ...more] = transforms?.children ?? [];
  if (enveloped === undefined || c14n === undefined || more.length > 0) return false;

  return (
    valueOf(enveloped, 'Algorithm') === envelopedSignature &&
    enveloped.children.length === 0 &&
    valueOf(c14n, 'Algorithm') === exclusiveC14n &&
    c14n.children.every(hasPrefixes)
  );
}

const prefixList = /^[A-Za-z_][A-Za-z0-9_.-]{0,31}(?: [A-Za-z_][A-Za-z0-9_.-]{0,31}){0,15}$/;

function hasPrefixes(inclusive: XmlElement): boolean {
  return prefixList.test(valueOf(inclusive, 'PrefixList') ?? '');
}

const base64Text = /^[A-Za-z0-9+/ \t\r\n]+={0,2}[ \t\r\n]*$/;

function valueProblem(signature: XmlElement, reference: XmlElement): Invalid | undefined {
  const texts = [childOf(signature, 'ds:SignatureValue')?.text, childOf(reference, 'ds:DigestValue')?.text];
  return texts.every((text) => base64Text.test(text ?? ''))
    ? undefined
    : invalid('saml.signature_value_malformed');
}
