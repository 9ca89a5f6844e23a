/** An HTTP proxy that opens tunnels, as tinyproxy or squid do, to one server, whatever name it is asked for. */
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

export interface ConnectProxy {
  /** `http://127.0.0.1:3128`. */
  readonly url: string;
  /** `kube.example.com:6443`, for each tunnel. */
  readonly asked: readonly string[];
  /** What each tunnel brought as Proxy-Authorization. */
  readonly authorizations: readonly (string | undefined)[];
  close(): Promise<void>;
}

/** Starts one whose tunnels lead to this port of this machine, or that refuses them with this status. */
export async function startConnectProxy(
  to: { readonly port: number } | { readonly status: number },
): Promise<ConnectProxy> {
  const asked: string[] = [];
  const authorizations: (string | undefined)[] = [];
  const sockets = new Set<Socket>();
  const server = createServer();
  server.on('connect', (request, client: Socket) => {
    asked.push(request.url ?? '');
    authorizations.push(request.headers['proxy-authorization']);
    client.on('error', () => undefined);
    if ('status' in to) {
      client.end(`HTTP/1.1 ${to.status} No\r\n\r\n`);
      return;
    }
    const upstream = connect(to.port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.pipe(client).pipe(upstream);
    });
    upstream.on('error', () => client.destroy());
    for (const each of [client, upstream]) sockets.add(each);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    authorizations,
    close: async () => {
      for (const each of sockets) each.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
