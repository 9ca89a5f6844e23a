/** The handshake with upstream: a key of our own, and a response that fits it (RFC 6455, 4). */
import { createHash, randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders } from 'node:http';

/** Joined with the key by every server, so that no other protocol's server gives this response by chance. */
const guid = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** Kubernetes takes a bearer token from such a name; nothing of ours may be asked with one. */
const isToken = (name: string): boolean => name.toLowerCase().startsWith('base64url.bearer.');

/** A key for one handshake. The client's own is not used again: it answers for nothing between us and upstream. */
export function newKey(): string {
  return randomBytes(16).toString('base64');
}

function acceptOf(key: string): string {
  return createHash('sha1').update(`${key}${guid}`).digest('base64');
}

/** The protocols within the WebSocket that a client offers. */
function offered({ 'sec-websocket-protocol': list }: IncomingHttpHeaders): string[] {
  return (list ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && !isToken(name));
}

/** The lines that ask upstream. No extension is offered: a packed message could not be looked into. */
export function handshakeRequestLines(headers: IncomingHttpHeaders, key: string): OutgoingHttpHeaders {
  const protocols = offered(headers);
  return {
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': key,
    ...(protocols.length === 0 ? {} : { 'sec-websocket-protocol': protocols.join(', ') }),
  };
}

/** What is wrong with upstream's response to it; undefined where it fits. */
export function handshakeFault(
  { headers }: Pick<IncomingMessage, 'headers'>,
  { key, request }: { readonly key: string; readonly request: Pick<IncomingMessage, 'headers'> },
): string | undefined {
  if (headers.upgrade?.toLowerCase() !== 'websocket') return 'must change to WebSocket and to nothing else';
  if (headers['sec-websocket-accept'] !== acceptOf(key)) return 'must accept the key of the WebSocket';
  if (headers['sec-websocket-extensions'] !== undefined)
    return 'must use no extension of WebSocket, as none was offered';
  const protocol = headers['sec-websocket-protocol'];
  if (protocol !== undefined && !offered(request.headers).includes(protocol))
    return 'must use a protocol within the WebSocket that was offered';
  return undefined;
}

/** The lines that answer the client. */
export function handshakeResponseLines(
  { headers: asked }: Pick<IncomingMessage, 'headers'>,
  { headers }: Pick<IncomingMessage, 'headers'>,
): OutgoingHttpHeaders {
  const protocol = headers['sec-websocket-protocol'];
  return {
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-accept': acceptOf(asked['sec-websocket-key'] ?? ''),
    ...(protocol === undefined ? {} : { 'sec-websocket-protocol': protocol }),
  };
}
