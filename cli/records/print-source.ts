/** Prints records from a source: as a table for people, or as data. */
import { escapeUnsafe } from '../../crds/audit/clean-text.ts';
import type { StoredRecord } from '../../crds/audit/record.ts';
import { readStoredRecord } from '../../crds/audit/stored-record.ts';
import { type CommandInput, type ExitCode, exitCodes, type Terminal, UsageError } from '../command.ts';
import { createTable } from '../output-table.ts';
import { openSource } from './open-source.ts';
import { type PrintFormat, printFormats } from './record-source.ts';
import { tableColumns, wideColumns } from './record-table.ts';

/** Lines that become text together. */
const pageLines = 500;

/** Prints what the options name. */
export async function printSource(input: CommandInput, terminal: Terminal): Promise<ExitCode> {
  const output = input.option('output');
  const format = printFormats.find((known) => known === output);
  if (format === undefined) throw new UsageError(`--output must be one of ${printFormats.join(', ')}`);
  const after = wholeNumber(input.option('after') ?? '0', '--after');
  const most = input.option('limit');
  const limit = most === undefined ? Number.POSITIVE_INFINITY : wholeNumber(most, '--limit');
  const source = await openSource(input, terminal);
  try {
    return await print(limited(source.lines(after), limit), await printerOf(format), terminal);
  } finally {
    await source.close();
  }
}

function wholeNumber(text: string, option: string): number {
  if (!/^(0|[1-9][0-9]{0,14})$/.test(text)) throw new UsageError(`${option} must be a whole number`);
  return Number(text);
}

async function* limited(lines: AsyncIterable<string>, limit: number): AsyncIterable<string> {
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

async function printerOf(format: PrintFormat): Promise<Printer> {
  // Escaping changes no line that the store wrote; a forged one must not reach the terminal raw.
  if (format === 'json') return (page) => page.map(({ line }) => `${escapeUnsafe(line)}\n`).join('');
  if (format === 'yaml') {
    const { stringify } = await import('yaml');
    return (page) => page.map(({ record }) => `---\n${stringify(record, { lineWidth: 0 })}`).join('');
  }
  const table = createTable(format === 'wide' ? wideColumns : tableColumns);
  return (page) => table.print(page.map(({ record }) => record));
}

async function print(lines: AsyncIterable<string>, printer: Printer, terminal: Terminal): Promise<ExitCode> {
  let page: Printed[] = [];
  let unreadable = 0;
  for await (const line of lines) {
    const record = recordIn(line);
    if (record === undefined) {
      unreadable += 1;
      terminal.say(`not a record: ${escapeUnsafe(line.slice(0, 200))}`);
      continue;
    }
    page.push({ line, record });
    if (page.length < pageLines) continue;
    await terminal.out(printer(page));
    page = [];
  }
  await terminal.out(printer(page));
  return unreadable === 0 ? exitCodes.good : exitCodes.bad;
}

function recordIn(line: string): StoredRecord | undefined {
  try {
    // Schema first: only cleaned text of known fields goes on to a terminal.
    const read = readStoredRecord(JSON.parse(line));
    return read.ok ? read.record : undefined;
  } catch {
    return undefined;
  }
}
