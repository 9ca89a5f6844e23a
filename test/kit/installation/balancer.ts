/**
 * A TCP balancer that stands in front of several gateways as kube-proxy does: it sends new connections to those that were
 * ready a while ago, since endpoints are changed late, and leaves a connection where it is. It looks into nothing.
 */
import { EventEmitter, once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

export interface Backend {
  readonly port: number;
  readonly readyUrl: string;
}

export interface Balancer {
  add(backend: Backend): void;
  /** Resolves when new connections go to this backend, or with `isServed` false to it no longer. */
  until(backend: Backend, isServed: boolean): Promise<void>;
  stop(): Promise<void>;
}

const probeEveryMs = 100;
const patienceMs = 60_000;

/** Listens on `port`; what a probe found is used `lateMs` later. */
export async function startBalancer({
  port,
  lateMs,
}: {
  readonly port: number;
  readonly lateMs: number;
}): Promise<Balancer> {
  const backends = new Set<Backend>();
  const served = new Set<Backend>();
  const changes = new EventEmitter();
  const sockets = new Set<Socket>();
  let turn = 0;
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const all = [...served];
    turn += 1;
    const backend = all[turn % all.length];
    if (backend === undefined) {
      client.resetAndDestroy();
      return;
    }
    const upstream = connect({ host: '127.0.0.1', port: backend.port, allowHalfOpen: true });
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.once('close', () => sockets.delete(from));
      from.on('data', (piece) => to.write(piece));
      from.on('end', () => to.end());
      from.on('error', () => to.resetAndDestroy());
    }
  });
  const probe = async (backend: Backend): Promise<void> => {
    const isReady = await fetch(backend.readyUrl).then(
      ({ status }) => status === 200,
      () => false,
    );
    setTimeout(() => {
      if (isReady) served.add(backend);
      else served.delete(backend);
      changes.emit('change');
    }, lateMs);
  };
  const probes = setInterval(() => {
    for (const backend of backends) void probe(backend);
  }, probeEveryMs);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    add: (backend) => backends.add(backend),
    async until(backend, isServed) {
      const signal = AbortSignal.timeout(patienceMs);
      while (served.has(backend) !== isServed) {
        await once(changes, 'change', { signal }).catch((error: unknown) => {
          throw new Error(`port ${backend.port}: served is not ${isServed}`, { cause: error });
        });
      }
    },
    async stop() {
      clearInterval(probes);
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
