/** What a caller is told that gets nothing. */
import type { ErrorRequestHandler, Response } from 'express';
import { type CallProblem, maxAppendBytes } from '../../../../trail/wire.ts';
import { TooManyCallers } from '../../../callers/token-review.ts';
import type { RecordStore } from '../store.ts';
import { readingRate, repeatRate, underWay } from './reading-bounds.ts';

/** What callers read who are refused, each with the rule and the way out. */
export const told = {
  noSuchPath:
    'the path must be /v1/records, /v1/search, /v1/head, /v1/exports, /v1/instances, /v1/notices, /v1/requesters, /v1/restores, /v1/restores/check or /v1/witness; to read, use records print',
  notSignedIn:
    'the call must have a token for the audience support-access that has not expired; make one, for example with kubectl create token --audience support-access',
  noRight: (verb: string) =>
    `the caller must have the right ${verb} on auditrecords.supportaccess.dev; give it, for example by the ClusterRole support-access-${verb === 'restore' ? 'administrator' : 'auditor'}`,
  notJson: 'the body must be JSON; send "Content-Type: application/json"',
  notOperator: 'the caller must be the operator, by its own ServiceAccount; use records print to read',
  notWriter:
    'the caller must be the gateway or the operator, by its own ServiceAccount in the release namespace; use records print to read',
  tooManyReadings: `a person may read ${readingRate.pages} pages and then one every ${readingRate.everySeconds} seconds, since each is recorded; try again in ${readingRate.everySeconds} seconds`,
  tooManyAtOnce: `a person may have ${underWay.each} pages on their way at one time, and all together ${underWay.all}; try again in a second`,
  tooManyHeads: `a person may ask for the head ${repeatRate.times} times and then once a second; try again in a second`,
  tooManyCallers: 'too many unknown tokens are being looked up; try again in a second',
  unreadableBody: `the body must be JSON of at most ${maxAppendBytes / 1024 / 1024} MiB, not compressed; send, for example, {"groups":[[]]} with records in it`,
  cannotAnswer: 'the records cannot answer now, and the log of the webhook says why; try again',
} as const;

/** Sends the refusal. */
export function refuse(response: Response, status: number, problem: CallProblem): void {
  response.status(status).json(problem);
}

/** Nothing can be appended. 507 where it is space that is missing: that is the customer's to give, and all that there is to do. */
export function refuseHalted(response: Response, store: Pick<RecordStore, 'health'>): void {
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
      return refuse(response, 429, { code: 'records_unavailable', detail: told.tooManyCallers });

    const status = error instanceof Error && 'status' in error ? Number(error.status) : 0;
    // What the body parser says of a body (malformed, too large) is the caller's to know; anything else is not.
    if (status >= 400 && status < 500)
      return refuse(response, status, { code: 'records_invalid', detail: told.unreadableBody });

    report(error);
    return refuse(response, 503, { code: 'records_unavailable', detail: told.cannotAnswer });
  };
}
