/**
 * The clock that everything which waits is given, so that a test can step through hours.
 */

/** Node runs a longer delay at once instead of later (it is kept in a signed 32-bit number). */
const longestDelayMs = 2 ** 31 - 1;

export interface Clock {
  /** Wall clock, epoch milliseconds. May jump in both directions. */
  now(): number;
  /** Milliseconds since an arbitrary moment. Never goes back; differences only. */
  monotonic(): number;
  /** Calls `run` once after `ms`; the returned function cancels it. */
  after(ms: number, run: () => void): () => void;
}

/** The machine's clock. A wait that is longer than Node can count ends early: callers check the time again. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, run) {
    const timer = setTimeout(run, Math.min(Math.max(0, Math.ceil(ms)), longestDelayMs));
    return () => clearTimeout(timer);
  },
};

/** Resolves after `ms`; rejects with the signal's reason as soon as it aborts. */
export async function pause(clock: Pick<Clock, 'after'>, ms: number, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const onAbort = () => {
      cancel();
      reject(signal?.reason as Error);
    };
    const cancel = clock.after(ms, () => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    });
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
