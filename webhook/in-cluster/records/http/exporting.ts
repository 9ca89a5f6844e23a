/**
 * Lets a person take a part of the records along. That they do is recorded before the first byte, with the range; the pages that
 * follow belong to that record, so that a part of millions is one record and needs no memory here.
 */
import type { Request, RequestHandler, Response } from 'express';
import type { CanonicalRecord, StoredRecord } from '../../../../crds/audit/record.ts';
import { validateAppend } from '../../../../trail/validate-append.ts';
import {
  type ExportFormat,
  type ExportResponse,
  type ExportWish,
  exportFormats,
  mostExportedLines,
} from '../../../../trail/wire.ts';
import type { RecordStore } from '../store.ts';
import { pageOf } from './page-query.ts';
import { readPage, refuseTooMuch, sendLines, whileUnderWay } from './reading.ts';
import { type Readings, type RecordsReader, readRecord } from './readings.ts';
import { refuse, refuseHalted } from './refusals.ts';

type Store = Pick<RecordStore, 'append' | 'find' | 'head' | 'health' | 'read'>;

/** How long its pages are given. */
const dayMs = 24 * 60 * 60 * 1000;

/** `POST /v1/exports`. Its caller is known, and may export. */
export function serveExport(store: Store, readings: Readings): RequestHandler {
  return async (request: Request, response: Response) => {
    const reader = response.locals['reader'] as RecordsReader;
    const head = await store.head();
    const wish = wishIn(request.body, head.seq);
    if (typeof wish === 'string') return refuse(response, 422, { code: 'records_invalid', detail: wish });
    // It leaves a record, as a page does, and so costs what a page costs.
    if (response.destroyed) return;
    const turn = readings.begin(reader.person);
    if (typeof turn === 'string') return refuseTooMuch(response, turn);
    await whileUnderWay(response, turn, async () => {
      const { after, until = head.seq, format } = wish;
      const range = { first: after + 1, last: until };
      const record = exportRecord(reader, { ...range, format, peer: request.socket.remoteAddress ?? '' });
      const appended = await store.append({ writer: 'store', records: [record] });
      if (!appended.ok) return refuseHalted(response, store);
      const { id, actor } = record.record;
      response.json({ id, after, until, head, person: actor.name } satisfies ExportResponse);
    });
  };
}

/** `GET /v1/exports/{id}`: a page of what was recorded under this id, to the person who asked for it. */
export function serveExportedPage(store: Store, readings: Readings): RequestHandler {
  return async (request: Request, response: Response) => {
    const page = pageOf(new URL(request.url, 'https://records').searchParams, mostExportedLines);
    if ('problem' in page) return refuse(response, 422, { code: 'records_invalid', detail: page.problem });
    const reader = response.locals['reader'] as RecordsReader;
    if (response.destroyed) return;
    const turn = readings.begin(reader.person);
    if (typeof turn === 'string') return refuseTooMuch(response, turn);
    await whileUnderWay(response, turn, async () => {
      turn.leftNoRecord();
      const asked = await exportOf(store, String(request.params['id']), reader);
      if (asked === undefined || page.after < asked.after || page.after >= asked.until)
        return refuse(response, 404, { code: 'records_invalid', detail: noSuchExport });
      const limit = Math.min(page.limit, asked.until - page.after);
      const lines = await readPage(store, { after: page.after, limit }, response);
      if (!response.destroyed) sendLines(response, lines);
    });
  };
}

const noSuchExport =
  'the export must be one that you asked for within a day, and after must lie in its range; ask for it again by POST /v1/exports';

function wishIn(body: unknown, end: number): ExportWish | string {
  const { after = 0, until = end, format = 'jsonl' } = (body ?? {}) as Readonly<Record<string, unknown>>;
  const known = exportFormats.find((each) => each === format);
  if (known === undefined)
    return `format must be ${exportFormats.join(' or ')}, for example {"format":"jsonl"}`;
  if (!isNumber(after) || !isNumber(until) || after >= until || until > end)
    return `after and until must be sequence numbers of the log with records between them, which ends at ${end}; send, for example, {"after":0,"until":${end}}`;
  return { after, until, format: known };
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

interface Exported {
  readonly first: number;
  readonly last: number;
  readonly format: ExportFormat;
  readonly peer: string;
}

const formatNames: Readonly<Record<ExportFormat, string>> = { jsonl: 'JSON lines', csv: 'CSV' };

function exportRecord(reader: RecordsReader, { format, ...read }: Exported): CanonicalRecord {
  const { first, last } = read;
  const told = readRecord({ reader, ...read }, Date.now());
  const as = reader.person === reader.caller.username ? '' : `, as ${reader.caller.username}`;
  const accepted = validateAppend('store', [
    {
      ...told,
      type: 'audit.exported',
      key: keyOf(told.id),
      target: {
        area: 'records',
        action: 'export',
        parameters: { first: String(first), last: String(last), format },
      },
      message: `exports records ${first} to ${last} as ${formatNames[format]}${as}`,
    },
  ]);
  const [record] = accepted.ok ? accepted.records : [];
  // Names come from the API server, and a text is cut or escaped, never refused.
  if (record === undefined) throw new Error(accepted.ok ? 'no record was made' : accepted.detail);
  return record;
}

function keyOf(id: string): string {
  return `audit.exported/${id}`;
}

/** The range that was recorded under this id, where this person asked for it, and not long ago. */
async function exportOf(store: Store, id: string, reader: RecordsReader) {
  const line = await store.find('store', keyOf(id));
  if (line === undefined) return undefined;
  const { actor, target, time } = JSON.parse(line) as StoredRecord;
  const { first, last, format } = target?.parameters ?? {};
  const own = exportRecord(reader, { first: 1, last: 1, format: 'jsonl', peer: '' }).record.actor.name;
  if (actor.name !== own || format === undefined || Date.parse(time) + dayMs < Date.now()) return undefined;
  return { after: Number(first) - 1, until: Number(last) };
}
