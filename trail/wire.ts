/** Shapes and bounds of the calls between client and records, how a refusal reads, and nothing that sends them. */
import type { Requester } from '../crds/audit/requester.ts';
import type { ErrorCode } from '../crds/errors.ts';
import { redactedText } from '../process/redaction.ts';
import type { Receipt } from './trail.ts';

/** Audience of the ServiceAccount tokens that the records take. */
export const recordsAudience = 'support-access';

/** Most bytes of one append call. */
export const maxAppendBytes = 1024 * 1024;

/**
 * Response of `POST /v1/records` to `{ groups: NewRecord[][] }`: what became of each group, in order. Groups of different
 * callers travel together and succeed or fail one by one.
 */
export interface AppendResponse {
  readonly results: readonly GroupResult[];
}

export type GroupResult = { readonly receipts: readonly Receipt[] } | CallProblem;

/** Why a call or one group of it was refused; also the body of every response that is no success. */
export interface CallProblem {
  readonly code: ErrorCode;
  readonly detail: string;
}

/** The problem that a refusal tells, as far as its body is one of ours. */
export function problemIn(text: string): Partial<CallProblem> | undefined {
  try {
    return JSON.parse(text) as Partial<CallProblem>;
  } catch {
    return undefined;
  }
}

/** Its words, for a log or a status. */
export function detailIn(text: string): string | undefined {
  const detail = problemIn(text)?.detail;
  return typeof detail === 'string' ? redactedText(detail) : undefined;
}

/** Response of `GET /v1/head`. */
export interface HeadResponse {
  readonly log: string;
  readonly seq: number;
  readonly hash: string;
}

/** Which part of the records is asked for, in a call of `POST /v1/exports`: after one record, up to another or to the end. */
export interface ExportWish {
  readonly after: number;
  readonly until?: number;
  readonly format: ExportFormat;
}

export const exportFormats = ['jsonl', 'csv'] as const;
export type ExportFormat = (typeof exportFormats)[number];

/** Response of `POST /v1/exports`: it is recorded, and its pages are under `/v1/exports/{id}?after=&limit=` for a day. */
export interface ExportResponse {
  /** The id of the record that tells of it. */
  readonly id: string;
  readonly after: number;
  readonly until: number;
  /** The end of the log as it was then. */
  readonly head: HeadResponse;
  /** As whom the records know who asks. */
  readonly person: string;
}

/** Most lines of one of its pages. */
export const mostExportedLines = 5000;

/** Response of `GET /v1/search`: a page of what was searched for. */
export interface SearchResponse {
  /** The end of the log under which it was read. */
  readonly head: HeadResponse;
  /** Canonical lines in the order that was asked for. */
  readonly lines: readonly string[];
  /** The last record that was looked at, after or before which to go on. */
  readonly at: number;
  readonly more: boolean;
}

/** How far the clock of a program is from the API server's. */
export interface ProgramClock {
  readonly program: 'gateway' | 'operator' | 'webhook';
  /** The API server's time minus the program's, milliseconds. */
  readonly offsetMs: number;
}

/** More than any clock is off: what a program says beyond it is not believed. */
export const mostOffsetMs = 1e13;

/**
 * Response of `POST /v1/instances` to `{ instance, clockOffsetMs, nearMisses? }`: what those that live said. Who does not tell its own
 * offset gets no body, as in older releases.
 */
export interface InstancesResponse {
  readonly clocks: readonly ProgramClock[];
  /** Names of SupportUsers whom an identity provider named almost as they are on file; older records tell none. */
  readonly nearMisses?: readonly string[];
  /** To the operator alone; older records tell none, nor do those that cannot ask their file system. */
  readonly volume?: RecordsVolume;
}

/** How full the volume of the records is, in the steps at which people are told. */
export type VolumeLevel = 'fine' | 'filling' | 'almost-full';

/** The volume of the records as it is. */
export interface RecordsVolume {
  readonly bytes: number;
  readonly freeBytes: number;
  readonly usedPercent: number;
  readonly level: VolumeLevel;
}

/** So many are told at most. */
export const mostNearMisses = 50;

/** Most writes of one `POST /v1/requesters`. */
export const maxStoredWrites = 100;

/** Response of `POST /v1/requesters` to `{ writes: StoredWrite[] }`: who asked for each, in order. */
export interface RequestersResponse {
  readonly requesters: readonly Requester[];
}

/** One thing that came back from a backup of the cluster, or a lock that was lost by one. */
export interface RestoredThing {
  /** By which it is confirmed: another one each time that it is found. */
  readonly subject: string;
  /** What was known of it, in words: `its generation was 7`. */
  readonly known?: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
}

/** Response of `GET /v1/restores`, and of `POST /v1/restores` to `{ subjects: string[], only?: true }`: what is refused, or was until now. */
export interface RestoresResponse {
  readonly restored: readonly RestoredThing[];
}
