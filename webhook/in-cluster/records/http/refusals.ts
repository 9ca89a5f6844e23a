/** What a caller is told that gets nothing. */
import type { ErrorRequestHandler, Response } from 'express';
import type { CallProblem } from '../../../../trail/wire.ts';
import { TooManyCallers } from '../../../callers/token-review.ts';
import type { RecordStore } from '../store.ts';

/** Sends the refusal. */
export function refuse(response: Response, status: number, problem: CallProblem): void {
  response.status(status).json(problem);
}

/** Nothing can be appended. 507 where it is space that is missing: that is the customer's to give, and all that there is to do. */
export function refuseHalted(response: Response, store: RecordStore): void {
  const { reason = 'they are being opened' } = store.health();
  const status = /full|ENOSPC|quota/i.test(reason) ? 507 : 503;
  refuse(response, status, { code: 'records_halted', detail: `the records take nothing: ${reason}` });
}

/** The last handler: what a handler threw. Only what the caller did is told; `report` hears the rest. */
export function failing(report: (error: unknown) => void): ErrorRequestHandler {
  // oxlint-disable-next-line max-params -- express knows an error handler by its four parameters
  return (error: unknown, _request, response, _next) => {
    // Said to the caller alone: a line in our log for each would be one more thing to flood.
    if (error instanceof TooManyCallers)
      return refuse(response, 429, { code: 'records_unavailable', detail: 'too many callers at one time' });

    const status = error instanceof Error && 'status' in error ? Number(error.status) : 0;
    // What the body parser says of a body (malformed, too large) is the caller's to know; anything else is not.
    if (status >= 400 && status < 500)
      return refuse(response, status, { code: 'records_invalid', detail: 'the body cannot be read' });

    report(error);
    return refuse(response, 503, { code: 'records_unavailable', detail: 'the records cannot answer now' });
  };
}
