/**
 * Is the caller of admission the API server? The path is a secret that a ValidatingWebhookConfiguration shows to all
 * who may read it, so it proves nothing; a client certificate does, where the cluster is configured to show one.
 */
import type { ServerOptions } from 'node:https';
import { type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { hasProvedCertificate, provedOnce } from '../../callers/proved-certificate.ts';

/** What proves the API server. */
export interface ApiServerClient {
  /** PEM of the authorities that sign its client certificate. */
  readonly ca: string;
  /** Common names that are the API server's. An authority of the cluster signs certificates of people too. */
  readonly names: readonly string[];
}

/** Whether a connection is the API server's. */
export type ProvesCaller = (socket: Socket) => boolean;

/** Without a configured client nothing is proved. */
export function provesCallerBy(client: ApiServerClient | undefined): ProvesCaller {
  return (socket) => {
    if (client === undefined || !(socket instanceof TLSSocket) || !hasProvedCertificate(socket)) return false;
    const name = socket.getPeerCertificate().subject?.CN;
    return typeof name === 'string' && client.names.includes(name);
  };
}

/** The TLS of admission. A caller without a certificate is heard too: its reviews are worth less. */
export function tlsFor(
  { certificate, key }: { readonly certificate: string; readonly key: string },
  client: ApiServerClient | undefined,
): ServerOptions {
  const own = { cert: certificate, key, minVersion: 'TLSv1.2' } as const;
  if (client === undefined) return own;
  const asking = { ca: client.ca, requestCert: true, rejectUnauthorized: false };
  return { ...own, ...asking, secureOptions: provedOnce };
}
