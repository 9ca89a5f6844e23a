/**
 * The TLS of the records: programs come with a token, people may come with the certificate by which they are known to the
 * API server. Its own certificate and the authorities of clients' change while it listens.
 */
import type { RequestListener } from 'node:http';
import { createServer, type Server } from 'node:https';
import { provedOnce } from '../../../callers/proved-certificate.ts';

export interface RecordsServer {
  readonly server: Server;
  /** Serves with this certificate from the next connection on. */
  present(own: { readonly certificate: string; readonly key: string }): void;
  /** Asks for certificates of these authorities (PEM) from the next connection on; empty: of none. */
  askFor(authorities: string): void;
}

/** Does not listen yet, and has no certificate: admission gives the first. */
export function createRecordsServer(serve: RequestListener): RecordsServer {
  // A caller without a certificate is heard too; whose is worth what, the routes ask.
  const server = createServer({ requestCert: true, rejectUnauthorized: false }, serve);
  let own: { readonly certificate: string; readonly key: string } | undefined;
  let authorities = '';
  const apply = (): void => {
    if (own === undefined) return;
    const { certificate: cert, key } = own;
    // No authority at all while none is known: without `ca` Node trusts its own list, whose members sign for anyone.
    const ca = authorities === '' ? [] : authorities;
    server.setSecureContext({
      cert,
      key,
      minVersion: 'TLSv1.2',
      ca,
      secureOptions: provedOnce,
    });
  };
  return {
    server,
    present(next) {
      own = next;
      apply();
    },
    askFor(next) {
      authorities = next;
      apply();
    },
  };
}
