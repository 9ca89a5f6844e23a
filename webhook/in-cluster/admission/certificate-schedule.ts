/**
 * Answers which certificates the webhook should have now. Pure: what is there and the time go in, what is due comes
 * out. An authority is published for a while before anything is signed by it, so that no API server meets a leaf
 * whose authority it has not heard of (a rotation without refused writes, T-W21).
 */
import type { KeyedCertificate } from './authority.ts';

/** How long an authority is known to all before it signs, and how long the one before it stays known: one hour. */
export const overlap = 3_600_000;

export interface CertificatePlan {
  /** Authorities to keep, oldest first; all that are valid are published. */
  readonly keep: readonly KeyedCertificate[];
  /** The instant from which a new authority is valid, when one is due. */
  readonly newAuthorityFrom?: number;
  /** The authority that signs leaves now; absent when the new one will. */
  readonly signer?: KeyedCertificate;
}

/** The moment at which two thirds of a certificate's life are over: renewal leaves a third for repair. */
export const renewalAt = ({
  notBefore,
  notAfter,
}: Pick<KeyedCertificate, 'notBefore' | 'notAfter'>): number => notBefore + ((notAfter - notBefore) * 2) / 3;

const isValid = (certificate: KeyedCertificate, now: number): boolean =>
  certificate.notBefore <= now && now < certificate.notAfter;

/** What to keep, what to make and who signs, as of `now` (epoch milliseconds). */
export function planCertificates(authorities: readonly KeyedCertificate[], now: number): CertificatePlan {
  const valid = authorities.filter((one) => isValid(one, now)).sort((a, b) => a.notBefore - b.notBefore);
  const newest = valid.at(-1);
  // No client trusts anything yet, so there is nothing to overlap with: the first authority may sign at once.
  if (!newest) return { keep: [], newAuthorityFrom: now - overlap };
  const signer = valid.findLast((one) => one.notBefore + overlap <= now) ?? valid[0] ?? newest;
  const keep = valid.filter(
    (one) => one.notBefore >= signer.notBefore || signer.notBefore + 2 * overlap > now,
  );
  const due = now >= renewalAt(newest);
  return { keep, signer, ...(due ? { newAuthorityFrom: now } : {}) };
}
