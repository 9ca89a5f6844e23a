/** Starts and ends the servers of a process: listening, the connections that stay, and closing in an orderly way. */
import type { Server } from 'node:http';
import type { Server as TcpServer } from 'node:net';

export interface ListenAddress {
  /** Without it, all addresses of the machine; so with `::`. */
  readonly bind?: string | undefined;
  /** 0 takes any free one. */
  readonly port: number;
}

export interface CloseOptions {
  /** How long a response that has begun may still take, milliseconds. */
  readonly graceMs?: number;
  /** Called when that time is over, before the connections that are left are cut. */
  readonly onLate?: () => void;
}

type Closing = Pick<Server, 'close' | 'closeIdleConnections' | 'closeAllConnections'>;
type Timeouts = Pick<Server, 'keepAliveTimeout' | 'headersTimeout' | 'requestTimeout'>;

const usualGraceMs = 5000;
const closeIdleEveryMs = 50;

/** Resolves with the port once the server listens; rejects when it cannot. */
export async function listen(server: TcpServer, { bind, port }: ListenAddress): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    // Without a host Node takes `::`, which IPv4 reaches too, and `0.0.0.0` on a machine that has no IPv6 at all.
    server.listen(port, bind === '::' ? undefined : bind, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}

/**
 * Keeps idle connections for two minutes: for the API server, the gateway and the operator, whose one connection is
 * meant to stay. Node's own five seconds are shorter than their pauses, and a POST that meets a connection which is just
 * being closed is not repeated.
 */
export function keepIdleConnections(server: Timeouts): void {
  // Node asks for these as properties; nothing else takes them after the server is made.
  Object.assign(server, { keepAliveTimeout: 120_000, headersTimeout: 125_000, requestTimeout: 30_000 });
}

/**
 * Takes no new connection, ends the responses that have begun, and resolves when every connection is closed: after
 * `graceMs` (five seconds) at the latest. A connection that is busy when the server closes becomes idle later and would
 * then stay for the whole keep-alive time; so idle ones are closed again and again.
 */
export async function closeServer(
  server: Closing,
  { graceMs = usualGraceMs, onLate = () => undefined }: CloseOptions = {},
): Promise<void> {
  const idle = setInterval(() => server.closeIdleConnections(), closeIdleEveryMs);
  const late = setTimeout(() => {
    onLate();
    server.closeAllConnections();
  }, graceMs);
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
  clearInterval(idle);
  clearTimeout(late);
}
