/** Where do the options say that the records are? Opens that place, and loads only what it needs. */
import { open } from 'node:fs/promises';
import { type Asked, CannotTell, type Terminal, UsageError } from '../commands/command.ts';
import type { RecordSource } from './record-source.ts';

/** Opens the source that the options name. */
export async function openSource({ options }: Asked, terminal: Terminal): Promise<RecordSource> {
  const { file, url } = options as { readonly file?: string; readonly url?: string };
  if (file !== undefined && url !== undefined) throw new UsageError('give --file or --url, not both');
  if (url !== undefined) {
    const { openRecordsDoor } = await import('./door-source.ts');
    return openRecordsDoor(url, options, terminal);
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
    throw new CannotTell(`cannot read ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
