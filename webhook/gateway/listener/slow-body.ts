/** Ends requests whose body takes longer than it may: the door's own limit is long enough for the largest upload. */
import type { IncomingMessage } from 'node:http';

/** Breaks the connection off when the body is not there within `withinMs` from now. */
export function limitBody(request: IncomingMessage, withinMs: number): void {
  if (request.complete) return;
  const timer = setTimeout(() => {
    if (!request.complete) request.socket.destroy();
  }, withinMs);
  request.once('close', () => clearTimeout(timer));
}
