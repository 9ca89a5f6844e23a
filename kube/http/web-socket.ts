/** Opens a WebSocket to the API server over a pool's own TLS. It knows neither pods nor channels. */
import { type Dispatcher, WebSocket } from 'undici';
import { ServerUnreachable } from '../errors.ts';

export interface SocketOpening {
  /** https, with path and query. */
  readonly url: URL;
  readonly protocol: string;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly dispatcher: Dispatcher;
  readonly signal: AbortSignal;
}

/** Resolves once it is open. Rejects with `NO_WEBSOCKET` when the server, or what stands before it, opens none. */
export function openWebSocket(opening: SocketOpening): Promise<WebSocket> {
  const { url, protocol, dispatcher, signal } = opening;
  const address = new URL(url);
  address.protocol = 'wss:';
  const headers = Object.entries(opening.headers).flatMap(([name, values]) =>
    [values].flat().map((value): [string, string] => [name, value]),
  );
  const socket = new WebSocket(address, { protocols: [protocol], dispatcher, headers });
  socket.binaryType = 'arraybuffer';
  const opened = Promise.withResolvers<WebSocket>();
  const refused = (): void => opened.reject(new ServerUnreachable(`GET ${url.pathname}`, 'NO_WEBSOCKET'));
  const aborted = (): void => {
    opened.reject(signal.reason as Error);
    socket.close();
  };
  socket.addEventListener('open', () => opened.resolve(socket), { once: true });
  socket.addEventListener('error', refused, { once: true });
  socket.addEventListener('close', refused, { once: true });
  signal.addEventListener('abort', aborted, { once: true });
  return opened.promise.finally(() => signal.removeEventListener('abort', aborted));
}
