/**
 * Ends a server that stands behind a balancer without losing a request. In the first seconds after the signal balancers
 * still send new connections here, and clients still use those that they have; so it goes on taking both, and tells each
 * client with its response to come back on another connection. Idle connections are closed last: a client that is just
 * sending on one would lose that request, and a POST is not repeated.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Server as TlsServer } from 'node:https';
import { Server as NetServer, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';

export interface DrainOptions {
  /** How long new connections are still taken, milliseconds: as long as balancers need to learn of the end. */
  readonly acceptMs: number;
  /** Called when none is taken any more: who is sent away now comes back elsewhere. */
  readonly onClosed?: () => void;
  /** How long a response that has begun may still take after that. */
  readonly graceMs: number;
  /** Called when that time is over, before the connections that are left are cut. */
  readonly onLate: () => void;
}

export interface Drainable {
  /** Resolves when every connection is closed. */
  drain(options: DrainOptions): Promise<void>;
}

/** A client that was answered just now, on a connection that was to stay, may be sending again. */
const idleForMs = 1000;
const lookEveryMs = 50;
/** How long the last clients have to take what was written. */
const cutAfterMs = 250;

interface Connection {
  socket: Socket;
  /** Responses that are not finished. */
  readonly open: Set<ServerResponse>;
  /** When the last one was finished, or the connection made. */
  usedAt: number;
}

/** To be called when the server has its listeners for requests, and before it listens. */
export function drainable(server: Server | TlsServer): Drainable {
  const connections = new Connections(server);
  return {
    async drain({ acceptMs, graceMs, onLate, onClosed = () => undefined }) {
      connections.tellClose();
      await new Promise((resolve) => setTimeout(resolve, acceptMs));
      const idle = setInterval(() => connections.closeIdle(), lookEveryMs);
      let cut: NodeJS.Timeout | undefined;
      const late = setTimeout(() => {
        onLate();
        cut = setTimeout(() => connections.cutAll(), cutAfterMs);
      }, graceMs);
      // Not the close() of HTTP servers, which also closes connections that were idle for a millisecond.
      const closed = new Promise<void>((resolve) => NetServer.prototype.close.call(server, () => resolve()));
      onClosed();
      await closed;
      for (const timer of [idle, late, cut]) clearTimeout(timer);
      server.close();
    },
  };
}

class Connections {
  readonly #byName = new Map<string, Connection>();
  #isTold = false;

  constructor(server: Server | TlsServer) {
    server.on('connection', (socket: Socket) => this.#opened(socket));
    server.on('secureConnection', (socket: TLSSocket) => {
      const connection = this.#byName.get(nameOf(socket));
      // Closed by TLS, a connection ends in good order; the socket below would only break off.
      if (connection !== undefined) connection.socket = socket;
    });
    const began = (request: IncomingMessage, response: ServerResponse) => this.#began(request, response);
    // Where none listens, Node has an answer of its own, which a listener of ours would take away.
    for (const event of ['request', 'checkContinue', 'checkExpectation'])
      if (server.listenerCount(event) > 0) server.prependListener(event, began);
  }

  tellClose(): void {
    this.#isTold = true;
    for (const { open } of this.#byName.values()) for (const response of open) sayClose(response);
  }

  closeIdle(): void {
    const before = performance.now() - idleForMs;
    for (const { socket, open, usedAt } of this.#byName.values())
      if (open.size === 0 && usedAt <= before) socket.destroySoon();
  }

  cutAll(): void {
    for (const { socket } of this.#byName.values()) socket.destroy();
  }

  #opened(socket: Socket): void {
    const name = nameOf(socket);
    const connection: Connection = { socket, open: new Set(), usedAt: performance.now() };
    this.#byName.set(name, connection);
    socket.once('close', () => {
      if (this.#byName.get(name) === connection) this.#byName.delete(name);
    });
  }

  #began({ socket }: IncomingMessage, response: ServerResponse): void {
    if (this.#isTold) sayClose(response);
    const connection = this.#byName.get(nameOf(socket));
    if (connection === undefined) return;
    connection.open.add(response);
    response.once('close', () => {
      connection.open.delete(response);
      connection.usedAt = performance.now();
    });
  }
}

/** Node then writes `Connection: close`, and closes when the response is finished. */
function sayClose(response: ServerResponse): void {
  response.shouldKeepAlive = false;
}

// The socket of a request is the TLS one, that of a connection the one below it.
function nameOf({ remoteAddress = '', remotePort = 0 }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
