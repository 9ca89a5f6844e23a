/**
 * Decides whether a request is sent once more, and when. Pure. A request that may have acted is repeated only if the
 * repetition changes nothing.
 */
import { ServerUnreachable } from '../errors.ts';

export interface Attempt {
  readonly method: string;
  /** Whether it is done only if no other write came in between: what it wrote itself would then be one. */
  readonly isConditional?: boolean | undefined;
  /** How often it was sent so far. */
  readonly sent: number;
  readonly remainingMs: number;
  /** In [0, 1). Without it, all clients that were told "in one second" would come back in the same moment. */
  readonly random: number;
  readonly outcome: { readonly status: number; readonly retryAfter?: string | undefined } | ServerUnreachable;
}

const mostAttempts = 10;

/** The kept-alive connection had been closed by the server just as we used it. */
const lostConnection = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);

/** Milliseconds until the next try; undefined when it is not repeated. */
export function retryIn(attempt: Attempt): number | undefined {
  if (attempt.sent >= mostAttempts) return undefined;
  const { outcome } = attempt;
  if (outcome instanceof ServerUnreachable) return afterNoResponse(attempt, outcome.code);
  // 429 comes before anything was done (priority and fairness, eviction budgets), 503 may come afterwards.
  const mayRepeat = outcome.status === 429 || (outcome.status === 503 && isIdempotent(attempt));
  const asked = mayRepeat ? retryAfterMs(outcome.retryAfter) : undefined;
  if (asked === undefined) return undefined;
  const wait = asked * (1 + attempt.random / 4);
  return wait < attempt.remainingMs ? wait : undefined;
}

function afterNoResponse(attempt: Attempt, code: string): number | undefined {
  return attempt.sent === 1 && isIdempotent(attempt) && lostConnection.has(code) ? 0 : undefined;
}

/**
 * PATCH counts: we send only server-side apply and merge patches, and both have the same effect twice. One that holds a
 * resourceVersion does not: the second would be told a conflict with the first, and its caller that nothing was written.
 */
function isIdempotent({ method, isConditional }: Attempt): boolean {
  return method !== 'POST' && isConditional !== true;
}

/** Retry-After in whole seconds, the only form that an API server sends. Without the header the request is not repeated. */
export function retryAfterMs(header: string | undefined): number | undefined {
  if (header === undefined || !/^\d{1,6}$/.test(header)) return undefined;
  return Number(header) * 1000;
}
