/**
 * The ways in which a call to an API server can fail. An error response keeps its whole body; a missing response is
 * another class, because then it is unknown whether the server acted.
 */
import { isStatus, type Status, type StatusDetails } from './objects.ts';
import type { Resource } from './resources.ts';

/** A response with an error status, as it came. */
export interface ErrorResponse {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly body: string;
  readonly retryAfterSeconds?: number | undefined;
}

/** The server responded with an error status. Carries neither the request's headers nor its body. */
export class KubeError extends Error {
  override readonly name = 'KubeError';
  readonly status: number;
  /** `NotFound`, `AlreadyExists`, `Conflict`, `Expired`, `Forbidden`, ... as the server names it. */
  readonly reason: string | undefined;
  readonly details: StatusDetails | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly body: Status | string;

  constructor(response: ErrorResponse) {
    const body = parseBody(response.body);
    const text = typeof body === 'string' ? body.slice(0, 300) : body.message;
    super(`${response.method} ${response.path}: ${response.status}${text ? ` ${text}` : ''}`);
    this.status = response.status;
    this.body = body;
    this.reason = typeof body === 'string' ? undefined : body.reason;
    this.details = typeof body === 'string' ? undefined : body.details;
    this.retryAfterSeconds = response.retryAfterSeconds ?? this.details?.retryAfterSeconds;
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

/** No complete response came: connection refused or reset, TLS not trusted, or the deadline passed. The server may have acted. */
export class ServerUnreachable extends Error {
  override readonly name = 'ServerUnreachable';
  /** `DEADLINE`, or the code of the socket, TLS or HTTP layer (`ECONNREFUSED`, `UND_ERR_SOCKET`, ...). */
  readonly code: string;

  constructor(what: string, code: string, cause?: unknown) {
    super(`${what}: no response from the API server (${code})`, { cause });
    this.code = code;
  }
}

export function isNotFound(error: unknown): boolean {
  return error instanceof KubeError && error.status === 404;
}

/**
 * Whether an error says that this very object is not there. Any other 404 says nothing about this object: a
 * missing CRD responds with plain text, a proxy with a page of its own, and both would lift every lock at once.
 */
export function saysAbsent(error: unknown, resource: Resource, name: string): boolean {
  if (!(error instanceof KubeError) || error.status !== 404 || error.reason !== 'NotFound') return false;
  const { details } = error;
  return (
    details?.name === name &&
    (details.group ?? '') === resource.group &&
    (details.kind === resource.plural || details.kind === resource.kind)
  );
}

/** The caller may not. */
export function isForbidden(error: unknown): boolean {
  return error instanceof KubeError && error.status === 403;
}

/** A stale resourceVersion, a failed precondition, or a field that another manager owns. */
export function isConflict(error: unknown): boolean {
  return error instanceof KubeError && error.status === 409 && error.reason !== 'AlreadyExists';
}

export function isAlreadyExists(error: unknown): boolean {
  return error instanceof KubeError && error.reason === 'AlreadyExists';
}

/** The resourceVersion or continue token is too old: only a new list helps. */
/** The server's data is that of an earlier moment than what was read from it, as after a backup was put back. */
export class ServerWentBack extends Error {
  constructor(plural: string, versions: { readonly reached: string; readonly now: string }) {
    super(
      `the API server has ${plural} of version ${versions.now}, before ${versions.reached} that it had: a backup of its data was put back`,
    );
    this.name = 'ServerWentBack';
  }
}

export function isExpired(error: unknown): boolean {
  return error instanceof KubeError && error.status === 410;
}
