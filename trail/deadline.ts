/** Until when does a caller wait? One place that turns deadline and signal of an append into giving up, and cleans up. */
import type { AppendOptions } from './trail.ts';

const defaultDeadlineMs = 2000;

/**
 * Calls `giveUp` once, at the deadline or when the caller's signal is aborted. Returns what cancels it. A timer of our
 * own, held by the event loop: a wait that never ends would be a request that hangs.
 */
export function whenGivenUp(
  { signal, deadlineMs = defaultDeadlineMs }: AppendOptions,
  giveUp: (cause: unknown) => void,
): () => void {
  const end = (cause: unknown): void => {
    cancel();
    giveUp(cause);
  };
  const timer = setTimeout(() => end(new Error(`no answer within ${deadlineMs} ms`)), deadlineMs);
  const onAbort = (): void => end(signal?.reason);
  const cancel = (): void => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  };
  if (signal?.aborted === true) queueMicrotask(onAbort);
  else signal?.addEventListener('abort', onAbort, { once: true });
  return cancel;
}
