/** The options of the commands that read records, and the form of the places that they name. */
import { isUtf8 } from 'node:buffer';
import { Option, type Command as Parser } from 'commander';
import type { Head } from '../../crds/audit/verify.ts';
import { defaultNamespaces } from '../../crds/names.ts';
import type { RecordQuery } from '../../crds/search/record-query.ts';
import type { ExportResponse, ExportWish, SearchResponse } from '../../trail/wire.ts';
import { CannotTell } from '../command.ts';

/** A place that holds records: the store's file, a copy, or the records' HTTPS server. */
export interface RecordSource {
  /** Name and end of the log as the source remembers them apart from the records; a plain copy remembers none. */
  head(): Promise<(Head & { readonly log: string }) | undefined>;
  /** What the source holds beside the records, to be compared with them. From here on it is read as it is now. */
  beside?(): TablesBeside;
  /** Lines after the given sequence number, in the order in which they are stored. */
  lines(after: number): AsyncIterable<string>;
  /** The same from the other end, before the given sequence number; a plain copy has no way to. */
  backwards?(before: number | undefined): AsyncIterable<string>;
  /** What it finds by itself, a page; undefined where an earlier release stands there, which has no search. */
  search?(wish: SearchWish): Promise<SearchResponse | undefined>;
  /** Whether it may hold more when it is read again. */
  readonly grows?: true;
  /** Asks for a part to take along, which is recorded before a line of it is given; where nothing records readings there is no such way. */
  export?(wish: ExportWish): Promise<ExportedPart>;
  close(): Promise<void>;
}

/** A part that may be taken along. */
export interface ExportedPart extends ExportResponse {
  lines(): AsyncIterable<string>;
}

/** What is looked for, and which part of it. */
export interface SearchWish extends RecordQuery {
  readonly newestFirst: boolean;
  readonly after: number;
  readonly before?: number | undefined;
  readonly limit: number;
}

/** What is wrong with a source that its records alone do not show. */
export interface SourceFault {
  readonly state: 'tampered';
  readonly why: string;
}

/** The source was read, and is not as the store makes it: a file without one of its tables, or with broken pages. */
export class DamagedSource extends CannotTell {}

/**
 * The line that these bytes are. Bytes that are no text would be read like the sign that stands for such bytes, and so like
 * another record; they are none, and the verifier then names the place.
 */
export function lineOf(bytes: Uint8Array): string {
  return isUtf8(bytes) ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8') : '';
}

/** Compares what a source holds beside the records with the records themselves, which are given in order. */
export interface TablesBeside {
  /** True when a fault is certain and reading on is of no use. */
  add(line: string): boolean;
  /** What is wrong, once all records were given. */
  finish(): SourceFault | undefined;
}

/** Adds the options that name a source; without one it is the installation in the cluster of the call. */
export function addSourceOptions(parser: Parser): void {
  const options = [
    new Option('-n, --namespace <name>', 'where the release is').default(defaultNamespaces.release),
    new Option(
      '--file <path>',
      'the records file (records.db), or a copy written by "records print -o json"; - is stdin',
    ),
    new Option('--url <url>', 'the address of the records, for example https://127.0.0.1:8445'),
    new Option('--ca-file <path>', 'CA certificates for --url (PEM)'),
    new Option(
      '--server-name <name>',
      'name in the certificate of --url, when it is reached under another one',
    ),
    new Option(
      '--token-file <path>',
      'a token for the audience support-access in place of your own; or set SUPPORT_ACCESS_TOKEN',
    ),
  ];
  for (const option of options) parser.addOption(option.helpGroup('Where the records are:'));
}
