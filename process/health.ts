/**
 * Serves whether the process is alive and ready, and its metrics, over plain HTTP for probes and scrapers. `/startz` is for
 * the startup probe: it answers when the process is ready, or after twenty seconds that it runs. So a usual start needs one
 * probe, which fails never, and is told ready in that moment; what takes longer is told by `/readyz`.
 */
import { createServer, type ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { type Metric, metricsContentType, metricsText } from './metrics.ts';
import { closeServer, listen } from './server.ts';

export interface HealthOptions {
  /** Address to listen on; without it, all addresses of the machine. */
  readonly bind?: string | undefined;
  readonly port: number;
  readonly isReady: () => boolean;
  /** What it is not ready for, in words for people. */
  readonly missing?: () => readonly string[];
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
  const server = createServer((request, response) => void respond(request.url ?? '', response, options));
  server.requestTimeout = 5000;
  const port = await listen(server, options);
  // A probe that is under way is repeated by the kubelet: nothing is worth waiting for.
  return { port, close: () => closeServer(server, { graceMs: 0 }) };
}

async function respond(path: string, response: ServerResponse, options: HealthOptions): Promise<void> {
  if (path === '/startz') await readyOrLate(options, response);
  const { status, text } = responseTo(path, options);
  response.writeHead(status, { 'Content-Type': metricsContentType }).end(text);
}

/** Shorter than the time that the chart's probe gives it. */
const startWithinMs = 20_000;
const lookEveryMs = 100;

async function readyOrLate({ isReady }: HealthOptions, response: ServerResponse): Promise<void> {
  const late = performance.now() + startWithinMs;
  while (!isReady() && !response.destroyed && performance.now() < late) await pause(lookEveryMs);
}

function responseTo(path: string, { isReady, missing, isAlive, metrics }: HealthOptions): HealthResponse {
  if (path === '/healthz') return probe(isAlive());
  if (path === '/startz') return probe(true);
  if (path === '/readyz') return probe(isReady(), missing?.());
  if (path === '/metrics') return { status: 200, text: metricsText(metrics()) };
  return { status: 404, text: 'no\n' };
}

function probe(isGood: boolean, missing: readonly string[] = []): HealthResponse {
  if (isGood) return { status: 200, text: 'ok\n' };
  return { status: 503, text: ['no', ...missing].map((line) => `${line}\n`).join('') };
}
