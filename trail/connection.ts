/**
 * Makes one HTTP call to the records: one kept-alive TLS connection, checked against the CA of the moment. It neither
 * retries nor knows records.
 */
import { readFile } from 'node:fs/promises';
import { Agent, buildConnector } from 'undici';

export interface ConnectionOptions {
  /** `https://host:port` of the records. */
  readonly url: string;
  /** CA bundle (PEM), asked for at each new connection: it is rotated while we run. Undefined: those of Node; empty: none. */
  readonly ca: () => string | Buffer | undefined;
  /** The name that the server's certificate must carry, when it is reached under another one. */
  readonly serverName?: string;
  /** Bearer token, asked for at each call. */
  readonly token: () => Promise<string>;
}

export interface CallResponse {
  readonly status: number;
  readonly text: string;
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

/** Opens nothing yet: the first call connects. */
export function openConnection({ url, ca, token, serverName }: ConnectionOptions): Connection {
  const agent = new Agent({
    connections: 1,
    pipelining: 1,
    keepAliveTimeout: 60_000,
    maxResponseSize: maxResponseBytes,
    connect: (options, callback) => {
      let connect: buildConnector.connector;
      try {
        // Built for each new connection, so that a rotated CA is used from then on.
        const named = serverName === undefined ? {} : { servername: serverName };
        const bundle = ca();
        // Node takes an empty bundle for none given, and would then trust the public authorities.
        if (bundle === '') throw new Error('the CA of the records is not known yet');
        connect = buildConnector({ ca: bundle, timeout: 1000, allowH2: false, ...named });
      } catch (error) {
        callback(error instanceof Error ? error : new Error(String(error)), null);
        return;
      }
      connect(options, callback);
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
          authorization: `Bearer ${await token()}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        body: body ?? null,
      });
      return { status: response.statusCode, text: await response.body.text() };
    },
    close: () => agent.destroy(),
  };
}

/**
 * The token in a file, read at each call: the kubelet replaces it, and a cached token would outlive its rotation.
 */
export function tokenFromFile(path: string): () => Promise<string> {
  return async () => (await readFile(path, 'utf8')).trim();
}
