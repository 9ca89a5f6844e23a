/** Which public keys may a signature be checked with? Asked of what is pinned, and once more where it is used. */
import type { AsymmetricKeyDetails, KeyObject } from 'node:crypto';

export type SigningKeyType = 'rsa' | 'ec';

/** The rule, for who pins another key. */
export const signingKeyRule =
  'must hold an RSA key of 2048 to 16384 bits, or an EC key on the curve P-256, P-384 or P-521';

const rsaBits = { fewest: 2048, most: 16_384 } as const;
/** As OpenSSL names them. A curve that is small, or made by who sends it, proves nothing. */
const curves: ReadonlySet<string> = new Set(['prime256v1', 'secp384r1', 'secp521r1']);
/** With the exponent 1 every text is its own signature; a long one is work for us. */
const exponents = { least: 3n, most: 2n ** 32n } as const;

/** The type of a key that is strong enough; undefined for every other key. */
export function signingKeyType({
  asymmetricKeyType: type,
  asymmetricKeyDetails: details = {},
}: KeyObject): SigningKeyType | undefined {
  if (type === 'ec') return curves.has(details.namedCurve ?? '') ? 'ec' : undefined;

  return type === 'rsa' && isStrongRsa(details) ? 'rsa' : undefined;
}

function isStrongRsa({ modulusLength = 0, publicExponent = 0n }: AsymmetricKeyDetails): boolean {
  const isSized = modulusLength >= rsaBits.fewest && modulusLength <= rsaBits.most;
  return isSized && isExponent(publicExponent);
}

function isExponent(exponent: bigint): boolean {
  return exponent % 2n === 1n && exponent >= exponents.least && exponent < exponents.most;
}
