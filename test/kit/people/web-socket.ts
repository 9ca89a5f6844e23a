/** A page's WebSocket, played by the library that Node's own is made of. */
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isIP, type LookupFunction } from 'node:net';
import { Agent, WebSocket } from 'undici';
import type { CookieJar } from './cookie-jar.ts';

export interface OpenWebSocket {
  /** Everything that it was told so far. */
  readonly texts: readonly string[];
  /** When the newest message came (performance.now() milliseconds), 0 before the first. */
  readonly lastAt: () => number;
  /** How it was closed, and when. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string; readonly at: number }>;
}

export interface WebSocketWish {
  /** Whom the page trusts. */
  readonly ca: string;
  readonly cookies: CookieJar;
  /** The origin of the page, and of the application. */
  readonly application: string;
}

const loopback: LookupFunction = (_host, { all }, found) => {
  if (all) found(null, [{ address: '127.0.0.1', family: isIP('127.0.0.1') }]);
  else found(null, '127.0.0.1', 4);
};

/** Resolves when it is open; rejects where the handshake is refused. */
export async function openWebSocket(
  path: string,
  { ca, cookies, application: origin }: WebSocketWish,
): Promise<OpenWebSocket> {
  const cookie = cookies.headerFor(new URL(path, origin)) ?? '';
  const dispatcher = new Agent({ connect: { ca, lookup: loopback } });
  const url = `${origin.replace('https:', 'wss:')}${path}`;
  const socket = new WebSocket(url, { dispatcher, headers: { cookie, origin } });
  const texts: string[] = [];
  let last = 0;
  const opened = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<{ code: number; reason: string; at: number }>();
  socket.addEventListener('open', () => opened.resolve());
  socket.addEventListener('error', () => opened.reject(new Error('the WebSocket was not opened')));
  socket.addEventListener('message', ({ data }) => {
    last = performance.now();
    texts.push(String(data));
  });
  socket.addEventListener('close', ({ code, reason }) => {
    closed.resolve({ code, reason, at: performance.now() });
    void dispatcher.close();
  });
  await opened.promise;
  return { texts, lastAt: () => last, closed: closed.promise };
}

/** The application's side of a handshake: says this each 20 ms, as long as its connection stands. */
export function speakWebSocket({ headers, socket }: IncomingMessage, text: string): void {
  const key = `${headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
  const accept = createHash('sha1').update(key).digest('base64');
  const lines = ['Connection: Upgrade', 'Upgrade: websocket', `Sec-WebSocket-Accept: ${accept}`];
  socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('\r\n')}\r\n\r\n`);
  const said = Buffer.from(text);
  const timer = setInterval(() => {
    if (socket.writable) socket.write(Buffer.concat([Buffer.from([0x81, said.length]), said]));
  }, 20);
  socket.on('error', () => undefined).once('close', () => clearInterval(timer));
}
