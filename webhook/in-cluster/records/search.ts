/** The port of the search among records: what is asked, and what is answered. It knows nothing of HTTP or rights. */
import type { RecordQuery } from '../../../crds/search/record-query.ts';
import type { LogHead } from './store.ts';

/** One page of a search, by sequence numbers, so that each page costs the same and none is given twice. */
export interface SearchPage extends RecordQuery {
  readonly newestFirst: boolean;
  /** Only records after this one. */
  readonly after: number;
  /** Only records before this one. */
  readonly before?: number;
  readonly limit: number;
}

export type SearchResult =
  | {
      readonly state: 'found';
      /** The end of the log under which it was read. */
      readonly head: LogHead;
      /** Canonical lines in the order that was asked for. */
      readonly lines: readonly string[];
      /** The last record that was looked at: where to go on. */
      readonly at: number;
      /** Whether there is more to look at, with or without records that are meant. */
      readonly more: boolean;
    }
  /** The index is being made: so many of all records are in it. */
  | { readonly state: 'indexing'; readonly done: number; readonly of: number };

export interface RecordSearch {
  /** @throws SupportAccessError `records_unavailable` when it cannot be answered. */
  search(page: SearchPage): Promise<SearchResult>;
  close(): Promise<void>;
}

/** No search: of a program without a file. */
export const noSearch: RecordSearch = {
  search: () => Promise.reject(new Error('these records have no search')),
  close: () => Promise.resolve(),
};
