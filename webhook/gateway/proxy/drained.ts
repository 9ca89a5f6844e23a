/** When may more be written? Once the stream has drained, or never any more because it was closed. */
import { once } from 'node:events';
import type { Writable } from 'node:stream';

/** Resolves at the first of the two and leaves no listener behind: a long upload waits here thousands of times. */
export async function drained(stream: Writable): Promise<void> {
  if (stream.destroyed) return;
  const settled = new AbortController();
  const { signal } = settled;
  try {
    await Promise.race([once(stream, 'drain', { signal }), once(stream, 'close', { signal })]);
  } finally {
    settled.abort();
  }
}
