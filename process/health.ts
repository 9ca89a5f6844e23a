/** Is this process alive and ready, and what has it counted? Plain HTTP for probes and scrapers; nothing else is there. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface HealthOptions {
  readonly bind: string;
  readonly port: number;
  readonly isReady: () => boolean;
  /** False when only a restart helps, as with a store that met a write error. */
  readonly isAlive: () => boolean;
  /** Figures by name, in the order in which they are shown. */
  readonly figures: () => Readonly<Record<string, number>>;
}

export interface HealthServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Listens; rejects when the port is taken. */
export async function serveHealth(options: HealthOptions): Promise<HealthServer> {
  const server = createServer((request, response) => {
    const { status, text } = answerTo(request.url ?? '', options);
    response.writeHead(status, { 'Content-Type': 'text/plain; version=0.0.4' }).end(text);
  });
  server.requestTimeout = 5000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.bind, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}

function answerTo(
  path: string,
  { isReady, isAlive, figures }: HealthOptions,
): { status: number; text: string } {
  if (path === '/healthz') return probe(isAlive());
  if (path === '/readyz') return probe(isReady());
  if (path !== '/metrics') return { status: 404, text: 'no\n' };
  const lines = Object.entries(figures()).map(([name, value]) => `supportaccess_${name} ${value}\n`);
  return { status: 200, text: lines.join('') };
}

function probe(good: boolean): { status: number; text: string } {
  return good ? { status: 200, text: 'ok\n' } : { status: 503, text: 'no\n' };
}
