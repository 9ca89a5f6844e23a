/**
 * What may one client hold open? Connections that have proved nothing are bounded on their own, in two steps: those without
 * a request yet, and those whose requests had no session. One machine that only connects, or only sends, pushes out its own
 * oldest and never a connection of a person with a session, who may sit behind the same address. Behind trusted proxies
 * the connections are the proxies'; there each request without a session takes the place of a connection. And a body has
 * its time, or one request would hold its connection for minutes.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { parseAddress } from '../../../crds/rules/address/address.ts';
import { createFairPool, type FairPool, type PoolBounds } from './fair-pool.ts';
import { withoutZone } from './forwarding-lines.ts';
import type { MayConnect } from './handshakes.ts';
import { neighbourOf } from './neighbour.ts';
import type { Origin } from './source-address.ts';

export interface ConnectionBounds {
  /** TCP, TLS, and half a head: until the first request. */
  readonly silent: PoolBounds;
  /** Connections whose requests had no session; of hops, such requests that are under way. */
  readonly anonymous: PoolBounds;
  /** Connections of one session: a stolen one must not take the places of all. */
  readonly ofSessions: PoolBounds;
}

/** An office behind one address opens a few at a time for people who are signing in, and hundreds when a gateway is back. */
export const usualBounds: ConnectionBounds = {
  silent: { ofOne: 300, ofAll: 2000 },
  anonymous: { ofOne: 200, ofAll: 2500 },
  ofSessions: { ofOne: 1000, ofAll: 8000 },
};

export interface ConnectionsOptions {
  /** Whether the peer is a proxy that the policy trusts, as the watch saw it last. */
  readonly isShared: (peer: string) => boolean;
  /** The neighbour from whom a request came, under the policy's exposure. */
  readonly neighbourAt: (origin: Origin) => string;
  /** Whether a neighbour may begin one more handshake; those of trusted proxies are not asked about. */
  readonly mayConnect: MayConnect;
  readonly bounds?: ConnectionBounds;
}

export interface Connections {
  /** Counts the connections of this server from now on. */
  watch(server: Pick<Server, 'on'>): void;
  /** A request arrived, with its head whole. */
  began(request: IncomingMessage, response: ServerResponse, origin: Origin): void;
  /** What was judged of it: the session behind it, by a name of its own; undefined where there is none any more. */
  judged(request: IncomingMessage, session: string | undefined): void;
}

/** A connection, or a request of a trusted hop, with the place that it has in one of the pools. */
interface Guest {
  readonly neighbour: string;
  readonly drop: () => void;
  pool: FairPool | undefined;
  leave: () => void;
}

const aGuest = (neighbour: string, drop: () => void): Guest => ({
  neighbour,
  drop,
  pool: undefined,
  leave: () => undefined,
});

function move(guest: Guest, pool: FairPool, client: string): void {
  guest.leave();
  guest.pool = pool;
  guest.leave = pool.add(client, guest.drop);
}

/** By address and port: the socket of a request is the TLS one, that of a connection the one below it. */
export function connectionName({
  remoteAddress = '',
  remotePort = 0,
}: Pick<Socket, 'remoteAddress' | 'remotePort'>): string {
  return `${remoteAddress} ${remotePort}`;
}

export function createConnections({
  isShared,
  neighbourAt,
  mayConnect,
  bounds = usualBounds,
}: ConnectionsOptions): Connections {
  const silent = createFairPool(bounds.silent);
  const anonymous = createFairPool(bounds.anonymous);
  const ofSessions = createFairPool(bounds.ofSessions);
  const guests = new Map<string, Guest>();
  const hopRequests = new WeakMap<IncomingMessage, Guest>();
  const guestOf = (request: IncomingMessage): Guest | undefined =>
    hopRequests.get(request) ?? guests.get(connectionName(request.socket));

  return {
    watch(server) {
      server.on('connection', (socket: Socket) => {
        const peer = socket.remoteAddress ?? '';
        if (isShared(peer)) return;
        const name = connectionName(socket);
        const neighbour = neighbourOf(parseAddress(withoutZone(peer)));
        // Before its first byte was read: what costs us is the answer to it.
        if (!mayConnect(neighbour)) {
          socket.destroy();
          return;
        }
        const guest = aGuest(neighbour, () => socket.destroy());
        guests.set(name, guest);
        socket.once('close', () => {
          guest.leave();
          if (guests.get(name) === guest) guests.delete(name);
        });
        move(guest, silent, neighbour);
      });
    },
    began(request, response, origin) {
      if (isShared(origin.peer)) {
        // What came before the policy named its peer a hop was counted; from now on its requests are.
        guests.get(connectionName(request.socket))?.leave();
        const guest = aGuest(neighbourAt(origin), () => request.socket.destroy());
        hopRequests.set(request, guest);
        response.once('close', () => guest.leave());
        move(guest, anonymous, guest.neighbour);
        return;
      }
      const guest = guests.get(connectionName(request.socket));
      if (guest !== undefined && guest.pool !== ofSessions) move(guest, anonymous, guest.neighbour);
    },
    judged(request, session) {
      const guest = guestOf(request);
      if (guest === undefined) return;
      if (session !== undefined) move(guest, ofSessions, session);
      else if (guest.pool === ofSessions) move(guest, anonymous, guest.neighbour);
    },
  };
}

/** Breaks the connection off when the body is not there within `withinMs` from now. */
export function limitBody(request: IncomingMessage, withinMs: number): void {
  if (request.complete) return;
  const timer = setTimeout(() => {
    if (!request.complete) request.socket.destroy();
  }, withinMs);
  request.once('close', () => clearTimeout(timer));
}
