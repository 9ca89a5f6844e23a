/**
 * Searching the records over HTTP. Who searched for what is recorded before an answer is given, found or not: that there is
 * nothing says something too. Pages of one search are one reading, which is counted while it goes on.
 */
import type { Request, RequestHandler, Response } from 'express';
import { queryInWords } from '../../../../crds/search/record-query.ts';
import type { SearchResponse } from '../../../../trail/wire.ts';
import type { RecordSearch, SearchResult } from '../search.ts';
import type { RecordStore } from '../store.ts';
import { refuseTooMuch, whileUnderWay } from './reading.ts';
import type { PageRead, Readings, RecordsReader } from './readings.ts';
import { refuse, refuseHalted } from './refusals.ts';
import { searchPageOf } from './search-query.ts';

/** The route's handler. Its caller is known, and may read. */
export function serveSearch(
  search: RecordSearch,
  store: Pick<RecordStore, 'health'>,
  readings: Readings,
): RequestHandler {
  return async (request: Request, response: Response) => {
    const page = searchPageOf(new URL(request.url, 'https://records').searchParams);
    if ('problem' in page) return refuse(response, 422, { code: 'records_invalid', detail: page.problem });
    const reader = response.locals['reader'] as RecordsReader;
    // Who has hung up by now would never be seen to end.
    if (response.destroyed) return;
    const turn = readings.begin(reader.person);
    if (typeof turn === 'string') return refuseTooMuch(response, turn);
    await whileUnderWay(response, turn, async () => {
      const answer = await search.search(page);
      if (answer.state === 'indexing') return refuseForNow(response, answer);
      // Who has gone learns nothing, and nothing is recorded of it.
      if (response.destroyed) return;
      const { head, lines, at, more } = answer;
      const read: PageRead = {
        reader,
        peer: request.socket.remoteAddress ?? '',
        first: 1,
        last: head.seq,
        searched: queryInWords(page),
      };
      // After the end nothing was looked at: so who follows the records leaves no record of having waited.
      const outcome = page.after >= head.seq ? 'counted' : await readings.record(read);
      if (outcome === 'halted') return refuseHalted(response, store);
      if (outcome === 'counted') turn.leftNoRecord();
      response.json({ head, lines, at, more } satisfies SearchResponse);
    });
  };
}

const againSeconds = 5;

function refuseForNow(response: Response, { done, of }: Extract<SearchResult, { state: 'indexing' }>): void {
  const detail = `the index of the records is being made, and ${done} of ${of} are in it; try again in ${againSeconds} seconds`;
  response.set('retry-after', String(againSeconds));
  refuse(response, 503, { code: 'records_unavailable', detail });
}
