/** Waits for a condition with a deadline, so that no test sleeps. Must not swallow why the condition never came. */
import { setTimeout as delay } from 'node:timers/promises';

export interface Patience {
  /** Milliseconds until it is given up. */
  readonly within?: number;
  /** Milliseconds between two looks. */
  readonly every?: number;
}

/** Calls `look` until it does not throw and returns what it returned. Throws its last failure at the deadline. */
export async function eventually<T>(look: () => T | Promise<T>, patience: Patience = {}): Promise<T> {
  const { within = 10_000, every = 50 } = patience;
  const deadline = performance.now() + within;
  let lastFailure: unknown = new Error('the first look did not come back');
  for (;;) {
    try {
      return await beforeDeadline(look, deadline);
    } catch (failure) {
      if (failure !== TOO_LATE) lastFailure = failure;
    }
    if (performance.now() + every >= deadline) throw notWithin(within, lastFailure);
    await delay(every);
  }
}

const TOO_LATE = new Error('too late');

async function beforeDeadline<T>(look: () => T | Promise<T>, deadline: number): Promise<T> {
  const timer = new AbortController();
  const late = delay(Math.max(0, deadline - performance.now()), undefined, { signal: timer.signal });
  try {
    return await Promise.race([
      (async () => look())(),
      late.then((): never => {
        throw TOO_LATE;
      }),
    ]);
  } finally {
    timer.abort();
    late.catch(() => {});
  }
}

function notWithin(within: number, failure: unknown): Error {
  const why = failure instanceof Error ? failure.message : String(failure);
  return new Error(`not within ${within} ms; the last look said: ${why}`, { cause: failure });
}
