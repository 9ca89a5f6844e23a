/**
 * Reads gzipped tar archives into memory. An archive comes from elsewhere: a name that points outside, or a link,
 * makes the whole archive refused. Must not write anything to disk.
 */
import { gunzipSync } from 'node:zlib';

export interface ArchivedFile {
  readonly name: string;
  readonly content: Buffer;
}

const BLOCK = 512;
const REGULAR = new Set(['0', '\0']);
/** Folders, and pax headers (whose long names nothing here needs). */
const IGNORED = new Set(['5', 'g', 'x']);

/** The regular files of a .tar.gz. Throws when it holds a link, a device, or a name that leaves its folder. */
export function readTarGz(archive: Buffer): readonly ArchivedFile[] {
  const tar = gunzipSync(archive);
  const files: ArchivedFile[] = [];
  let offset = 0;
  while (offset + BLOCK <= tar.length && tar[offset] !== 0) {
    const header = readHeader(tar.subarray(offset, offset + BLOCK));
    const start = offset + BLOCK;
    if (start + header.size > tar.length) throw new Error('The archive is cut short.');
    if (REGULAR.has(header.kind))
      files.push({ name: header.name, content: tar.subarray(start, start + header.size) });
    else if (!IGNORED.has(header.kind))
      throw new Error(`The archive holds something that is no file: ${header.name}`);

    offset = start + Math.ceil(header.size / BLOCK) * BLOCK;
  }
  return files;
}

interface Header {
  readonly name: string;
  readonly size: number;
  readonly kind: string;
}

function readHeader(block: Buffer): Header {
  const field = (from: number, length: number): string =>
    block.toString('utf8', from, from + length).replace(/\0.*$/s, '');
  const prefix = field(257, 6).startsWith('ustar') ? field(345, 155) : '';
  const name = prefix === '' ? field(0, 100) : `${prefix}/${field(0, 100)}`;
  if (leavesItsFolder(name)) throw new Error(`The archive holds a name that leaves its folder: ${name}`);
  const size = Number.parseInt(field(124, 12).trim(), 8);
  if (!Number.isSafeInteger(size) || size < 0) throw new Error(`The archive holds a bad size for ${name}`);
  return { name, size, kind: block.toString('latin1', 156, 157) };
}

function leavesItsFolder(name: string): boolean {
  return name.startsWith('/') || name.includes('\\') || name.split('/').includes('..');
}
