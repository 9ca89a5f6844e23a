/**
 * How many connections may one address hold open? Without a bound a handful of slow machines would take all of them and
 * nobody else came in. It closes what is too much and answers nothing: there is no request yet.
 */
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
