/**
 * What one client may hold: so many connections of one address, and so much time for a body. Without the first a handful
 * of slow machines would take every connection; without the second one request would hold its connection for minutes.
 */
import type { IncomingMessage } from 'node:http';
import type { Server, Socket } from 'node:net';
import { parseAddress } from '../../../crds/rules/address/address.ts';
import { bucketKey } from './address-buckets.ts';

export interface ConnectionBound {
  readonly most: number;
  /** Peers through which many people come, such as trusted proxies: theirs are not counted. */
  readonly isShared: (peer: string) => boolean;
}

/** Counts the connections of this server from now on. */
export function boundConnections(server: Server, { most, isShared }: ConnectionBound): void {
  const open = new Map<string, number>();
  server.on('connection', (socket: Socket) => {
    const peer = socket.remoteAddress ?? '';
    if (isShared(peer)) return;
    const key = bucketKey(parseAddress(peer));
    const count = (open.get(key) ?? 0) + 1;
    if (count > most) {
      socket.destroy();
      return;
    }
    open.set(key, count);
    socket.once('close', () => {
      const left = (open.get(key) ?? 1) - 1;
      if (left > 0) open.set(key, left);
      else open.delete(key);
    });
  });
}

/** Breaks the connection off when the body is not there within `withinMs` from now. */
export function limitBody(request: IncomingMessage, withinMs: number): void {
  if (request.complete) return;
  const timer = setTimeout(() => {
    if (!request.complete) request.socket.destroy();
  }, withinMs);
  request.once('close', () => clearTimeout(timer));
}
