/**
 * Reading the records over HTTP. That they were read is itself recorded, with the person who did it, before they learn
 * anything: what cannot be recorded is not read here.
 */
import type { Request, RequestHandler, Response } from 'express';
import type { RecordStore } from '../store.ts';
import { pageOf } from './page-query.ts';
import { type Readings, type RecordsReader, readingRate } from './readings.ts';
import { refuse, refuseHalted, told } from './refusals.ts';

/** Most lines and roughly most bytes of one page; the reader asks on with `after`. */
const pageLines = 100;
const maxPageBytes = 8 * 1024 * 1024;

/** The route's handler. Its caller is known, and may read. */
export function serveReading(store: RecordStore, readings: Readings): RequestHandler {
  return async (request: Request, response: Response) => {
    const page = pageOf(new URL(request.url, 'https://records').searchParams);
    if ('problem' in page) return refuse(response, 422, { code: 'records_invalid', detail: page.problem });
    const lines = await readPage(store, page);
    const read = {
      reader: response.locals['reader'] as RecordsReader,
      peer: request.socket.remoteAddress ?? '',
      first: page.after + 1,
      last: page.after + lines.length,
    };
    const outcome = lines.length === 0 ? 'recorded' : await readings.record(read);
    if (outcome === 'halted') return refuseHalted(response, store);
    if (outcome === 'too many') return refuseTooMany(response);
    const text = lines.map((line) => `${line}\n`).join('');
    response.set('content-type', 'application/x-ndjson').send(Buffer.from(text));
  };
}

function refuseTooMany(response: Response): void {
  response.set('retry-after', String(readingRate.everySeconds));
  refuse(response, 429, { code: 'records_unavailable', detail: told.tooManyReadings });
}

async function readPage(
  store: RecordStore,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<readonly string[]> {
  const read: string[] = [];
  let bytes = 0;
  while (read.length < limit && bytes < maxPageBytes) {
    const left = Math.min(limit - read.length, pageLines);
    const lines = await store.read({ after: after + read.length, limit: left });
    if (lines.length === 0) break;
    read.push(...lines);
    bytes += lines.reduce((sum, line) => sum + line.length, 0);
  }
  return read;
}
