/** The real listener of the gateway with its request gate, on loopback, and clients that send it bytes as they are. */
import { once } from 'node:events';
import { type AddressInfo, connect as connectPlain, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { connect, createSecureContext } from 'node:tls';
import { createConnections } from '../../../webhook/gateway/listener/client-limits.ts';
import { createListener } from '../../../webhook/gateway/listener/listener.ts';
import type { Exchange } from '../../../webhook/gateway/listener/request-gate.ts';
import { sendBareRefusal } from '../../../webhook/gateway/refusals/refusal-response.ts';
import { createAuthority } from '../control-plane/pki.ts';
import { overTls, overTlsAfter } from '../people/raw-request.ts';

/** The one host that it has a certificate for. */
export const listenerHost = 'support.localhost';

/** Of the record of each refusal of the gate. */
export const gateRecordId = '019bbf60-0000-7000-8000-a1b2c3d4e5f6';

/** What it shows the certificate of where it has none for a name. */
export const listenerDefault = 'default.localhost';

export type OpenListener = Awaited<ReturnType<typeof anOpenListener>>;

/** Its peer is a trusted proxy or none. It serves what passes the gate with "served"; it fails for the path /fail, and does not end for /slow. */
export async function anOpenListener({ isBehindProxy = false, saysProxyHeader = false } = {}) {
  const headless: string[] = [];
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
    saysProxyHeader: () => saysProxyHeader,
    onNoProxyHeader: (address) => void headless.push(address),
    peerAt: () => ({ isTrusted: isBehindProxy, supportHost: listenerHost }),
    onRefused: () => gateRecordId,
    refuse: sendBareRefusal,
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
    /** Who connected without the PROXY header that was to be there. */
    headless,
    server,
    /** Sends these very bytes over TLS and returns all that comes back until the other side closes or falls silent. */
    raw: (bytes: string, servername = listenerHost): Promise<string> => overTls(toward(servername), bytes),
    /** Sends what comes before TLS in these pieces, then the request over TLS on the same connection. */
    afterHeader: (pieces: readonly Buffer[], bytes: string): Promise<string> =>
      overTlsAfter(pieces, toward(listenerHost), bytes),
    /** The same with the header and the first bytes of TLS in one piece. */
    withHeader: async (header: Buffer, bytes: string): Promise<string> => {
      const plain = connectPlain(port, '127.0.0.1');
      await once(plain, 'connect');
      return overTls({ ...toward(listenerHost), socket: begunWith(header, plain) }, bytes);
    },
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

/** A connection whose first bytes go out together with these before them. */
function begunWith(header: Buffer, plain: Socket): Duplex {
  let before = header;
  const joined = new Duplex({
    read: () => undefined,
    write: (chunk: Buffer, _encoding, done) => {
      plain.write(Buffer.concat([before, chunk]), done);
      before = Buffer.alloc(0);
    },
    final: (done) => void plain.end(done),
    destroy: (error, done) => {
      plain.destroy();
      done(error);
    },
  });
  plain.on('data', (chunk) => joined.push(chunk));
  plain.on('close', () => joined.push(null));
  return joined;
}
