/**
 * Reading the records over HTTP. That they were read is itself recorded, with the person who did it, before they learn
 * anything: what cannot be recorded is not read here. Who may read no more now costs no reading either.
 */
import type { Request, RequestHandler, Response } from 'express';
import type { HeadResponse } from '../../../../trail/wire.ts';
import type { RecordStore } from '../store.ts';
import { pageOf } from './page-query.ts';
import { type ReadingTurn, readingRate, repeatRate, type TooMuch } from './reading-bounds.ts';
import type { Readings, RecordsReader } from './readings.ts';
import { refuse, refuseHalted, told } from './refusals.ts';

/** Most lines and roughly most bytes of one page; the reader asks on with `after`. */
const pageLines = 100;
const maxPageBytes = 8 * 1024 * 1024;

/** The route's handler. Its caller is known, and may read. */
export function serveReading(store: RecordStore, readings: Readings): RequestHandler {
  return async (request: Request, response: Response) => {
    const page = pageOf(new URL(request.url, 'https://records').searchParams);
    if ('problem' in page) return refuse(response, 422, { code: 'records_invalid', detail: page.problem });
    const reader = response.locals['reader'] as RecordsReader;
    // Who has hung up by now would never be seen to end.
    if (response.destroyed) return;
    const turn = readings.begin(reader.person);
    if (typeof turn === 'string') return refuseTooMuch(response, turn);
    await whileUnderWay(response, turn, async () => {
      const lines = await readPage(store, page, response);
      // Who has gone learns nothing, and nothing is recorded of it.
      if (response.destroyed) return;
      const read = {
        reader,
        peer: request.socket.remoteAddress ?? '',
        first: page.after + 1,
        last: page.after + lines.length,
      };
      const outcome = lines.length === 0 ? 'counted' : await readings.record(read);
      if (outcome === 'halted') return refuseHalted(response, store);
      if (outcome === 'counted') turn.leftNoRecord();
      sendLines(response, lines);
    });
  };
}

/**
 * Until it was read and has left: what a slow reader does not take stays in memory, and who hangs up still costs what is being read.
 * Where `serve` throws, the last handler answers, so that the turn ends then.
 */
export async function whileUnderWay(
  response: Response,
  turn: ReadingTurn,
  serve: () => Promise<void>,
): Promise<void> {
  const left = new Promise<void>((resolve) => {
    if (response.closed) resolve();
    else response.once('close', () => resolve());
  });
  try {
    await serve();
  } finally {
    void left.then(() => turn.end());
  }
}

/** A page of records, a line each. */
export function sendLines(response: Response, lines: readonly string[]): void {
  const text = lines.map((line) => `${line}\n`).join('');
  response.set('content-type', 'application/x-ndjson').send(Buffer.from(text));
}

/** The route's handler for the end of the log. Its caller is known, and may read. */
export function serveHead(store: RecordStore, readings: Readings): RequestHandler {
  return async (_request: Request, response: Response) => {
    const { person } = response.locals['reader'] as RecordsReader;
    if (!readings.mayHaveHead(person)) return refuseTooMuch(response, 'too many heads');
    response.json((await store.head()) satisfies HeadResponse);
  };
}

const refusals = {
  'too many': [readingRate.everySeconds, told.tooManyReadings],
  'too many at once': [1, told.tooManyAtOnce],
  'too many heads': [repeatRate.everySeconds, told.tooManyHeads],
} as const satisfies Record<TooMuch | 'too many heads', unknown>;

/** Says that a person has had as much as they may. */
export function refuseTooMuch(response: Response, why: keyof typeof refusals): void {
  const [seconds, detail] = refusals[why];
  response.set('retry-after', String(seconds));
  refuse(response, 429, { code: 'records_unavailable', detail });
}

/** So many lines after one, as far as a page may be, and as long as its reader is there. */
export async function readPage(
  store: Pick<RecordStore, 'read'>,
  { after, limit }: { readonly after: number; readonly limit: number },
  reader: Pick<Response, 'destroyed'>,
): Promise<readonly string[]> {
  const read: string[] = [];
  let bytes = 0;
  while (read.length < limit && bytes < maxPageBytes && !reader.destroyed) {
    const left = Math.min(limit - read.length, pageLines);
    const lines = await store.read({ after: after + read.length, limit: left });
    if (lines.length === 0) break;
    read.push(...lines);
    bytes += lines.reduce((sum, line) => sum + line.length, 0);
  }
  return read;
}
