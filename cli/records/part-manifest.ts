/** The manifest that lies beside a part of the records which was exported: what it is, so that it can be verified alone. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { errorWithCauses } from '../../process/redaction.ts';
import { type ExportFormat, exportFormats } from '../../trail/wire.ts';
import { CannotTell } from '../command.ts';

export interface PartManifest {
  /** Of this form. */
  readonly supportAccessExport: 1;
  readonly format: ExportFormat;
  readonly log: string;
  /** The numbers of its first and last record; none is left out between them. */
  readonly first: number;
  readonly last: number;
  /** Hash of the record before the first, which the first cites; of the origin before the first of all. */
  readonly prev: string;
  /** Hash of the last record: with its number, the head of the part. */
  readonly hash: string;
  /** SHA-256 of the file. */
  readonly sha256: string;
  /** The end of the log as its source told it then; a copy tells none. */
  readonly head?: { readonly seq: number; readonly hash: string };
  /** When it was taken, by whom, and the id of the record that tells of it; none where a file was read. */
  readonly at: string;
  readonly person?: string;
  readonly record?: string;
}

/** Where the manifest of a file lies. */
export function manifestPath(file: string): string {
  return `${file}.manifest.json`;
}

export function hasManifest(file: string): boolean {
  return file !== '-' && existsSync(manifestPath(file));
}

/** @throws CannotTell when it cannot be read, or is none. */
export async function readManifest(file: string): Promise<PartManifest> {
  const path = manifestPath(file);
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new CannotTell(`the manifest ${path} cannot be read: ${errorWithCauses(error)}`);
  });
  const manifest = asManifest(text);
  if (manifest !== undefined) return manifest;
  throw new CannotTell(
    `${path} is no manifest of this release; take the one that records export wrote beside the part, or move it away to verify the file as a copy`,
  );
}

const isHash = (value: unknown): boolean => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
const isNumber = (value: unknown): value is number => Number.isSafeInteger(value);

function asManifest(text: string): PartManifest | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null && isManifest(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

type Fields = Readonly<Record<string, unknown>>;

function isManifest(fields: object): fields is PartManifest {
  return isOfThisForm(fields as Fields) && isRange(fields as Fields);
}

function isOfThisForm({ supportAccessExport, format, log, prev, hash, sha256 }: Fields): boolean {
  const isKnown = supportAccessExport === 1 && exportFormats.some((each) => each === format);
  return isKnown && typeof log === 'string' && [prev, hash, sha256].every(isHash);
}

function isRange({ first, last }: Fields): boolean {
  return isNumber(first) && isNumber(last) && first >= 1 && first <= last;
}
