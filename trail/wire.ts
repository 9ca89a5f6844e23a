/**
 * What do client and records door say to each other? Shapes and bounds of the append call, and nothing that sends it.
 */
import type { ErrorCode } from '../crds/errors.ts';
import type { Receipt } from './trail.ts';

/** Audience of the ServiceAccount tokens that the records door takes. */
export const recordsAudience = 'support-access';

/** Most bytes of one append call. */
export const maxAppendBytes = 1024 * 1024;

/**
 * Answer of `POST /v1/records` to `{ groups: NewRecord[][] }`: what became of each group, in order. Groups of different
 * callers travel together and succeed or fail one by one.
 */
export interface AppendAnswer {
  readonly results: readonly GroupResult[];
}

export type GroupResult = { readonly receipts: readonly Receipt[] } | Problem;

/** Why a call or one group of it was refused; also the body of every answer that is no success. */
export interface Problem {
  readonly code: ErrorCode;
  readonly detail: string;
}

/** Answer of `GET /v1/head`. */
export interface HeadAnswer {
  readonly log: string;
  readonly seq: number;
  readonly hash: string;
}
