/** How long may a client take for a body? Without a bound, one request would hold its connection for minutes. */
import type { IncomingMessage } from 'node:http';

/** Breaks the connection off when the body is not there within `withinMs` from now. */
export function limitBody(request: IncomingMessage, withinMs: number): void {
  if (request.complete) return;
  const timer = setTimeout(() => {
    if (!request.complete) request.socket.destroy();
  }, withinMs);
  request.once('close', () => clearTimeout(timer));
}
