/**
 * Writes and reads tar archives in memory. Written ones hold nothing of the machine or the moment: owner 0, no names, one
 * time for everything, so that the same entries always give the same bytes.
 */
import { completed, type Entry, modeOf } from './entry.ts';

const BLOCK = 512;
const flags = { file: '0', link: '2', folder: '5' } as const;

/** A ustar archive of the entries and the folders above them, in the order of their paths. */
export function tarOf(entries: readonly Entry[]): Buffer {
  const blocks: Buffer[] = [];
  for (const entry of completed(entries)) {
    blocks.push(headerOf(entry));
    if (entry.kind === 'file') blocks.push(entry.content, Buffer.alloc(paddingAfter(entry.content.length)));
  }
  return Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]);
}

function paddingAfter(length: number): number {
  return (BLOCK - (length % BLOCK)) % BLOCK;
}

function headerOf(entry: Entry): Buffer {
  const { prefix, name } = split(entry.kind === 'folder' ? `${entry.path}/` : entry.path);
  const header = Buffer.alloc(BLOCK);
  const octal = (value: number, at: number, digits: number): void => {
    header.write(`${value.toString(8).padStart(digits, '0')}\0`, at, 'latin1');
  };
  header.write(name, 0, 100);
  octal(modeOf(entry), 100, 7);
  octal(0, 108, 7);
  octal(0, 116, 7);
  octal(entry.kind === 'file' ? entry.content.length : 0, 124, 11);
  octal(0, 136, 11);
  header.write('        ', 148, 'latin1');
  header.write(flags[entry.kind], 156, 'latin1');
  if (entry.kind === 'link') {
    if (Buffer.byteLength(entry.target) > 100) throw new Error(`The target of "${entry.path}" is too long.`);
    header.write(entry.target, 157, 100);
  }
  header.write('ustar\x0000', 257, 'latin1');
  header.write(prefix, 345, 155);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return header;
}

/** A long path is cut at a slash: ustar has room for 155 bytes before it and 100 after. */
function split(path: string): { prefix: string; name: string } {
  if (Buffer.byteLength(path) <= 100) return { prefix: '', name: path };
  for (let at = path.indexOf('/'); at > 0; at = path.indexOf('/', at + 1)) {
    const [prefix, name] = [path.slice(0, at), path.slice(at + 1)];
    if (name !== '' && Buffer.byteLength(name) <= 100 && Buffer.byteLength(prefix) <= 155)
      return { prefix, name };
  }
  throw new Error(`"${path}" is too long for a layer.`);
}

/** The files, folders and links of an archive that a trusted program wrote: dpkg-deb, a container engine, this one. */
export function readTar(tar: Buffer): readonly Entry[] {
  const entries: Entry[] = [];
  let longName: string | undefined;
  for (let at = 0; at + BLOCK <= tar.length && tar[at] !== 0; ) {
    const header = readHeader(tar.subarray(at, at + BLOCK));
    const body = tar.subarray(at + BLOCK, at + BLOCK + header.size);
    at += BLOCK + header.size + paddingAfter(header.size);
    const said = longNameIn(header.kind, body);
    if (said !== undefined) {
      longName = said;
      continue;
    }
    const path = (longName ?? header.path).replace(/^(\.?\/)+|\/+$/g, '');
    longName = undefined;
    if (path !== '' && path !== '.') entries.push(...entryOf({ ...header, path }, body));
  }
  return entries;
}

interface Header {
  readonly path: string;
  readonly mode: number;
  readonly size: number;
  readonly kind: string;
  readonly target: string;
}

function readHeader(block: Buffer): Header {
  const field = (from: number, length: number): string => text(block.subarray(from, from + length));
  const number = (from: number, length: number): number =>
    Number.parseInt(field(from, length).trim() || '0', 8);
  const prefix = field(257, 6) === 'ustar' ? field(345, 155) : '';
  return {
    path: prefix === '' ? field(0, 100) : `${prefix}/${field(0, 100)}`,
    // Some writers put the kind of file into it too.
    mode: number(100, 8) & 0o7777,
    size: number(124, 12),
    kind: block[156] === 0 ? '0' : block.toString('latin1', 156, 157),
    target: field(157, 100),
  };
}

function text(bytes: Buffer): string {
  return bytes.toString('utf8').replace(/\0.*$/s, '');
}

/** The name of the entry that follows, where it did not fit: GNU's way or that of pax. */
function longNameIn(kind: string, body: Buffer): string | undefined {
  if (kind === 'L') return text(body);
  return kind === 'x' ? /(?:^|\n)\d+ path=([^\n]*)/.exec(body.toString('utf8'))?.[1] : undefined;
}

function entryOf({ path, mode, kind, target }: Header, content: Buffer): Entry[] {
  switch (kind) {
    case '0':
      return [{ kind: 'file', path, mode, content }];
    case '2':
      return [{ kind: 'link', path, target }];
    case '5':
      return [{ kind: 'folder', path, mode }];
    case 'x':
    case 'g':
      return [];
    default:
      throw new Error(`"${path}" is neither file nor folder nor symbolic link (type ${kind}).`);
  }
}
