/** The real listener of the gateway with its request gate, on loopback, and clients that send it bytes as they are. */
import type { AddressInfo } from 'node:net';
import { connect, createSecureContext } from 'node:tls';
import { createConnections } from '../../../webhook/gateway/listener/client-limits.ts';
import { createListener } from '../../../webhook/gateway/listener/listener.ts';
import type { Exchange } from '../../../webhook/gateway/listener/request-gate.ts';
import { createAuthority } from '../control-plane/pki.ts';

/** The one host that it has a certificate for. */
export const listenerHost = 'support.localhost';

/** What it shows the certificate of where it has none for a name. */
export const listenerDefault = 'default.localhost';

export type OpenListener = Awaited<ReturnType<typeof anOpenListener>>;

/** Its peer is a trusted proxy or none. It serves what passes the gate with "served"; it fails for the path /fail, and does not end for /slow. */
export async function anOpenListener({ isBehindProxy = false } = {}) {
  const authority = await createAuthority('listener test');
  const pair = await authority.issueLoopbackServer([listenerHost]);
  const context = createSecureContext({ cert: pair.certificate, key: pair.key });
  const byDefault = await authority.issueLoopbackServer([listenerDefault]);
  const pem = { cert: Buffer.from(byDefault.certificate), key: Buffer.from(byDefault.key) };
  const usual = { pem, context: createSecureContext(pem) };
  const served: Exchange[] = [];
  const server = createListener({
    contextFor: (name) => (name === listenerHost ? context : undefined),
    defaultPair: () => usual,
    serve: async (exchange) => {
      if (exchange.request.url === '/fail') throw new Error('away');
      served.push(exchange);
      for await (const _chunk of exchange.request) continue;
      if (exchange.request.url === '/slow') exchange.response.write('served in part');
      else exchange.response.end('served');
    },
    idleMs: 620_000,
    peerAt: () => ({ isTrusted: isBehindProxy, supportHost: listenerHost }),
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
  const toward = (servername: string | undefined) => ({
    port,
    host: '127.0.0.1',
    ca: authority.certificate,
    // Of the name in it, the tests say what they expect.
    checkServerIdentity: () => undefined,
    ...(servername === undefined ? {} : { servername }),
  });
  return {
    /** What passed the gate. */
    served,
    server,
    /** Sends these very bytes over TLS and returns all that comes back until the other side closes or falls silent. */
    raw: (bytes: string, servername = listenerHost): Promise<string> =>
      new Promise((resolve, reject) => {
        let text = '';
        const socket = connect(toward(servername), () => socket.write(bytes));
        socket.setTimeout(400, () => socket.destroy());
        socket.on('data', (chunk) => (text += chunk.toString('latin1')));
        socket.on('error', (error) => (text === '' ? reject(error) : resolve(text)));
        socket.on('close', () => resolve(text));
      }),
    /** The names in the certificate that a client is shown who names this host, or none. */
    shown: (servername?: string): Promise<string | undefined> =>
      new Promise((resolve, reject) => {
        const socket = connect(toward(servername), () => {
          resolve(socket.getPeerCertificate().subjectaltname);
          socket.destroy();
        });
        socket.on('error', reject);
      }),
    async close(): Promise<void> {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
