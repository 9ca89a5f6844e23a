/**
 * Serves whether the process is alive and ready, and its metrics, over plain HTTP for probes and scrapers. `/startz` is for
 * the startup probe: it answers when the process is ready, or twenty seconds after its start that it runs. So a usual start
 * needs one probe, which fails never, and is told ready in that moment; what takes longer is told by `/readyz`. Later it
 * waits for nothing: a process that is not ready for an hour would else keep every connection that any pod opens.
 */
import { createServer } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import express, { type ErrorRequestHandler, type Express, type Response } from 'express';
import type { MetricsPage } from './metrics.ts';
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
  readonly metrics: MetricsPage;
  /** Never goes back, milliseconds; without it, the process's own. */
  readonly monotonic?: () => number;
}

export interface HealthServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Listens; rejects when the port is taken. */
export async function serveHealth(options: HealthOptions): Promise<HealthServer> {
  const server = createServer(createHealthHttp(options));
  server.requestTimeout = 5000;
  const port = await listen(server, options).catch((cause: unknown) => {
    throw new Error(`health and metrics cannot be served at --health-port=${options.port}`, { cause });
  });
  // A probe that is under way is repeated by the kubelet: nothing is worth waiting for.
  return { port, close: () => closeServer(server, { graceMs: 0 }) };
}

function createHealthHttp(options: HealthOptions): Express {
  const { isReady, missing, isAlive, metrics } = options;
  const started = startedOrLate(options);
  const app = express();
  app.disable('x-powered-by').disable('etag');
  app.get('/healthz', (_request, response) => probe(response, isAlive()));
  app.get('/readyz', (_request, response) => probe(response, isReady(), missing?.()));
  app.get('/startz', async (_request, response) => {
    await started;
    probe(response, true);
  });
  app.get('/metrics', async (_request, response) => {
    const text = await metrics.text();
    response.set('content-type', metrics.contentType).end(text);
  });
  app.use((_request, response) => tell(response, 404, ['no']));
  app.use(failing);
  return app;
}

/** Shorter than the time that the chart's probe gives it. */
const startWithinMs = 20_000;
const lookEveryMs = 100;

/** One wait for all who ask, however many they are. */
async function startedOrLate({ isReady, monotonic = () => performance.now() }: HealthOptions): Promise<void> {
  const late = monotonic() + startWithinMs;
  // It keeps no process alive that has nothing else to do.
  while (!isReady() && monotonic() < late) await pause(lookEveryMs, undefined, { ref: false });
}

function probe(response: Response, isGood: boolean, missing: readonly string[] = []): void {
  if (isGood) tell(response, 200, ['ok']);
  else tell(response, 503, ['no', ...missing]);
}

function tell(response: Response, status: number, lines: readonly string[]): void {
  const text = lines.map((line) => `${line}\n`).join('');
  response.status(status).set('content-type', 'text/plain; charset=utf-8').end(text);
}

// Without one express would write the stack to stderr, where each line is JSON, and to the client.
// oxlint-disable-next-line max-params -- express knows an error handler by its four parameters
const failing: ErrorRequestHandler = (_error, _request, response, _next) => tell(response, 500, ['no']);
