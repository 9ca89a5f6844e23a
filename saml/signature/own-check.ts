/**
 * Did a pinned certificate sign this element, as far as our own tree tells? Asked before the signature library looks at the
 * document, which walks it many times: what it would refuse is refused here for the price of one walk, also where a genuine
 * SignedInfo of another document was put in front of a large new one. What is accepted is decided by the library alone.
 */
import { createHash, timingSafeEqual, type X509Certificate } from 'node:crypto';
import { canonicalText } from '../xml/canonical.ts';
import { childOf, childrenOf, valueOf } from '../xml/lookup.ts';
import type { XmlElement } from '../xml/scanner.ts';
import { digestAlgorithms, type SignatureShape, signatureAlgorithms } from './signature-shape.ts';
import { signerOf } from './signer.ts';

export interface OwnCheck {
  /** The canonical text of the element without its signature. */
  readonly xml: string;
  readonly signer: X509Certificate;
}

export interface ToCheck {
  readonly element: XmlElement;
  /** Inside it, of an accepted shape. */
  readonly signature: XmlElement;
  readonly shape: SignatureShape;
}

/** The element's own bytes and who signed them; undefined where its signature does not hold. */
export function ownCheck(toCheck: ToCheck, certificates: readonly X509Certificate[]): OwnCheck | undefined {
  const { element, signature, shape } = toCheck;
  const signedInfo = childOf(signature, 'ds:SignedInfo');
  const reference = signedInfo && childOf(signedInfo, 'ds:Reference');
  if (signedInfo === undefined || reference === undefined) return undefined;

  const { key: type, hash } = signatureAlgorithms[shape.signatureAlgorithm];
  const value = textOf(signature, 'ds:SignatureValue');
  const signer = signerOf({ type, hash, material: canonicalText(signedInfo), value }, certificates);
  if (signer === undefined) return undefined;

  const xml = canonicalText(element, { without: signature, prefixes: prefixesIn(reference) });
  const digest = createHash(digestAlgorithms[shape.digestAlgorithm]).update(xml, 'utf8').digest();
  return isSame(digest, Buffer.from(textOf(reference, 'ds:DigestValue'), 'base64'))
    ? { xml, signer }
    : undefined;
}

function isSame(one: Buffer, other: Buffer): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}

function textOf(element: XmlElement, name: string): string {
  return childOf(element, name)?.text ?? '';
}

function prefixesIn(reference: XmlElement): readonly string[] {
  const transforms = childOf(reference, 'ds:Transforms');
  const inclusive = (transforms ? childrenOf(transforms, 'ds:Transform') : []).flatMap((transform) =>
    childrenOf(transform, 'ec:InclusiveNamespaces'),
  );
  return inclusive.flatMap((each) => (valueOf(each, 'PrefixList') ?? '').split(' '));
}
