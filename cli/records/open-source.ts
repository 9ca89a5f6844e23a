/** Opens the source of records that the options name, and loads only the code that it needs. */
import { open } from 'node:fs/promises';
import { errorText } from '../../process/redaction.ts';
import { CannotTell, type CommandInput, type Terminal, UsageError } from '../command.ts';
import type { RecordSource } from './record-source.ts';

/** Opens the source that the options name. */
export async function openSource(input: CommandInput, terminal: Terminal): Promise<RecordSource> {
  const [file, url] = [input.option('file'), input.option('url')];
  if (file !== undefined && url !== undefined) throw new UsageError('give --file or --url, not both');
  if (url !== undefined) {
    const { openHttpSource } = await import('./http-source.ts');
    return openHttpSource(url, input, terminal);
  }
  if (file === undefined) throw new UsageError('say where the records are: --file or --url');
  const { openCopy } = await import('./copy-source.ts');
  if (file === '-') return openCopy(process.stdin);
  if (!(await isDatabase(file))) return openCopy(file);
  const { openRecordsFile } = await import('./sqlite-source.ts');
  return openRecordsFile(file);
}

async function isDatabase(path: string): Promise<boolean> {
  try {
    await using file = await open(path);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(16), 0, 16, 0);
    return buffer.toString('latin1', 0, bytesRead) === 'SQLite format 3\0';
  } catch (error) {
    throw new CannotTell(`cannot read ${path}: ${errorText(error)}`);
  }
}
