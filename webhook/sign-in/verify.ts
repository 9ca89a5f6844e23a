/**
 * THE port to the signature library: which bytes did a pinned certificate sign? The only file that knows xml-crypto,
 * so the library can be swapped here. Must not read a key from the document, and must hand out nothing but the
 * canonical bytes that were verified (CVE-2025-47949, CVE-2025-29774/29775: reading anything else is the bug).
 */
import { createHash, type KeyObject, verify as verifyBytes, type X509Certificate } from 'node:crypto';
import { DOMParser } from '@xmldom/xmldom';
import { SignedXml } from 'xml-crypto';
import { accept, type Outcome, refuse } from './refusal.ts';
import {
  digestAlgorithms,
  envelopedSignature,
  exclusiveC14n,
  signatureAlgorithms,
} from './signature-shape.ts';
import { namespaces } from './vocabulary.ts';

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
}

const smallestRsaKey = 2048;

/**
 * Verifies an answer whose structure and signature shapes were accepted. The assertion must be signed; a signature of
 * the response is not needed, but if there is one it must verify too. Work: at most two checks per certificate.
 */
export function verify(xml: string, certificates: readonly X509Certificate[]): Outcome<VerifiedAssertion> {
  const response = rootOf(xml);
  const assertion = response && child(response, namespaces.saml, 'Assertion');
  const ownSignature = assertion && child(assertion, namespaces.ds, 'Signature');
  if (response === undefined || ownSignature === undefined) {
    return refuse('saml.assertion_unsigned');
  }
  const outerSignature = child(response, namespaces.ds, 'Signature');
  if (outerSignature !== undefined && signedBytes(xml, outerSignature, certificates) === undefined) {
    return refuse('saml.response_signature_invalid');
  }
  const verified = signedBytes(xml, ownSignature, certificates);
  if (verified === undefined) {
    return refuse('saml.assertion_signature_invalid');
  }
  return accept({ ...verified, responseSigned: outerSignature !== undefined });
}

function signedBytes(
  xml: string,
  signature: FoundElement,
  certificates: readonly X509Certificate[],
): { readonly xml: string; readonly fingerprint: string } | undefined {
  for (const certificate of certificates) {
    const bytes = bytesSignedBy(xml, signature, certificate.publicKey);
    if (bytes !== undefined) {
      return { xml: bytes, fingerprint: certificate.fingerprint256 };
    }
  }
  return undefined;
}

/** Any exception of the library means "not verified"; its text may quote the document and goes nowhere. */
function bytesSignedBy(xml: string, signature: FoundElement, key: KeyObject): string | undefined {
  try {
    const checker = new SignedXml({ publicCert: key });
    checker.idAttributes = ['ID'];
    checker.getCertFromKeyInfo = () => null;
    checker.CanonicalizationAlgorithms = only(checker.CanonicalizationAlgorithms, [
      exclusiveC14n,
      envelopedSignature,
    ]);
    checker.SignatureAlgorithms = keyedAlgorithms();
    checker.HashAlgorithms = hashAlgorithms();
    checker.loadSignature(signature as unknown as Node);
    const [bytes, ...more] = checker.checkSignature(xml) ? checker.getSignedReferences() : [];
    return more.length === 0 ? bytes : undefined;
  } catch {
    return undefined;
  }
}

function only<T>(all: Readonly<Record<string, T>>, names: readonly string[]): Record<string, T> {
  return Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name)));
}

/**
 * The library's own table lacks SHA-384 and ECDSA and has SHA-1; this one is the allow-list, and each entry insists on
 * its own type of key, so that a certificate of one kind can never be used with the algorithm of another.
 */
function keyedAlgorithms(): SignedXml['SignatureAlgorithms'] {
  const entries = Object.entries(signatureAlgorithms).map(([uri, { key: type, hash }]) => {
    class Keyed {
      getAlgorithmName(): string {
        return uri;
      }
      getSignature(): never {
        throw new Error('this side only verifies');
      }
      verifySignature(material: string, key: unknown, value: string): boolean {
        return isKeyFor(type, key) && verifiesWith({ hash, key, material, value });
      }
    }
    return [uri, Keyed] as const;
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

function isKeyFor(type: 'rsa' | 'ec', key: unknown): key is KeyObject {
  const candidate = key as KeyObject;
  if (candidate.asymmetricKeyType !== type) {
    return false;
  }
  return type === 'ec' || (candidate.asymmetricKeyDetails?.modulusLength ?? 0) >= smallestRsaKey;
}

interface SignedMaterial {
  readonly hash: string;
  readonly key: KeyObject;
  readonly material: string;
  readonly value: string;
}

function verifiesWith({ hash, key, material, value }: SignedMaterial): boolean {
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
