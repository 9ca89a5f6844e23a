/** The engine between a client and an upstream of a test's own, with any policy. */
import { createServer, type IncomingMessage, type RequestOptions, request, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach } from 'vitest';
import { type Forwarded, forward } from '../../../../../webhook/gateway/proxy/forward.ts';
import type { ProxyPolicy } from '../../../../../webhook/gateway/proxy/policy.ts';
import type { ProxiedRequest } from '../../../../../webhook/gateway/proxy/request.ts';
import type { Upstream } from '../../../../../webhook/gateway/proxy/resolve-service.ts';

const servers: ReturnType<typeof createServer>[] = [];
const sockets = new Set<Socket>();

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
});

async function listening(server: ReturnType<typeof createServer>): Promise<number> {
  servers.push(server);
  server.on('connection', (socket: Socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** As an entry point for programs could have it: nothing masked, no cookies, protocols may change. */
export const open: ProxyPolicy = {
  requestHeaders: { passed: ['accept'], passedUnmasked: ['sec-websocket-key'] },
  responseHeaders: { passed: ['content-type'], passedUnmasked: ['sec-websocket-accept'] },
  ownResponseHeaders: { 'x-own': 'ours' },
  cookies: false,
  upgrades: true,
  webSockets: false,
  binaryPasses: false,
  informational: true,
  pathForms: [],
  masker: undefined,
  tagMark: '',
  bodyLimit: 10,
  headTimeoutMs: 5000,
  bodyIdleMs: 5000,
};

/** A gateway with this policy before this upstream. */
export async function aGateway(
  policy: ProxyPolicy,
  upstream: ReturnType<typeof createServer>,
  reachedBy: Partial<Upstream> = {},
  more: Pick<ProxiedRequest, 'assignments'> = {},
) {
  const upstreamPort = await listening(upstream);
  const cut = new AbortController();
  const leaving = new AbortController();
  const done = Promise.withResolvers<Forwarded>();
  const closed = Promise.withResolvers<void>();
  const told = { messages: 0 };
  const serve = (incoming: IncomingMessage, response: ServerResponse): void => {
    response.once('close', () => closed.resolve());
    const proxied = {
      exchange: { request: incoming, response, host: 'h', origin: { peer: '', forwardedFor: [] } },
      policy,
      upstream: { host: '127.0.0.1', port: upstreamPort, tls: false, serverName: 's', ...reachedBy },
      authority: 'h:8443',
      upstreamOrigins: [],
      recordId: 'record-1',
      source: { address: undefined, ip: '192.0.2.7' },
      session: 'handle-1',
      onMessage: () => void (told.messages += 1),
      supportHeaders: {},
      signal: cut.signal,
      leaving: leaving.signal,
      ...more,
    };
    void forward(proxied).then((forwarded) => {
      if (forwarded.refusal !== undefined) response.writeHead(forwarded.refusal.status).end();
      done.resolve(forwarded);
    });
  };
  const gateway = createServer(serve);
  gateway.on('upgrade', (incoming: IncomingMessage, socket: Socket, first: Buffer) => {
    const response = new ServerResponse(incoming);
    response.assignSocket(socket);
    socket.unshift(first);
    serve(incoming, response);
  });
  const port = await listening(gateway);
  const ask = (options: RequestOptions = {}) =>
    request({ host: '127.0.0.1', port, agent: false, ...options });
  return { ask, cut, leaving, port, forwarded: done.promise, responseClosed: closed.promise, told };
}

/** The response with all of its body. */
export async function responseTo(outgoing: ReturnType<typeof request>) {
  const responded = Promise.withResolvers<{ head: IncomingMessage; body: string }>();
  outgoing.on('error', responded.reject);
  outgoing.on('response', (head) => {
    let body = '';
    head.on('data', (chunk: Buffer) => (body += chunk.toString()));
    head.on('end', () => responded.resolve({ head, body }));
  });
  outgoing.end();
  return responded.promise;
}
