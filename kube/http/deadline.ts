/**
 * Joins the caller's signal and a time limit in one signal, and detaches from both when released. AbortSignal.any would
 * keep every derived signal in memory as long as a process-wide source lives.
 */
import type { Clock } from '../clock.ts';
import { ServerUnreachable } from '../errors.ts';

export interface RequestDeadline {
  readonly signal: AbortSignal;
  remainingMs(): number;
  /** Starts the time limit anew. */
  extend(): void;
  /** Detaches from the caller's signal and drops the timer. Call it always. */
  release(): void;
}

export interface Limit {
  /** For the message of the error. */
  readonly what: string;
  readonly ms: number;
  readonly signal?: AbortSignal | undefined;
  /** Of who sends for the caller, and ends all that they sent. */
  readonly ended?: AbortSignal | undefined;
}

/** Aborts with the caller's own reason, or with `ServerUnreachable` `DEADLINE` when `ms` have passed. */
export function openDeadline(clock: Clock, { what, ms, signal, ended }: Limit): RequestDeadline {
  const sources = [signal, ended].filter((source) => source !== undefined);
  for (const source of sources) source.throwIfAborted();
  const controller = new AbortController();
  const onAbort = ({ target }: Event) => controller.abort((target as AbortSignal).reason);
  let startedAt = clock.monotonic();
  let cancel = clock.after(ms, look);

  /** One timer is enough for a limit that is extended with every event: when it fires it checks what is left. */
  function look(): void {
    const left = remainingMs();
    if (left > 0) cancel = clock.after(left, look);
    else controller.abort(new ServerUnreachable(what, 'DEADLINE'));
  }

  function remainingMs(): number {
    return ms - (clock.monotonic() - startedAt);
  }

  for (const source of sources) source.addEventListener('abort', onAbort, { once: true });
  return {
    signal: controller.signal,
    remainingMs,
    extend() {
      startedAt = clock.monotonic();
    },
    release() {
      cancel();
      for (const source of sources) source.removeEventListener('abort', onAbort);
    },
  };
}

/** The promise, or a rejection with the signal's reason as soon as it aborts; what the promise does then is ignored. */
export async function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(signal.reason as Error);
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  promise.catch(() => undefined);
  try {
    return await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
