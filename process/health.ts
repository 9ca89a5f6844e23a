/** Serves whether the process is alive and ready, and its metrics, over plain HTTP for probes and scrapers. */
import { createServer } from 'node:http';
import { type Metric, metricsContentType, metricsText } from './metrics.ts';
import { closeServer, listen } from './server.ts';

export interface HealthOptions {
  /** Address to listen on; without it, all addresses of the machine. */
  readonly bind?: string | undefined;
  readonly port: number;
  readonly isReady: () => boolean;
  /** False when only a restart helps, as with a store that met a write error. */
  readonly isAlive: () => boolean;
  readonly metrics: () => readonly Metric[];
}

export interface HealthServer {
  readonly port: number;
  close(): Promise<void>;
}

interface HealthResponse {
  readonly status: number;
  readonly text: string;
}

/** Listens; rejects when the port is taken. */
export async function serveHealth(options: HealthOptions): Promise<HealthServer> {
  const server = createServer((request, response) => {
    const { status, text } = responseTo(request.url ?? '', options);
    response.writeHead(status, { 'Content-Type': metricsContentType }).end(text);
  });
  server.requestTimeout = 5000;
  const port = await listen(server, options);
  // A probe that is under way is repeated by the kubelet: nothing is worth waiting for.
  return { port, close: () => closeServer(server, { graceMs: 0 }) };
}

function responseTo(path: string, { isReady, isAlive, metrics }: HealthOptions): HealthResponse {
  if (path === '/healthz') return probe(isAlive());
  if (path === '/readyz') return probe(isReady());
  if (path === '/metrics') return { status: 200, text: metricsText(metrics()) };
  return { status: 404, text: 'no\n' };
}

function probe(isGood: boolean): HealthResponse {
  return isGood ? { status: 200, text: 'ok\n' } : { status: 503, text: 'no\n' };
}
