/** Tells how each request to admission went, for metrics. It changes nothing about the response. */
import type { ServerResponse } from 'node:http';
import type { EntryPath } from '../../../crds/rules/registration.ts';
import type { AdmissionResponse } from './review.ts';

/** What came out of a review. */
export type ReviewOutcome = 'allowed' | 'refused' | 'unavailable' | 'unreadable';

/** The status of a request whose connection ended before its response. */
export const brokenOff = '<broken off>';

export interface ReviewObserver {
  /** A request began that may be a review. */
  readonly began: (path: EntryPath) => void;
  readonly reviewed: (path: EntryPath, outcome: ReviewOutcome) => void;
  /** A mistake of the program kept it from being answered. */
  readonly failed: () => void;
  readonly ended: (path: EntryPath, end: { readonly code: string; readonly ms: number }) => void;
}

/** Follows one response from now on. */
export function observeReview(observer: ReviewObserver, path: EntryPath, response: ServerResponse): void {
  const beganAt = performance.now();
  observer.began(path);
  response.once('close', () => {
    const code = response.writableFinished ? String(response.statusCode) : brokenOff;
    observer.ended(path, { code, ms: performance.now() - beganAt });
  });
}

/** What the API server is told; undefined where the request was no review. */
export function outcomeOf(reviewed: AdmissionResponse | undefined): ReviewOutcome {
  if (reviewed === undefined) return 'unreadable';
  const { allowed, status } = reviewed.response;
  if (allowed === true) return 'allowed';
  const code = typeof status === 'object' && status !== null && 'code' in status ? status.code : undefined;
  return code === 503 ? 'unavailable' : 'refused';
}
