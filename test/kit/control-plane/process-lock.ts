/**
 * Lets one process at a time do something on this machine. The lock is a listening Unix socket in Linux' abstract
 * namespace: the kernel lets go of it when its holder dies, so there is no stale lock file to judge and to steal.
 */
import { createHash } from 'node:crypto';
import { connect, createServer, type Server } from 'node:net';

/** Runs `work` while holding the lock of that name; waits for its holder. `onWait` is called once then. */
export async function withLock<T>(name: string, work: () => Promise<T>, onWait?: () => void): Promise<T> {
  const hash = createHash('sha256').update(`${process.getuid?.()} ${name}`).digest('hex').slice(0, 32);
  const address = `\0support-access-${hash}`;
  let lock = await tryLock(address);
  if (lock === undefined) onWait?.();
  while (lock === undefined) {
    await untilReleased(address);
    lock = await tryLock(address);
  }
  try {
    return await work();
  } finally {
    lock.release();
  }
}

interface Held {
  readonly release: () => void;
}

async function tryLock(address: string): Promise<Held | undefined> {
  const waiting = new Set<{ destroy(): void }>();
  const server = createServer((socket) => {
    socket.on('error', () => {});
    waiting.add(socket);
  });
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    });
    server.listen(address, () => resolve({ release: () => release(server, waiting) }));
  });
}

function release(server: Server, waiting: ReadonlySet<{ destroy(): void }>): void {
  server.close();
  for (const socket of waiting) socket.destroy();
}

/** A connection to the holder lasts as long as the lock is held. */
async function untilReleased(address: string): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(address);
    socket.on('error', () => {});
    socket.on('close', () => resolve());
    socket.resume();
  });
}
