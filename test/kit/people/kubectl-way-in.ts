/**
 * A way in for the real kubectl, which has no cookies: a server on the loopback that puts the cookie of a signed-in person on
 * each request and passes the rest on as it came, both ways.
 */
import { createServer, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { AddressInfo } from 'node:net';

export interface KubectlWayIn {
  /** Where kubectl finds the Kubernetes API. */
  readonly url: string;
  stop(): Promise<void>;
}

/** `to` is the address of the API under a grant; `cookie` the header line of the person. */
export async function startKubectlWayIn(
  to: string,
  { ca, cookie }: { readonly ca: string; readonly cookie: string },
): Promise<KubectlWayIn> {
  const target = new URL(to);
  const send = target.protocol === 'https:' ? httpsRequest : httpRequest;
  const server = createServer((incoming, response) => {
    const headers = { ...incoming.headers, host: target.host, ...(cookie === '' ? {} : { cookie }) };
    const path = `${target.pathname}${incoming.url ?? ''}`;
    const lookup = { hostname: '127.0.0.1', port: target.port, servername: target.hostname, ca };
    const outgoing = send({ ...lookup, method: incoming.method, path, headers, agent: false }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      response.flushHeaders();
      answer.on('error', () => response.destroy());
      answer.pipe(response);
    });
    outgoing.on('error', () => response.destroy());
    response.on('close', () => outgoing.destroy());
    incoming.pipe(outgoing);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
