/**
 * Says whom a client certificate names, by the rules of the API server: the common name is the user, organizations are
 * groups. Only what the cluster's own authority for clients signed counts, and only as long as it counts there.
 */
import { X509Certificate } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import { hasProvedCertificate } from './proved-certificate.ts';
import type { Caller } from './token-review.ts';

export interface CertificateTrust {
  /** PEM of the authorities that sign certificates of the cluster's clients, as of now; empty while none is known. */
  readonly authorities: () => string;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** Whom the certificate of a connection names, or undefined: none was shown, or it proves nothing. */
export type CertificateCaller = (request: IncomingMessage) => Caller | undefined;

/** Reads connections of a server that asks for certificates and does not insist on one. */
export function createCertificateCaller({ authorities, now }: CertificateTrust): CertificateCaller {
  // Node gives the chain of a connection once: the second time it has forgotten the intermediates.
  const shownOn = new WeakMap<TLSSocket, X509Certificate>();
  return ({ socket }) => {
    if (!(socket instanceof TLSSocket) || !hasProvedCertificate(socket)) return undefined;
    const certificate = shownOn.get(socket) ?? socket.getPeerX509Certificate();
    if (certificate === undefined) return undefined;
    shownOn.set(socket, certificate);
    if (!isTrustedNow(certificate, authorities(), now())) return undefined;
    return callerNamedBy(socket.getPeerCertificate().subject);
  };
}

/** Longest chain that is followed; authorities of clusters sign directly, or by one intermediate. */
const maxChain = 8;

/**
 * Whether it is valid and ends in one of these authorities, each certificate signed by the next. TLS has verified a chain when
 * the connection began, but by the authorities of then; and the next certificate here is only the next one that the client
 * sent, which anyone may send: another person's is public.
 */
function isTrustedNow(leaf: X509Certificate, authorities: string, now: number): boolean {
  const trusted = authoritiesIn(authorities).filter((authority) => isValidAt(authority, now));
  let certificate = leaf;
  for (let depth = 0; depth < maxChain; depth += 1) {
    const issued = certificate;
    if (!isValidAt(issued, now)) return false;
    if (trusted.some((authority) => isSignedBy(issued, authority))) return true;
    const { issuerCertificate: issuer } = issued;
    if (issuer === undefined || !issuer.ca || !isSignedBy(issued, issuer)) return false;
    certificate = issuer;
  }
  return false;
}

function isValidAt({ validFrom, validTo }: X509Certificate, now: number): boolean {
  return now >= Date.parse(validFrom) && now < Date.parse(validTo);
}

function isSignedBy(issued: X509Certificate, issuer: X509Certificate): boolean {
  return issued.checkIssued(issuer) && issued.verify(issuer.publicKey);
}

/** The certificates of a bundle. One that cannot be read is left out: it signs nothing. */
function authoritiesIn(bundle: string): X509Certificate[] {
  const blocks = bundle.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return blocks.flatMap((block) => {
    try {
      return [new X509Certificate(block)];
    } catch {
      return [];
    }
  });
}

/** The one name of this form that is a person's: so k3s and OpenShift call their administrator. */
const administrator = 'system:admin';

/** Components, nodes and ServiceAccounts are no people: the latter come with a token, and the others have nothing to read. */
function callerNamedBy(subject: { readonly CN?: unknown; readonly O?: unknown }): Caller | undefined {
  const { CN: username, O: organizations = [] } = subject;
  // Two common names would be two people, of whom each reader picks another.
  if (typeof username !== 'string' || username === '') return undefined;
  if (username.startsWith('system:') && username !== administrator) return undefined;
  const groups = [organizations].flat().filter((group) => typeof group === 'string' && group !== '');
  return { username, groups: [...(groups as string[]), 'system:authenticated'] };
}
