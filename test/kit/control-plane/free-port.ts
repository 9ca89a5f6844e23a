/**
 * Finds a loopback port that was free a moment ago. Between the look and the use another process may take it: a caller
 * that starts a program on it must try again with another one when the program cannot bind.
 */
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below the range from which Linux gives ports to outgoing connections, which would take one in between. */
const first = 10_240;
const afterLast = 32_768;
const given = new Set<number>();

/** A port of 127.0.0.1 without a listener at the time of asking; never the same one twice in a process. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 200; tries += 1) {
    const port = randomInt(first, afterLast);
    if (given.has(port) || !(await isFree(port))) continue;
    given.add(port);
    return port;
  }
  throw new Error(`no free port between ${first} and ${afterLast - 1} on 127.0.0.1`);
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
