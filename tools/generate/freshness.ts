/** Compares what generators say with what lies on the disk, and makes the two agree when asked to. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Output } from './output.ts';

/** Paths, relative to the root, whose content is not what their generator says; files without a generator count. */
export function staleFiles(root: string, output: Output): string[] {
  const folder = join(root, output.folder);
  const present = existsSync(folder) ? readdirSync(folder) : [];
  const foreign = output.isShared ? [] : present.filter((file) => !output.files.has(file));
  const differing = [...output.files].filter(
    ([file, content]) => readOrEmpty(join(folder, file)) !== content,
  );
  return [...foreign, ...differing.map(([file]) => file)].sort().map((file) => join(output.folder, file));
}

/** Writes what is stale and removes what has no generator; a fresh file is not touched. */
export function makeFresh(root: string, output: Output): string[] {
  const stale = staleFiles(root, output);
  mkdirSync(join(root, output.folder), { recursive: true });
  for (const path of stale) {
    const content = output.files.get(path.slice(output.folder.length + 1));
    if (content === undefined) rmSync(join(root, path));
    else writeFileSync(join(root, path), content);
  }
  return stale;
}

function readOrEmpty(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}
