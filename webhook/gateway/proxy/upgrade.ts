/**
 * Joins a client and an upstream that have changed to another protocol, and carries bytes both ways until one of them
 * ends it or access is taken back. Nothing in it can be masked, so that it is offered only where nothing is masked.
 */
import type { IncomingMessage } from 'node:http';
import { type Duplex, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Relayed } from './relay.ts';
import type { ProxiedRequest } from './request.ts';
import { responseHeaders } from './response.ts';

/** The response that changes the protocol, and the connection from there on. */
export interface Upgraded {
  readonly response: IncomingMessage;
  readonly connection: Duplex;
}

/** Never rejects. Both connections are closed afterwards. */
export async function relayUpgrade(
  proxied: ProxiedRequest,
  { response, connection }: Upgraded,
): Promise<Relayed> {
  const { exchange, signal } = proxied;
  const client = exchange.request.socket;
  const { headers, counts } = responseHeaders(proxied, response.headers);
  const { upgrade } = response.headers;
  exchange.response.writeHead(101, { ...headers, connection: 'Upgrade', upgrade });
  exchange.response.flushHeaders();
  exchange.response.detachSocket(client);
  let bytesOut = 0;
  const counting = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytesOut += chunk.length;
      done(null, chunk);
    },
  });
  try {
    await Promise.all([
      pipeline(connection, counting, client, { signal }),
      pipeline(client, connection, { signal }),
    ]);
  } catch {
    // We do not know how such a protocol ends: either side ends it by closing the connection.
  } finally {
    client.destroy();
    connection.destroy();
  }
  return { end: signal.aborted ? 'cut' : 'whole', sent: { status: 101, bytesOut, masked: counts } };
}
