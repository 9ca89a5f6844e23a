/** How does a door inside the cluster close? Answers what it has begun, takes nothing new, and never waits for whoever is idle. */
import type { Server } from 'node:http';

/** How long an answer that has begun may still take, milliseconds. */
const graceMs = 5000;
const lookEveryMs = 50;

type Closing = Pick<Server, 'close' | 'closeIdleConnections' | 'closeAllConnections'>;

/**
 * Resolves when every connection is closed, after five seconds at the latest. A connection that is busy when the server
 * closes becomes idle later and would then stay for the whole keep-alive time, two minutes here: so it is looked again.
 */
export async function closeServer(server: Closing): Promise<void> {
  const idle = setInterval(() => server.closeIdleConnections(), lookEveryMs);
  const late = setTimeout(() => server.closeAllConnections(), graceMs);
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
  clearInterval(idle);
  clearTimeout(late);
}
