/**
 * Gives up waiting at a deadline or when the caller's signal aborts, and lets go of both afterwards. The timers hold the
 * event loop: a wait that never ends would be a request that hangs. (Requests to the API server have their own in kube/.)
 */

export interface Deadline {
  readonly ms: number;
  readonly signal?: AbortSignal | undefined;
}

/** Calls `giveUp` once, with what ended the wait. Returns what cancels it; call that when the wait is over. */
export function whenOver({ ms, signal }: Deadline, giveUp: (cause: unknown) => void): () => void {
  const end = (cause: unknown): void => {
    cancel();
    giveUp(cause);
  };
  const timer = setTimeout(() => end(new Error(`no answer within ${ms} ms`)), ms);
  const onAbort = (): void => end(signal?.reason);
  const cancel = (): void => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  };
  if (signal?.aborted === true) queueMicrotask(onAbort);
  else signal?.addEventListener('abort', onAbort, { once: true });
  return cancel;
}

/** The promise's value, or a rejection with `late(cause)` when it is over; what the promise does after that is dropped. */
export function within<T>(
  promise: Promise<T>,
  { late, ...deadline }: Deadline & { readonly late: (cause: unknown) => Error },
): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = whenOver(deadline, (cause) => reject(late(cause)));
    promise.finally(cancel).then(resolve, reject);
  });
}
