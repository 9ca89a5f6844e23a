/**
 * Whether a connection's client has proved a certificate, for the servers that hear clients without one too; and the TLS
 * options without which the answer would be worth nothing.
 */
import { constants } from 'node:crypto';
import type { TLSSocket } from 'node:tls';

/**
 * Without tickets no session is resumed in which no certificate was shown. Without renegotiation (TLS 1.2) the certificate
 * of the first handshake stays the one: Node goes on saying `authorized` after a second handshake with a certificate that
 * proves nothing.
 */
export const provedOnce = constants.SSL_OP_NO_TICKET | constants.SSL_OP_NO_RENEGOTIATION;

/**
 * Whether TLS has verified a certificate in this very connection, by the authorities that the server asked for when it began.
 * That these authorities still count, and whom the certificate names, is for the caller to ask.
 */
export function hasProvedCertificate(socket: TLSSocket): boolean {
  // A resumed session of TLS 1.3 counts as verified although no certificate was shown in it.
  if (!socket.authorized || socket.isSessionReused()) return false;
  // Node never takes `authorized` back; a later handshake that failed leaves its error here.
  const error: unknown = socket.authorizationError;
  return error === undefined || error === null;
}
