/**
 * When must a request be over? Joins the caller's signal and a time limit in one signal that lets go of both.
 * (AbortSignal.any keeps every derived signal alive as long as a process-wide source lives.)
 */

import type { Clock } from './clock.ts';
import { ServerUnreachable } from './errors.ts';

export interface Deadline {
  readonly signal: AbortSignal;
  remainingMs(): number;
  /** Detaches from the caller's signal and drops the timer. Call it always. */
  release(): void;
  /** Aborts at once, for a reason of our own. */
  abort(reason: Error): void;
}

/** Aborts with the caller's own reason, or with `ServerUnreachable` `DEADLINE` when `ms` have passed. */
export function openDeadline(
  clock: Clock,
  options: { what: string; ms: number; signal?: AbortSignal | undefined },
): Deadline {
  const { what, ms, signal } = options;
  signal?.throwIfAborted();
  const controller = new AbortController();
  const startedAt = clock.monotonic();
  const onAbort = () => controller.abort(signal?.reason);
  const cancel = clock.after(ms, () => controller.abort(new ServerUnreachable(what, 'DEADLINE')));
  signal?.addEventListener('abort', onAbort, { once: true });
  return {
    signal: controller.signal,
    remainingMs: () => ms - (clock.monotonic() - startedAt),
    release() {
      cancel();
      signal?.removeEventListener('abort', onAbort);
    },
    abort: (reason) => controller.abort(reason),
  };
}
