/** With which of the pinned certificates was something signed? The key is never one that the document brings along. */
import { type KeyObject, verify as verifyBytes, type X509Certificate } from 'node:crypto';
import { type SigningKeyType, signingKeyType } from '../signing-keys.ts';

export interface SignatureToCheck {
  /** The type of key that its algorithm needs: a certificate of one kind is never used with the algorithm of another. */
  readonly type: SigningKeyType;
  readonly hash: string;
  /** What was signed, canonical. */
  readonly material: string;
  /** Base64. */
  readonly value: string;
}

/** The certificate whose key made the signature; undefined where none of them did. */
export function signerOf(
  signature: SignatureToCheck,
  certificates: readonly X509Certificate[],
): X509Certificate | undefined {
  return certificates.find(({ publicKey }) => verifiesWith(publicKey, signature));
}

function verifiesWith(key: KeyObject, { type, hash, material, value }: SignatureToCheck): boolean {
  if (signingKeyType(key) !== type) return false;

  const signature = Buffer.from(value, 'base64');
  return verifyBytes(hash, Buffer.from(material, 'utf8'), { key, dsaEncoding: 'ieee-p1363' }, signature);
}
