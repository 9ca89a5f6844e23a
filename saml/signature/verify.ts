/**
 * THE port to the signature library: which bytes did a pinned certificate sign? The only file that knows xml-crypto,
 * so the library can be swapped here. Must not read a key from the document, and must hand out nothing but the
 * canonical bytes that were verified (CVE-2025-47949, CVE-2025-29774/29775: reading anything else is the bug).
 */
import { createHash, type X509Certificate } from 'node:crypto';
import { DOMParser } from '@xmldom/xmldom';
import { SignedXml } from 'xml-crypto';
import { invalid, type SamlResult, valid } from '../result.ts';
import { namespaces } from '../saml-names.ts';
import {
  digestAlgorithms,
  envelopedSignature,
  exclusiveC14n,
  signatureAlgorithms,
} from './signature-shape.ts';
import { type SignatureToCheck, signerOf } from './signer.ts';

/** What was signed: the assertion, the response around it, or each. */
export type SignedPart = 'assertion' | 'response' | 'both';

export interface VerifiedBytes {
  /** The canonical bytes, as text: all that the profile may look at. The assertion's own where it is signed itself. */
  readonly xml: string;
  /** SHA-256 of the certificate whose key signed it. */
  readonly fingerprint: string;
  readonly signed: SignedPart;
}

interface FoundElement {
  readonly namespaceURI: string | null;
  readonly localName: string | null;
  readonly childNodes: ArrayLike<unknown>;
}

/**
 * Verifies a response whose structure and signature shapes were accepted. One signature suffices, on the assertion or on the
 * response, which then covers the assertion; every signature that is there must verify.
 */
export function verify(xml: string, certificates: readonly X509Certificate[]): SamlResult<VerifiedBytes> {
  const response = rootOf(xml);
  const assertion = response && child(response, namespaces.saml, 'Assertion');
  const outer = checked(xml, response, certificates);
  if (outer === 'invalid') return invalid('saml.response_signature_invalid');

  const own = checked(xml, assertion, certificates);
  if (own === 'invalid') return invalid('saml.assertion_signature_invalid');

  if (own !== undefined) return valid({ ...own, signed: outer === undefined ? 'assertion' : 'both' });

  return outer === undefined ? invalid('saml.assertion_unsigned') : valid({ ...outer, signed: 'response' });
}

type Checked = Omit<VerifiedBytes, 'signed'> | 'invalid';

/** The signature of one element; undefined where it has none. */
function checked(
  xml: string,
  element: FoundElement | undefined,
  certificates: readonly X509Certificate[],
): Checked | undefined {
  const signature = element && child(element, namespaces.ds, 'Signature');
  return signature && (signedBytes(xml, signature, certificates) ?? 'invalid');
}

/** Any exception of the library means "not verified"; its text may quote the document and goes nowhere. */
function signedBytes(
  xml: string,
  signature: FoundElement,
  certificates: readonly X509Certificate[],
): Omit<VerifiedBytes, 'signed'> | undefined {
  let signer: X509Certificate | undefined;
  const anyVerifies = (toCheck: SignatureToCheck): boolean => {
    signer = signerOf(toCheck, certificates);
    return signer !== undefined;
  };
  try {
    const checker = checkerWith(anyVerifies);
    checker.loadSignature(signature as unknown as Node);
    const [bytes, ...more] = checker.checkSignature(xml) ? checker.getSignedReferences() : [];
    const verified = bytes !== undefined && more.length === 0 && signer !== undefined;
    return verified ? { xml: bytes, fingerprint: signer?.fingerprint256 ?? '' } : undefined;
  } catch {
    return undefined;
  }
}

function checkerWith(anyVerifies: (toCheck: SignatureToCheck) => boolean): SignedXml {
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

/** The library's own table lacks SHA-384 and ECDSA and has SHA-1; this one is the allow-list. */
function pinnedAlgorithms(
  anyVerifies: (toCheck: SignatureToCheck) => boolean,
): SignedXml['SignatureAlgorithms'] {
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
