/** Opens the source of records that the options name, and loads only the code that it needs. */
import { open } from 'node:fs/promises';
import { errorWithCauses } from '../../process/redaction.ts';
import { CannotTell, type CommandInput, type Terminal, UsageError } from '../command.ts';
import type { RecordSource } from './record-source.ts';

/** Uses the source that the options name, and closes it: the installation in the cluster of the call, unless they name another. */
export async function withSource<T>(
  input: CommandInput,
  terminal: Terminal,
  use: (source: RecordSource) => Promise<T>,
): Promise<T> {
  const [file, url] = [input.option('file'), input.option('url')];
  if (file !== undefined && url !== undefined)
    throw new UsageError('only one of --file and --url can be given; leave one out');
  if (file === undefined && url === undefined) return withInstallation(input, terminal, use);
  const source = url === undefined ? await openFile(file ?? '') : await openUrl(url, input, terminal);
  return closing(source, use);
}

async function closing<T>(source: RecordSource, use: (source: RecordSource) => Promise<T>): Promise<T> {
  try {
    return await use(source);
  } finally {
    await source.close();
  }
}

async function withInstallation<T>(
  input: CommandInput,
  terminal: Terminal,
  use: (source: RecordSource) => Promise<T>,
): Promise<T> {
  const { withCluster } = await import('../cluster/cluster.ts');
  const { openInstallation } = await import('./installation-source.ts');
  return withCluster(input, terminal, async ({ client }) =>
    closing(await openInstallation(client, input, terminal), use),
  );
}

async function openUrl(url: string, input: CommandInput, terminal: Terminal): Promise<RecordSource> {
  const { openHttpSource } = await import('./http-source.ts');
  return openHttpSource(url, input, terminal);
}

async function openFile(file: string): Promise<RecordSource> {
  const { openCopy } = await import('./copy-source.ts');
  if (file === '-') return openCopy(process.stdin);
  if (!(await isDatabase(file))) return openCopy(file);
  const { openRecordsFile } = await import('./sqlite-source.ts').catch(withoutSqlite);
  return openRecordsFile(file);
}

/** Only this source needs it; Node has it from 22.13 on. */
function withoutSqlite(error: unknown): never {
  if ((error as NodeJS.ErrnoException).code !== 'ERR_UNKNOWN_BUILTIN_MODULE') throw error;
  throw new CannotTell(
    `a records file is read by Node 22.13 or newer, and this is ${process.versions.node}; a copy made by "records print -o json" can be read by it`,
  );
}

async function isDatabase(path: string): Promise<boolean> {
  try {
    await using file = await open(path);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(16), 0, 16, 0);
    return buffer.toString('latin1', 0, bytesRead) === 'SQLite format 3\0';
  } catch (error) {
    throw new CannotTell(`cannot read ${path}: ${errorWithCauses(error)}`);
  }
}
