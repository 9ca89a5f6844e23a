/**
 * Finds a loopback port that was free a moment ago. Between the look and the use somebody may take it: whoever starts a
 * program on it must try again with another one when the program cannot bind.
 */
import { createServer } from 'node:net';

/** A port of 127.0.0.1 that nobody listened on at the time of asking. */
export async function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
