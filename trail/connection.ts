/**
 * How does one call reach the records door? One kept-alive TLS connection, checked against the CA of the moment. It
 * neither retries nor knows records.
 */
import { Agent, buildConnector } from 'undici';

export interface ConnectionOptions {
  /** `https://host:port` of the records door. */
  readonly url: string;
  /** CA bundle (PEM), asked for at each new connection: it is rotated while we run. Undefined: those of Node. */
  readonly ca: () => string | Buffer | undefined;
  /** The name that the door's certificate must carry, when it is reached under another one. */
  readonly serverName?: string;
  /** Bearer token, asked for at each call. */
  readonly token: () => Promise<string>;
}

export interface Answered {
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
  /** Whatever was answered, also a refusal. Throws when there was no whole answer. */
  call(call: Call): Promise<Answered>;
  close(): Promise<void>;
}

/** Most bytes of an answer that are kept in memory. */
const maxAnswerBytes = 16 * 1024 * 1024;

/** Opens nothing yet: the first call connects. */
export function openConnection({ url, ca, token, serverName }: ConnectionOptions): Connection {
  const agent = new Agent({
    connections: 1,
    pipelining: 1,
    keepAliveTimeout: 60_000,
    maxResponseSize: maxAnswerBytes,
    connect: (options, callback) => {
      let connect: buildConnector.connector;
      try {
        // Built for each new connection, so that a rotated CA is used from then on.
        const named = serverName === undefined ? {} : { servername: serverName };
        connect = buildConnector({ ca: ca(), timeout: 1000, allowH2: false, ...named });
      } catch (error) {
        callback(error instanceof Error ? error : new Error(String(error)), null);
        return;
      }
      connect(options, callback);
    },
  });
  return {
    async call({ method, path, body, signal }) {
      const answer = await agent.request({
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
      return { status: answer.statusCode, text: await answer.body.text() };
    },
    close: () => agent.destroy(),
  };
}
