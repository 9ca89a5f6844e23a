/** The real listener of the gateway with its request gate, on loopback, and clients that send it bytes as they are. */
import type { AddressInfo } from 'node:net';
import { connect, createSecureContext } from 'node:tls';
import { createConnections } from '../../../webhook/gateway/listener/client-limits.ts';
import { createListener } from '../../../webhook/gateway/listener/listener.ts';
import type { Exchange } from '../../../webhook/gateway/listener/request-gate.ts';
import { createAuthority } from '../control-plane/pki.ts';

/** The one host that it has a certificate for. */
export const listenerHost = 'support.localhost';

export type OpenListener = Awaited<ReturnType<typeof anOpenListener>>;

/** It serves what passes the gate with "served"; it fails for the path /fail, and does not end for /slow. */
export async function anOpenListener() {
  const authority = await createAuthority('listener test');
  const pair = await authority.issueLoopbackServer([listenerHost]);
  const context = createSecureContext({ cert: pair.certificate, key: pair.key });
  const served: Exchange[] = [];
  const server = createListener({
    contextFor: (name) => (name === listenerHost ? context : undefined),
    serve: async (exchange) => {
      if (exchange.request.url === '/fail') throw new Error('away');
      served.push(exchange);
      for await (const _chunk of exchange.request) continue;
      if (exchange.request.url === '/slow') exchange.response.write('served in part');
      else exchange.response.end('served');
    },
    onRefused: () => undefined,
    connections: createConnections({
      isShared: () => false,
      neighbourAt: () => '',
      mayConnect: () => true,
    }),
    onFailure: () => undefined,
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    /** What passed the gate. */
    served,
    server,
    /** Sends these very bytes over TLS and returns all that comes back until the other side closes or falls silent. */
    raw: (bytes: string, servername = listenerHost): Promise<string> =>
      new Promise((resolve, reject) => {
        let text = '';
        const options = { port, host: '127.0.0.1', servername, ca: authority.certificate };
        const socket = connect(options, () => socket.write(bytes));
        socket.setTimeout(400, () => socket.destroy());
        socket.on('data', (chunk) => (text += chunk.toString('latin1')));
        socket.on('error', (error) => (text === '' ? reject(error) : resolve(text)));
        socket.on('close', () => resolve(text));
      }),
    async close(): Promise<void> {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
