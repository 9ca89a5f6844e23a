/**
 * Says whom a client certificate names, by the rules of the API server: the common name is the user, organizations are
 * groups. Only what the cluster's own authority for clients signed counts, and only as long as it counts there.
 */
import { X509Certificate } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
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
  return ({ socket }) => {
    // A resumed session of TLS 1.3 counts as verified although no certificate was shown in it.
    if (!(socket instanceof TLSSocket) || !socket.authorized || socket.isSessionReused()) return undefined;
    const certificate = socket.getPeerX509Certificate();
    if (certificate === undefined || !isTrustedNow(certificate, authorities(), now())) return undefined;
    return callerNamedBy(socket.getPeerCertificate().subject);
  };
}

/** Longest chain that is followed; authorities of clusters sign directly, or by one intermediate. */
const maxChain = 8;

/**
 * Whether it is still valid and ends in one of these authorities. TLS has verified the chain when the connection began; since
 * then time has passed and authorities may have been taken away, and where none was configured it has trusted those of
 * Node, which anyone on the internet can have sign.
 */
function isTrustedNow(leaf: X509Certificate, authorities: string, now: number): boolean {
  if (now >= Date.parse(leaf.validTo)) return false;
  const trusted = authoritiesIn(authorities);
  let certificate: X509Certificate | undefined = leaf;
  for (let depth = 0; certificate !== undefined && depth < maxChain; depth += 1) {
    const issued: X509Certificate = certificate;
    if (trusted.some((authority) => issued.checkIssued(authority) && issued.verify(authority.publicKey)))
      return true;
    certificate = issued.issuerCertificate;
  }
  return false;
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
