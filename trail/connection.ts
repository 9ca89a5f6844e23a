/**
 * Makes one HTTP call to the records: one kept-alive TLS connection, checked against the CA of the moment. It neither
 * retries nor knows records.
 */
import { readFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { Agent, buildConnector } from 'undici';
import { SupportAccessError } from '../crds/errors.ts';

export interface ConnectionOptions {
  /** `https://host:port` of the records. */
  readonly url: string;
  /** CA bundle (PEM), asked for at each new connection: it is rotated while we run. Undefined: those of Node; empty: none. */
  readonly ca: () => string | Buffer | undefined;
  /** The name that the server's certificate must carry, when it is reached under another one. */
  readonly serverName?: string;
  /** Bearer token, asked for at each call; none for who shows a certificate. */
  readonly token?: () => Promise<string>;
  /** A client certificate to show, with its key (PEM). */
  readonly identity?: { readonly cert: string | Buffer; readonly key: string | Buffer };
  /** How the server is reached where not by its address: a stream for each new connection. */
  readonly through?: () => Promise<Duplex>;
}

export interface CallResponse {
  readonly status: number;
  readonly text: string;
  /** When to ask again, where the server said it in whole seconds. */
  readonly retryAfterSeconds?: number | undefined;
}

export interface Call {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: string;
  readonly signal: AbortSignal;
}

export interface Connection {
  /** The response, also when it is a refusal. Throws when there was no whole response. */
  call(call: Call): Promise<CallResponse>;
  close(): Promise<void>;
}

/** Most bytes of a response that are kept in memory. */
const maxResponseBytes = 16 * 1024 * 1024;

/** For a TLS handshake through the API server. */
const throughTimeoutMs = 15_000;

/** Opens nothing yet: the first call connects. */
export function openConnection(options: ConnectionOptions): Connection {
  const { url, token } = options;
  const agent = new Agent({
    connections: 1,
    pipelining: 1,
    keepAliveTimeout: 60_000,
    maxResponseSize: maxResponseBytes,
    connect: (target, callback) => {
      connected(options, target).then(
        (socket) => callback(null, socket),
        (error: unknown) => callback(error instanceof Error ? error : new Error(String(error)), null),
      );
    },
  });
  return {
    async call({ method, path, body, signal }) {
      const response = await agent.request({
        origin: url,
        path,
        method,
        signal,
        headers: {
          ...(token === undefined ? {} : { authorization: `Bearer ${await token()}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        body: body ?? null,
      });
      const text = await response.body.text();
      return { status: response.statusCode, text, ...retryAfter(response.headers['retry-after']) };
    },
    close: () => agent.destroy(),
  };
}

function retryAfter(header: string | string[] | undefined): Pick<CallResponse, 'retryAfterSeconds'> {
  return typeof header === 'string' && /^\d{1,4}$/.test(header) ? { retryAfterSeconds: Number(header) } : {};
}

/** One TLS connection. The connector is built for each, so that a rotated CA is used from then on. */
async function connected(
  { ca, serverName, identity, through }: ConnectionOptions,
  target: buildConnector.Options,
): Promise<Socket> {
  const bundle = ca();
  // Node takes an empty bundle for none given, and would then trust the public authorities.
  if (bundle === '') throw notAsked('their CA is not known yet: the webhook publishes it when it is ready');
  const stream = await through?.();
  const connect = buildConnector({
    ca: bundle,
    // What goes through the API server takes its time.
    timeout: stream === undefined ? 1000 : throughTimeoutMs,
    allowH2: false,
    ...(serverName === undefined ? {} : { servername: serverName }),
    ...identity,
  });
  return new Promise((resolve, reject) => {
    const over = stream === undefined ? target : { ...target, httpSocket: stream as Socket };
    connect(over, (error, socket) => (error === null ? resolve(socket) : reject(error)));
  });
}

/**
 * The token in a file, read at each call: the kubelet replaces it, and a cached token would outlive its rotation.
 */
export function tokenFromFile(path: string): () => Promise<string> {
  return async () => {
    const text = await readFile(path, 'utf8').catch((cause: unknown) => {
      throw notAsked(`the token file ${path} cannot be read`, cause);
    });
    const token = text.trim();
    if (token === '') throw notAsked(`the token file ${path} is empty and must hold a token`);
    return token;
  };
}

/** Nothing was sent, and the next try may succeed. */
function notAsked(why: string, cause?: unknown): SupportAccessError {
  return new SupportAccessError('records_unavailable', `the records were not asked: ${why}`, { cause });
}
