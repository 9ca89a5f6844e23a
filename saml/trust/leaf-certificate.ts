/**
 * Which certificate of one X509Data is the provider's own? The others are the authorities that issued it (XML Signature 4.4.4),
 * and an authority's key must not sign people in: with it one could be everyone.
 */
import type { X509Certificate } from 'node:crypto';
import { readCertificate } from './pinned-certificate.ts';

/** The text of the one that issued none of the others; the first one where several could be it. */
export function leafOf(texts: readonly string[]): string | undefined {
  const [first, ...others] = texts;
  if (others.length === 0) return first;

  const read = texts.map((text) => ({ text, certificate: certificateIn(text) }));
  const known = read.flatMap(({ certificate }) => certificate ?? []);
  const leaves = read.filter(
    ({ certificate }) => certificate !== undefined && !known.some((other) => hasIssued(certificate, other)),
  );
  const isOfOneChain = leaves.length === 1;
  return isOfOneChain ? leaves[0]?.text : first;
}

function certificateIn(text: string): X509Certificate | undefined {
  const read = readCertificate(text);
  return read.ok ? read.value : read.certificate;
}

/** By name and not by signature: who wrote the policy vouches for what is in it, and this only finds the leaf. */
function hasIssued(issuer: X509Certificate, other: X509Certificate): boolean {
  return issuer.fingerprint256 !== other.fingerprint256 && other.issuer === issuer.subject;
}
