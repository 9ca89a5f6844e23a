/** Prints records from a source: as a table for people, or as data. */
import { escapeUnsafe } from '../../crds/audit/clean-text.ts';
import type { StoredRecord } from '../../crds/audit/record.ts';
import {
  type CommandInput,
  type ExitCode,
  exitCodes,
  type OutputFormat,
  type Terminal,
  UsageError,
} from '../command.ts';
import { formatOf } from '../output/print-object.ts';
import { createTable } from '../output-table.ts';
import { byTime } from './by-time.ts';
import { type FindWish, type FoundLine, findRecords, type SearchState } from './find-records.ts';
import { withSource } from './open-source.ts';
import { isSearch, queryOf } from './record-filter.ts';
import type { RecordSource } from './record-source.ts';
import { fittedRecords, wideColumns } from './record-table.ts';

/** Prints what the options name. */
export async function printSource(input: CommandInput, terminal: Terminal): Promise<ExitCode> {
  const format = formatOf(input);
  const wish = wishOf(input, terminal);
  const { zone } = terminal;
  const printer = await printerOf(format, terminal);
  if (format === undefined) terminal.say(`Times are those of ${zone}.`);
  return withSource(input, terminal, async (source) => {
    const state: SearchState = {};
    const isSearched = isSearch(wish);
    const pages = findRecords(isSearched ? source : asLines(source), wish, { state, terminal });
    const ordered = input.flag('byTime') ? byTime(pages, wish.newestFirst) : pages;
    const code = await print(ordered, printer, terminal);
    for (const line of isSearched ? underWhich(state, wish) : []) terminal.say(line);
    return code;
  });
}

/** All records are read as they lie, without the search of their place. */
function asLines(source: RecordSource): RecordSource {
  return {
    head: () => source.head(),
    lines: (after) => source.lines(after),
    close: () => source.close(),
  };
}

function wishOf(input: CommandInput, terminal: Terminal): FindWish {
  const [most, before] = [input.option('limit'), input.option('before')];
  const wish: FindWish = {
    ...queryOf(input, { now: terminal.now(), zone: terminal.zone }),
    after: wholeNumber(input.option('after') ?? '0', '--after'),
    ...(before === undefined ? {} : { before: wholeNumber(before, '--before') }),
    limit: most === undefined ? Number.POSITIVE_INFINITY : wholeNumber(most, '--limit'),
    newestFirst: input.flag('newestFirst'),
    follow: input.flag('follow'),
  };
  const against = {
    '--newest-first': wish.newestFirst,
    '--before': before !== undefined,
    '--by-time': input.flag('byTime'),
  };
  const other = Object.entries(against).find(([, isGiven]) => isGiven)?.[0];
  if (wish.follow && other !== undefined) {
    throw new UsageError(
      `--follow goes on with what is recorded from now on, and cannot be given with ${other}; leave one out`,
    );
  }
  return wish;
}

/** The number of an option. */
export function wholeNumber(text: string, option: string): number {
  if (!/^(0|[1-9][0-9]{0,14})$/.test(text))
    throw new UsageError(`${option} must be a whole number such as 100, and is "${text.slice(0, 40)}"`);
  return Number(text);
}

/** Under which end of the log it was read, and how to go on. */
function underWhich({ head, next }: SearchState, { newestFirst }: FindWish): string[] {
  return [
    ...(head === undefined
      ? []
      : [`Searched up to record ${head.seq}, under the head ${head.seq}:${head.hash}.`]),
    ...(next === undefined
      ? []
      : [`There may be more: go on with ${newestFirst ? '--before' : '--after'} ${next}.`]),
  ];
}

/** Turns records and the lines they came from into text. */
type Printer = (page: readonly Printed[]) => string;

interface Printed {
  readonly line: string;
  readonly record: StoredRecord;
}

async function printerOf(format: OutputFormat | undefined, { columns, zone }: Terminal): Promise<Printer> {
  // Escaping changes no line that the store wrote; a forged one must not reach the terminal raw.
  if (format === 'json') return (page) => page.map(({ line }) => `${escapeUnsafe(line)}\n`).join('');
  if (format === 'yaml') {
    const { yamlOf } = await import('../output/yaml.ts');
    return (page) => page.map(({ record }) => `---\n${yamlOf(record)}`).join('');
  }
  const wide = createTable(wideColumns);
  const fitted = fittedRecords(columns, zone);
  const shown = (records: readonly StoredRecord[]) =>
    format === 'wide' ? wide.print(records) : fitted(records);
  return (page) => shown(page.map(({ record }) => record));
}

async function print(
  pages: AsyncIterable<readonly FoundLine[]>,
  printer: Printer,
  terminal: Terminal,
): Promise<ExitCode> {
  let unreadable = 0;
  let isFirst = true;
  for await (const lines of pages) {
    const page: Printed[] = [];
    for (const { line, record } of lines) {
      if (record !== undefined) page.push({ line, record });
      else terminal.say(`not a record: ${escapeUnsafe(line.slice(0, 200))}`);
    }
    unreadable += lines.length - page.length;
    if (page.length > 0 || isFirst) await terminal.out(printer(page));
    isFirst = false;
    if (terminal.isClosed?.() === true) break;
  }
  return unreadable === 0 ? exitCodes.good : exitCodes.bad;
}
