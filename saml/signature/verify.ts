/**
 * THE port to the signature library: which bytes did a pinned certificate sign? The only file that knows xml-crypto,
 * so the library can be swapped here. Must not read a key from the document, and must hand out nothing but the
 * canonical bytes that were verified (CVE-2025-47949, CVE-2025-29774/29775: reading anything else is the bug).
 */
import { createHash, type KeyObject, verify as verifyBytes, type X509Certificate } from 'node:crypto';
import { DOMParser } from '@xmldom/xmldom';
import { ExclusiveCanonicalization, SignedXml } from 'xml-crypto';
import { invalid, type SamlResult, valid } from '../result.ts';
import { namespaces } from '../saml-names.ts';
import { type SigningKeyType, signingKeyType } from '../signing-keys.ts';
import {
  digestAlgorithms,
  envelopedSignature,
  exclusiveC14n,
  signatureAlgorithms,
} from './signature-shape.ts';

export interface VerifiedAssertion {
  /** The canonical bytes, as text: all that the profile may look at. */
  readonly xml: string;
  /** SHA-256 of the certificate whose key signed it. */
  readonly fingerprint: string;
  readonly responseSigned: boolean;
}

interface FoundElement {
  readonly namespaceURI: string | null;
  readonly localName: string | null;
  readonly childNodes: ArrayLike<unknown>;
  readonly textContent: string | null;
  getAttribute(name: string): string | null;
}

/**
 * Verifies a response whose structure and signature shapes were accepted. The assertion must be signed; a signature of
 * the response is not needed, but if there is one it must verify too. The
 * library walks the document twice at most, whatever the number of certificates.
 */
export function verify(xml: string, certificates: readonly X509Certificate[]): SamlResult<VerifiedAssertion> {
  const response = rootOf(xml);
  const assertion = response && child(response, namespaces.saml, 'Assertion');
  const ownSignature = assertion && child(assertion, namespaces.ds, 'Signature');
  if (response === undefined || ownSignature === undefined) return invalid('saml.assertion_unsigned');

  const responseSignature = child(response, namespaces.ds, 'Signature');
  if (responseSignature !== undefined && signedBytes(xml, responseSignature, certificates) === undefined)
    return invalid('saml.response_signature_invalid');

  const verified = signedBytes(xml, ownSignature, certificates);
  if (verified === undefined) return invalid('saml.assertion_signature_invalid');

  return valid({ ...verified, responseSigned: responseSignature !== undefined });
}

interface SignedBytes {
  readonly xml: string;
  readonly fingerprint: string;
}

/**
 * SignedInfo is checked by itself first: it is small, whereas the library walks the whole document many times, and
 * no client without the provider's key may make it do that. What counts is the library's own check that follows. Any
 * exception of the library means "not verified"; its text may quote the document and goes nowhere.
 */
function signedBytes(
  xml: string,
  signature: FoundElement,
  certificates: readonly X509Certificate[],
): SignedBytes | undefined {
  let signer: X509Certificate | undefined;
  const anyVerifies = (attempt: Attempt): boolean => {
    signer = certificates.find((certificate) => verifiesWith(certificate.publicKey, attempt));
    return signer !== undefined;
  };
  try {
    if (!anyVerifies(attemptOf(signature))) return undefined;

    const checker = checkerWith(anyVerifies);
    checker.loadSignature(signature as unknown as Node);
    const [bytes, ...more] = checker.checkSignature(xml) ? checker.getSignedReferences() : [];
    const verified = bytes !== undefined && more.length === 0 && signer !== undefined;
    return verified ? { xml: bytes, fingerprint: signer?.fingerprint256 ?? '' } : undefined;
  } catch {
    return undefined;
  }
}

interface Attempt {
  readonly type: SigningKeyType;
  readonly hash: string;
  readonly material: string;
  readonly value: string;
}

function attemptOf(signature: FoundElement): Attempt {
  const signedInfo = child(signature, namespaces.ds, 'SignedInfo');
  const method = signedInfo && child(signedInfo, namespaces.ds, 'SignatureMethod')?.getAttribute('Algorithm');
  if (signedInfo === undefined || !isKnownAlgorithm(method))
    throw new Error('the shape of this signature was not accepted');

  const { key: type, hash } = signatureAlgorithms[method];
  const material = new ExclusiveCanonicalization().process(signedInfo as unknown as Element, {});
  return {
    type,
    hash,
    material,
    value: child(signature, namespaces.ds, 'SignatureValue')?.textContent ?? '',
  };
}

function isKnownAlgorithm(name: string | null | undefined): name is keyof typeof signatureAlgorithms {
  return Object.hasOwn(signatureAlgorithms, name ?? '');
}

function checkerWith(anyVerifies: (attempt: Attempt) => boolean): SignedXml {
  // the library wants a key to go on; the algorithms below use the pinned ones and ignore what they are given
  const checker = new SignedXml({ publicCert: 'pinned' });
  checker.idAttributes = ['ID'];
  checker.getCertFromKeyInfo = () => null;
  checker.CanonicalizationAlgorithms = only(checker.CanonicalizationAlgorithms, [
    exclusiveC14n,
    envelopedSignature,
  ]);
  checker.SignatureAlgorithms = pinnedAlgorithms(anyVerifies);
  checker.HashAlgorithms = hashAlgorithms();
  return checker;
}

function only<T>(all: Readonly<Record<string, T>>, names: readonly string[]): Record<string, T> {
  return Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name)));
}

/**
 * The library's own table lacks SHA-384 and ECDSA and has SHA-1; this one is the allow-list, and each entry insists on
 * its own type of key, so that a certificate of one kind can never be used with the algorithm of another.
 */
function pinnedAlgorithms(anyVerifies: (attempt: Attempt) => boolean): SignedXml['SignatureAlgorithms'] {
  const entries = Object.entries(signatureAlgorithms).map(([uri, { key: type, hash }]) => {
    class Pinned {
      getAlgorithmName(): string {
        return uri;
      }
      getSignature(): never {
        throw new Error('this side only verifies');
      }
      verifySignature(material: string, _key: unknown, value: string): boolean {
        return anyVerifies({ type, hash, material, value });
      }
    }
    return [uri, Pinned] as const;
  });
  return Object.fromEntries(entries);
}

function hashAlgorithms(): SignedXml['HashAlgorithms'] {
  const entries = Object.entries(digestAlgorithms).map(([uri, hash]) => {
    class Digest {
      getAlgorithmName(): string {
        return uri;
      }
      getHash(xml: string): string {
        return createHash(hash).update(xml, 'utf8').digest('base64');
      }
    }
    return [uri, Digest] as const;
  });
  return Object.fromEntries(entries);
}

function verifiesWith(key: KeyObject, { type, hash, material, value }: Attempt): boolean {
  if (signingKeyType(key) !== type) return false;

  const signature = Buffer.from(value, 'base64');
  return verifyBytes(hash, Buffer.from(material, 'utf8'), { key, dsaEncoding: 'ieee-p1363' }, signature);
}

function rootOf(xml: string): FoundElement | undefined {
  try {
    const stop = (message: unknown): never => {
      throw new Error(String(message));
    };
    const parser = new DOMParser({ errorHandler: { warning: stop, error: stop, fatalError: stop } });
    return parser.parseFromString(xml, 'text/xml').documentElement ?? undefined;
  } catch {
    return undefined;
  }
}

function child(parent: FoundElement, namespace: string, name: string): FoundElement | undefined {
  const nodes = Array.from(parent.childNodes) as FoundElement[];
  return nodes.find((node) => node.namespaceURI === namespace && node.localName === name);
}
