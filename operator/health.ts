/** Is this process alive, and has it seen everything once? Plain HTTP for probes; it says nothing else. */
import { createServer } from 'node:http';

export interface Health {
  /** All collections were listed once. */
  isReady(): boolean;
}

export interface HealthServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Listens on all addresses in a cluster, where the kubelet asks from the node; `host` narrows it. */
export async function serveHealth(
  health: Health,
  { port, host }: { port: number; host?: string },
): Promise<HealthServer> {
  const server = createServer((request, response) => {
    const status = statusOf(request.url ?? '', health);
    response.writeHead(status, { 'content-type': 'text/plain' }).end(status === 200 ? 'ok\n' : 'no\n');
  });
  server.requestTimeout = 5000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function statusOf(path: string, health: Health): number {
  if (path === '/healthz') return 200;
  if (path === '/readyz') return health.isReady() ? 200 : 503;
  return 404;
}
