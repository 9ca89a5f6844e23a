/**
 * In which ways can a call to an API server fail? Refusals of the server keep its whole answer, silence of the
 * server is another class, and `Stop` is how a handler says that only a human can help.
 */
import { isStatus, type Status, type StatusDetails } from './objects.ts';

export interface Refusal {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly body: string;
  readonly retryAfterSeconds?: number | undefined;
}

/** The server answered, and the answer was no. Carries neither the request's headers nor its body. */
export class KubeError extends Error {
  override readonly name = 'KubeError';
  readonly status: number;
  /** `NotFound`, `AlreadyExists`, `Conflict`, `Expired`, `Forbidden`, ... as the server names it. */
  readonly reason: string | undefined;
  readonly details: StatusDetails | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly body: Status | string;

  constructor(refusal: Refusal) {
    const body = parseBody(refusal.body);
    const said = typeof body === 'string' ? body.slice(0, 300) : body.message;
    super(`${refusal.method} ${refusal.path}: ${refusal.status}${said ? ` ${said}` : ''}`);
    this.status = refusal.status;
    this.body = body;
    this.reason = typeof body === 'string' ? undefined : body.reason;
    this.details = typeof body === 'string' ? undefined : body.details;
    this.retryAfterSeconds = refusal.retryAfterSeconds ?? this.details?.retryAfterSeconds;
  }
}

function parseBody(text: string): Status | string {
  try {
    const parsed: unknown = JSON.parse(text);
    return isStatus(parsed) ? parsed : text;
  } catch {
    return text;
  }
}

/** No complete answer came: refused, reset, TLS not trusted, or the deadline passed. Whether it acted is unknown. */
export class ServerUnreachable extends Error {
  override readonly name = 'ServerUnreachable';
  /** `DEADLINE`, or the code of the socket, TLS or HTTP layer (`ECONNREFUSED`, `UND_ERR_SOCKET`, ...). */
  readonly code: string;

  constructor(what: string, code: string, cause?: unknown) {
    super(`${what}: no answer from the API server (${code})`, { cause });
    this.code = code;
  }
}

/** Trying again cannot help until a human acts. A work queue does not retry it. */
export class Stop extends Error {
  override readonly name = 'Stop';
}

export function isNotFound(error: unknown): boolean {
  return error instanceof KubeError && error.status === 404;
}

/** A stale resourceVersion, a failed precondition, or a field that another manager owns. */
export function isConflict(error: unknown): boolean {
  return error instanceof KubeError && error.status === 409 && error.reason !== 'AlreadyExists';
}

export function isAlreadyExists(error: unknown): boolean {
  return error instanceof KubeError && error.reason === 'AlreadyExists';
}

export function isForbidden(error: unknown): boolean {
  return error instanceof KubeError && error.status === 403;
}

/** The resourceVersion or continue token is too old: only a new list helps. */
export function isExpired(error: unknown): boolean {
  return error instanceof KubeError && error.status === 410;
}
