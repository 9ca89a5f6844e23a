/** What a layer is made of. Knows nothing of archives. */

export interface FileEntry {
  readonly kind: 'file';
  /** Without a leading slash: `app/operator.js`. */
  readonly path: string;
  readonly content: Buffer;
  readonly mode?: number;
}

export interface FolderEntry {
  readonly kind: 'folder';
  readonly path: string;
  readonly mode?: number;
}

export interface LinkEntry {
  readonly kind: 'link';
  readonly path: string;
  readonly target: string;
}

export type Entry = FileEntry | FolderEntry | LinkEntry;

/** A file, readable by everybody; its content may be text. */
export function aFile(path: string, content: Buffer | string, mode = 0o644): FileEntry {
  return { kind: 'file', path, content: Buffer.from(content), mode };
}

/** The permission bits of an entry, as they stand in the archive. */
export function modeOf(entry: Entry): number {
  if (entry.kind === 'link') return 0o777;
  return entry.mode ?? (entry.kind === 'folder' ? 0o755 : 0o644);
}

/**
 * The entries with every folder above them, each once and in one order, so that the same things always make the same
 * bytes. Throws when two entries want the same place, or one leaves the root.
 */
export function completed(entries: readonly Entry[]): readonly Entry[] {
  const byPath = new Map<string, Entry>();
  for (const entry of entries) {
    if (!isInside(entry.path)) throw new Error(`"${entry.path}" is no path below the root of a layer.`);
    if (byPath.has(entry.path)) throw new Error(`"${entry.path}" stands twice in one layer.`);
    byPath.set(entry.path, entry);
  }
  for (const { path } of entries) {
    for (const folder of foldersAbove(path)) {
      const there = byPath.get(folder);
      if (there === undefined) byPath.set(folder, { kind: 'folder', path: folder });
      else if (there.kind !== 'folder')
        throw new Error(`"${folder}" is a ${there.kind} with things below it.`);
    }
  }
  return [...byPath.values()].toSorted((one, other) => (one.path < other.path ? -1 : 1));
}

function foldersAbove(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, at) => parts.slice(0, at + 1).join('/'));
}

function isInside(path: string): boolean {
  return path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}
