/** Prints records from a source: as a table for people, or as data. */
import { escapeUnsafe } from '../../crds/audit/clean-text.ts';
import type { StoredRecord } from '../../crds/audit/record.ts';
import { readStoredRecord } from '../../crds/audit/stored-record.ts';
import { type CommandInput, type ExitCode, exitCodes, type Terminal, UsageError } from '../command.ts';
import { createTable } from '../output-table.ts';
import { withSource } from './open-source.ts';
import { filterOf, type RecordFilter } from './record-filter.ts';
import { type PrintFormat, printFormats } from './record-source.ts';
import { fittedRecords, wideColumns } from './record-table.ts';

/** Lines that become text together. */
const pageLines = 500;

/** Prints what the options name. */
export async function printSource(input: CommandInput, terminal: Terminal): Promise<ExitCode> {
  const output = input.option('output');
  const format = printFormats.find((known) => known === output);
  if (format === undefined) {
    throw new UsageError(
      `--output must be one of ${printFormats.join(', ')}; write for example --output json`,
    );
  }
  const after = wholeNumber(input.option('after') ?? '0', '--after');
  const most = input.option('limit');
  const limit = most === undefined ? Number.POSITIVE_INFINITY : wholeNumber(most, '--limit');
  const { zone } = terminal;
  const isWanted = filterOf(input, { now: terminal.now(), zone });
  const printer = await printerOf(format, terminal);
  if (format === 'table') terminal.say(`Times are those of ${zone}.`);
  return withSource(input, terminal, (source) =>
    print(limited(wanted(source.lines(after), isWanted), limit), printer, terminal),
  );
}

/** The number of an option. */
export function wholeNumber(text: string, option: string): number {
  if (!/^(0|[1-9][0-9]{0,14})$/.test(text))
    throw new UsageError(`${option} must be a whole number such as 100, and is "${text.slice(0, 40)}"`);
  return Number(text);
}

interface Line {
  readonly line: string;
  /** Undefined where the line is no record. */
  readonly record: StoredRecord | undefined;
}

/** What is no record is seen whatever is asked for. */
async function* wanted(lines: AsyncIterable<string>, isWanted: RecordFilter): AsyncIterable<Line> {
  for await (const line of lines) {
    const record = recordIn(line);
    if (record === undefined || isWanted(record)) yield { line, record };
  }
}

async function* limited(lines: AsyncIterable<Line>, limit: number): AsyncIterable<Line> {
  let left = limit;
  if (left === 0) return;
  for await (const line of lines) {
    yield line;
    left -= 1;
    if (left === 0) return;
  }
}

/** Turns records and the lines they came from into text. */
type Printer = (page: readonly Printed[]) => string;

interface Printed {
  readonly line: string;
  readonly record: StoredRecord;
}

async function printerOf(format: PrintFormat, { columns, zone }: Terminal): Promise<Printer> {
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

async function print(lines: AsyncIterable<Line>, printer: Printer, terminal: Terminal): Promise<ExitCode> {
  let page: Printed[] = [];
  let unreadable = 0;
  for await (const { line, record } of lines) {
    if (record === undefined) {
      unreadable += 1;
      terminal.say(`not a record: ${escapeUnsafe(line.slice(0, 200))}`);
      continue;
    }
    page.push({ line, record });
    if (page.length < pageLines) continue;
    await terminal.out(printer(page));
    page = [];
    if (terminal.isClosed?.() === true) break;
  }
  await terminal.out(printer(page));
  return unreadable === 0 ? exitCodes.good : exitCodes.bad;
}

/** The record of a line as the store writes it; undefined for what is none. */
export function recordIn(line: string): StoredRecord | undefined {
  try {
    // Schema first: only cleaned text of known fields goes on to a terminal.
    const read = readStoredRecord(JSON.parse(line));
    return read.ok ? read.record : undefined;
  } catch {
    return undefined;
  }
}
