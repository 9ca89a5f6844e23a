/** Writes a part of the records into a file, with the manifest that lets it be verified alone. Nothing is kept in memory but a page. */
import { createHash } from 'node:crypto';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { basename } from 'node:path';
import { recordHash } from '../../crds/audit/canonical.ts';
import type { StoredRecord } from '../../crds/audit/record.ts';
import { errorWithCauses } from '../../process/redaction.ts';
import { type ExportFormat, exportFormats, type HeadResponse } from '../../trail/wire.ts';
import {
  CannotTell,
  type CommandInput,
  type ExitCode,
  exitCodes,
  type Terminal,
  UsageError,
} from '../command.ts';
import { recordIn } from './find-records.ts';
import { withSource } from './open-source.ts';
import { hasManifest, manifestPath, type PartManifest } from './part-manifest.ts';
import { wholeNumber } from './print-source.ts';
import { csvRow, csvTitles } from './record-csv.ts';
import type { RecordSource } from './record-source.ts';

const rangeExample = 'write for example --after 0 --last 100';

/** `records export`. */
export async function exportRecords(input: CommandInput, terminal: Terminal): Promise<ExitCode> {
  const to = input.arguments[0] ?? '';
  const format = formatOf(input.option('output'));
  const after = wholeNumber(input.option('after') ?? '0', '--after');
  const last = input.option('last');
  const until = last === undefined ? undefined : wholeNumber(last, '--last');
  const isEmpty = until !== undefined && until <= after;
  if (isEmpty) throw new UsageError(`--last ${until} must be after --after ${after}; ${rangeExample}`);
  if (hasManifest(to))
    throw new UsageError(`${manifestPath(to)} must not be there yet; name a new file, or move both away`);
  return withSource(input, terminal, async (source) => {
    const part = await partOf(source, { after, format, ...(until === undefined ? {} : { until }) });
    const manifest = await written(to, part, format);
    await writeNew(manifestPath(to), (file) => file.writeFile(`${JSON.stringify(manifest, undefined, 2)}\n`));
    terminal.say(
      `Records ${manifest.first} to ${manifest.last} are in ${to}, and what they are verified by in ${manifestPath(to)}.`,
    );
    return exitCodes.good;
  });
}

function formatOf(text = 'jsonl'): ExportFormat {
  const format = exportFormats.find((known) => known === text);
  if (format !== undefined) return format;
  throw new UsageError(`--output must be one of ${exportFormats.join(', ')}; write for example --output csv`);
}

interface Range {
  readonly after: number;
  readonly until?: number;
  readonly format: ExportFormat;
}

interface Part {
  readonly lines: AsyncIterable<string>;
  readonly until: number;
  readonly head?: HeadResponse | undefined;
  readonly person?: string;
  readonly record?: string;
}

/** From the installation it is asked for, and recorded; a file is read as it is. */
async function partOf(source: RecordSource, range: Range): Promise<Part> {
  const { until = Number.MAX_SAFE_INTEGER } = range;
  if (source.export === undefined)
    return { lines: source.lines(range.after), until, head: await source.head() };
  const part = await source.export(range);
  const { id, person, head, until: end } = part;
  return { lines: part.lines(), until: end, head, person, record: id };
}

async function written(to: string, part: Part, format: ExportFormat): Promise<PartManifest> {
  const digest = createHash('sha256');
  const ends: { first?: StoredRecord; last?: StoredRecord; lastLine: string } = { lastLine: '' };
  await writeNew(to, async (file) => {
    for await (const text of textsOf(part, format, ends)) {
      digest.update(text);
      await file.writeFile(text);
    }
    await file.sync();
  });
  const { first, last, lastLine } = ends;
  if (first === undefined || last === undefined) {
    await rm(to, { force: true });
    throw new CannotTell('there are no records in this range; see how far they go with records head');
  }
  const { head, person, record } = part;
  return {
    supportAccessExport: 1,
    format,
    log: first.log,
    first: Number(first.seq),
    last: Number(last.seq),
    prev: first.prev,
    hash: recordHash(lastLine),
    sha256: digest.digest('hex'),
    ...(head === undefined ? {} : { head: { seq: head.seq, hash: head.hash } }),
    at: new Date().toISOString(),
    ...(person === undefined ? {} : { person }),
    ...(record === undefined ? {} : { record }),
  };
}

/** Lines that become text together. */
const pageLines = 500;

/** What is no record is refused: a part that cannot be verified is worth nothing. */
async function* textsOf(
  { lines, until }: Part,
  format: ExportFormat,
  ends: { first?: StoredRecord; last?: StoredRecord; lastLine: string },
): AsyncIterable<string> {
  let page = format === 'csv' ? csvTitles : '';
  let count = 0;
  for await (const line of lines) {
    const record = recordIn(line);
    if (record === undefined)
      throw new CannotTell('the source holds a line that is no record; look for it with records verify');
    if (Number(record.seq) > until) break;
    ends.first ??= record;
    Object.assign(ends, { last: record, lastLine: line });
    page += format === 'csv' ? csvRow(record) : `${line}\n`;
    count += 1;
    if (count % pageLines !== 0) continue;
    yield page;
    page = '';
  }
  if (page !== '') yield page;
}

/** Never over what is there; what could not be written whole is taken away. */
async function writeNew(path: string, write: (file: FileHandle) => Promise<void>): Promise<void> {
  const file = await open(path, 'wx', 0o600).catch((error: unknown) => {
    throw new CannotTell(
      `${basename(path)} cannot be made: ${errorWithCauses(error)}; name a new file in a folder that you may write`,
    );
  });
  try {
    await write(file);
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}
