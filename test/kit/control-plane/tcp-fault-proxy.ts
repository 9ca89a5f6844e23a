/**
 * A loopback TCP proxy that misbehaves on command: what networks do to connections, without touching the server. It
 * does not look into TLS, so the server's certificate stays the server's. Must not lose or reorder bytes while it passes.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { parse, stringify } from 'yaml';

export interface TcpFaultProxy {
  readonly port: number;
  /** https://127.0.0.1:<port>, good for a server whose certificate names 127.0.0.1. */
  readonly url: string;
  /** Connections open at this moment. */
  readonly connections: () => number;
  /** Forwards everything, also what was held back; accepts again. The state at the start. */
  pass(): Promise<void>;
  /** Half-open: keeps all sockets, accepts new ones, and forwards nothing any more, not even the end. */
  silence(): void;
  /** Those that are open now died silently, for ever: nothing more comes through them. New ones are handled as before. */
  lose(): number;
  /** Forwards each piece this many milliseconds late. */
  delay(milliseconds: number): void;
  /** Refuses new connections, as a port without a listener; open ones live on. */
  refuse(): Promise<void>;
  /** Resets (RST) all open connections; new ones are handled as before. */
  cut(): void;
  stop(): Promise<void>;
}

interface Behaviour {
  silent: boolean;
  delay: number;
}

interface Connection {
  readonly sockets: readonly [Socket, Socket];
  isLost: boolean;
}

/** Starts a proxy in front of a loopback port. */
export async function startTcpFaultProxy(target: { readonly url: string }): Promise<TcpFaultProxy> {
  const { hostname, port: targetPort } = new URL(target.url);
  const open = new Set<Connection>();
  const behaviour: Behaviour = { silent: false, delay: 0 };
  const accept = (client: Socket): void => {
    const server = connect({ host: hostname, port: Number(targetPort), allowHalfOpen: true });
    join(client, server, { open, behaviour });
  };
  let listener = await listen(accept, 0);
  const { port } = listener.address() as { port: number };
  const cut = (): void => {
    for (const { sockets } of open) for (const socket of sockets) socket.resetAndDestroy();
  };
  return {
    port,
    url: `https://127.0.0.1:${port}`,
    connections: () => open.size,
    pass: async () => {
      behaviour.silent = false;
      behaviour.delay = 0;
      for (const { sockets, isLost } of open) if (!isLost) for (const socket of sockets) socket.resume();
      if (!listener.listening) listener = await listen(accept, port);
    },
    silence: () => {
      behaviour.silent = true;
      for (const { sockets } of open) for (const socket of sockets) socket.pause();
    },
    lose: () => {
      for (const connection of open) {
        connection.isLost = true;
        for (const socket of connection.sockets) socket.pause();
      }
      return open.size;
    },
    delay: (milliseconds) => {
      behaviour.delay = milliseconds;
    },
    refuse: async () => stopListening(listener),
    cut,
    stop: async () => {
      stopListening(listener);
      cut();
    },
  };
}

/** Writes a copy of a kubeconfig that goes through the proxy. Returns the copy's path, which lies beside the original. */
export function kubeconfigThrough(proxy: TcpFaultProxy, kubeconfig: string): string {
  const config = parse(readFileSync(kubeconfig, 'utf8')) as { clusters: { cluster: { server: string } }[] };
  for (const { cluster } of config.clusters) cluster.server = proxy.url;
  const path = `${kubeconfig}.through-${proxy.port}`;
  writeFileSync(path, stringify(config), { mode: 0o600 });
  return path;
}

interface Traffic {
  readonly open: Set<Connection>;
  readonly behaviour: Behaviour;
}

function join(client: Socket, server: Socket, { open, behaviour }: Traffic): void {
  const connection: Connection = { sockets: [client, server], isLost: false };
  open.add(connection);
  client.once('close', () => open.delete(connection));
  forward(client, server, behaviour);
  forward(server, client, behaviour);
  if (behaviour.silent) for (const socket of connection.sockets) socket.pause();
}

function forward(from: Socket, to: Socket, behaviour: Behaviour): void {
  const later = (act: () => void): void => {
    if (behaviour.delay > 0) setTimeout(act, behaviour.delay);
    else act();
  };
  from.on('data', (piece) => later(() => to.write(piece)));
  from.on('end', () => later(() => to.end()));
  // A reset on one side is a reset on the other, unless the network is pretending that nothing comes through.
  from.on('error', () => {
    if (!behaviour.silent) to.resetAndDestroy();
  });
}

/** The listener stops at once; its open connections keep it from closing, so its end is not waited for. */
function stopListening(listener: Server): void {
  if (listener.listening) listener.close();
}

async function listen(accept: (socket: Socket) => void, port: number): Promise<Server> {
  const listener = createServer({ allowHalfOpen: true }, accept);
  return new Promise((resolve, reject) => {
    listener.once('error', reject);
    listener.listen(port, '127.0.0.1', () => resolve(listener));
  });
}
