/**
 * Signs an element of an XML text the way a foreign identity provider would, in any style, also in styles that no service
 * provider should accept. Written on the canonicaliser alone, so that what the product verifies was not made by its own verifier.
 */
import { createHash, createHmac, sign as signBytes } from 'node:crypto';
import { DOMParser } from '@xmldom/xmldom';
import { C14nCanonicalization, ExclusiveCanonicalization } from 'xml-crypto';
import type { SigningKey } from './signing-key.ts';

export interface SignatureStyle {
  readonly prefix?: string;
  readonly signatureAlgorithm?: string;
  readonly digestAlgorithm?: string;
  readonly canonicalization?: string;
  readonly transforms?: readonly string[];
  readonly prefixList?: string;
  /** Goes before X509Data, as Keycloak's KeyName does. */
  readonly keyName?: string;
  readonly newlines?: boolean;
  readonly uri?: string;
  /** Changes the text of SignedInfo before it is signed. */
  readonly signedInfo?: (text: string) => string;
}

const dsig = 'http://www.w3.org/2000/09/xmldsig#';
const rsaSha256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256';
const exclusive = 'http://www.w3.org/2001/10/xml-exc-c14n#';
const hashes: Readonly<Record<string, string>> = {
  'http://www.w3.org/2000/09/xmldsig#sha1': 'sha1',
  'http://www.w3.org/2001/04/xmlenc#sha256': 'sha256',
  'http://www.w3.org/2001/04/xmldsig-more#sha384': 'sha384',
  'http://www.w3.org/2001/04/xmlenc#sha512': 'sha512',
};

/** `xml` with the first element of this local name signed, its Signature right after its Issuer. */
export function signElement(xml: string, name: string, key: SigningKey, style: SignatureStyle = {}): string {
  const { prefix = 'ds', newlines = false } = style;
  const break_ = newlines ? '\n' : '';
  const element = elementsNamed(xml, name)[0]!;
  const info = signedInfoOf(element, style);
  const wrapped = `<${prefix}:Signature xmlns:${prefix}="${dsig}">${info}</${prefix}:Signature>`;
  const value = signatureValue(canonical(elementsNamed(wrapped, 'SignedInfo')[0]!, style), key, style);
  const body = key.certificate.replaceAll(/-----[A-Z ]+-----|\s/g, '');
  const keyName = style.keyName ? `<${prefix}:KeyName>${style.keyName}</${prefix}:KeyName>` : '';
  const signature =
    `<${prefix}:Signature xmlns:${prefix}="${dsig}">${break_}${info}` +
    `<${prefix}:SignatureValue>${value}</${prefix}:SignatureValue>${break_}` +
    `<${prefix}:KeyInfo>${keyName}<${prefix}:X509Data><${prefix}:X509Certificate>${body}</${prefix}:X509Certificate>` +
    `</${prefix}:X509Data></${prefix}:KeyInfo></${prefix}:Signature>`;
  return insertAfterIssuer(xml, element, signature);
}

interface Element {
  readonly localName: string;
  readonly tagName: string;
  readonly getAttribute: (name: string) => string | null;
}

function elementsNamed(xml: string, name: string): readonly Element[] {
  const document = new DOMParser().parseFromString(xml, 'text/xml');
  return Array.from(document.getElementsByTagNameNS('*', name) as unknown as ArrayLike<Element>);
}

function signedInfoOf(element: Element, style: SignatureStyle): string {
  const { prefix: p = 'ds', canonicalization = exclusive, signatureAlgorithm = rsaSha256 } = style;
  const digestAlgorithm = style.digestAlgorithm ?? 'http://www.w3.org/2001/04/xmlenc#sha256';
  const uri = style.uri ?? `#${element.getAttribute('ID') ?? ''}`;
  const text = [
    `<${p}:SignedInfo><${p}:CanonicalizationMethod Algorithm="${canonicalization}"/>`,
    `<${p}:SignatureMethod Algorithm="${signatureAlgorithm}"/>`,
    `<${p}:Reference URI="${uri}"><${p}:Transforms>${transformsOf(p, style)}</${p}:Transforms>`,
    `<${p}:DigestMethod Algorithm="${digestAlgorithm}"/>`,
    `<${p}:DigestValue>${digestOf(element, digestAlgorithm, style)}</${p}:DigestValue>`,
    `</${p}:Reference></${p}:SignedInfo>`,
  ].join(style.newlines ? '\n' : '');
  return style.signedInfo?.(text) ?? text;
}

function transformsOf(
  p: string,
  { transforms = [`${dsig}enveloped-signature`, exclusive], prefixList }: SignatureStyle,
) {
  const list = prefixList
    ? `<ec:InclusiveNamespaces xmlns:ec="${exclusive}" PrefixList="${prefixList}"/>`
    : '';
  const last = transforms.length - 1;
  return transforms
    .map((each, at) => `<${p}:Transform Algorithm="${each}">${at === last ? list : ''}</${p}:Transform>`)
    .join('');
}

function digestOf(element: Element, digestAlgorithm: string, { prefixList }: SignatureStyle): string {
  const options = { inclusiveNamespacesPrefixList: prefixList?.split(' ') ?? [] };
  const octets = new ExclusiveCanonicalization().process(element as never, options);
  return createHash(hashes[digestAlgorithm] ?? 'sha256')
    .update(octets)
    .digest('base64');
}

function canonical(signedInfo: Element, style: SignatureStyle): string {
  const exclusively = (style.canonicalization ?? exclusive).startsWith(exclusive);
  const canonicaliser = exclusively ? new ExclusiveCanonicalization() : new C14nCanonicalization();
  return canonicaliser.process(signedInfo as never, { ancestorNamespaces: [] });
}

function signatureValue(
  octets: string,
  key: SigningKey,
  { signatureAlgorithm = 'rsa-sha256' }: SignatureStyle,
): string {
  if (signatureAlgorithm.includes('hmac')) {
    // the classic confusion: the public certificate as the shared secret
    return createHmac('sha256', key.certificate).update(octets).digest('base64');
  }
  const hash = /sha\d+$/.exec(signatureAlgorithm)?.[0] ?? 'sha256';
  const signingKey = { key: key.privateKey, dsaEncoding: 'ieee-p1363' as const };
  return signBytes(hash, Buffer.from(octets), signingKey).toString('base64');
}

function insertAfterIssuer(xml: string, element: Element, signature: string): string {
  const start = xml.indexOf(`ID="${element.getAttribute('ID') ?? ''}"`);
  const at = xml.indexOf('Issuer>', xml.indexOf('</', start)) + 'Issuer>'.length;
  return xml.slice(0, at) + signature + xml.slice(at);
}
