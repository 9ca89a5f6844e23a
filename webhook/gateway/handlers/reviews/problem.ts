/** How an application is told that its call was refused: problem details as RFC 9457 has them, with a reason of a closed list. */
import { STATUS_CODES } from 'node:http';
import type { Exchange } from '../../listener/request-gate.ts';
import { send } from '../../pages/responses.ts';

/** THE list of reasons, each with its status. What a session may not do is no problem: it is a review that says no. */
export const callReasons = {
  Malformed: 400,
  TooManyReviews: 400,
  NoToken: 401,
  TokenUnknown: 401,
  NotACaller: 403,
  NoSuchPath: 404,
  WrongMethod: 405,
  BodyTooLarge: 413,
  NotJSON: 415,
  TooManyCallers: 429,
  RecordsUnavailable: 503,
  StateUnavailable: 503,
} as const;

export type CallReason = keyof typeof callReasons;

/** Why a call is refused, with a sentence for who wrote it. */
export interface CallRefusal {
  readonly reason: CallReason;
  readonly detail: string;
}

/** The call is refused; thrown by the steps of a handler and caught by the one that answers. */
export class CallRefused extends Error {
  override readonly name = 'CallRefused';
  readonly refusal: CallRefusal;

  constructor(reason: CallReason, detail: string) {
    super(detail);
    this.refusal = { reason, detail };
  }
}

/** Seconds after which what was in the way may be gone. */
const retryAfter: Partial<Record<CallReason, string>> = {
  TooManyCallers: '1',
  RecordsUnavailable: '5',
  StateUnavailable: '5',
};

/** Sends the problem, unless the response has begun. */
export function sendProblem({ request, response }: Exchange, { reason, detail }: CallRefusal): void {
  if (response.destroyed || response.headersSent) return;
  const status = callReasons[reason];
  const wait = retryAfter[reason];
  const headers = {
    ...(status === 401 ? { 'WWW-Authenticate': 'Bearer' } : {}),
    ...(wait === undefined ? {} : { 'Retry-After': wait }),
    // What was not read of a body must not be taken for the next request.
    ...(request.complete ? {} : { Connection: 'close' }),
  };
  const problem = { type: 'about:blank', title: STATUS_CODES[status] ?? '', status, detail, reason };
  send(response, {
    status,
    headers,
    body: { type: 'application/problem+json', text: `${JSON.stringify(problem)}\n` },
  });
}

/** Runs a handler of an application's call: what it throws on purpose is told, all else is told as unknown state. */
export async function answering(
  exchange: Exchange,
  onFailure: (what: string, error: unknown) => void,
  handle: () => Promise<void>,
): Promise<void> {
  try {
    await handle();
  } catch (error) {
    if (error instanceof CallRefused) return sendProblem(exchange, error.refusal);
    onFailure('a call of an application failed', error);
    sendProblem(exchange, {
      reason: 'StateUnavailable',
      detail: 'What this depends on could not be read. Ask again in a few seconds.',
    });
  }
}
