/**
 * Copies of the repository in which changes are tried, so that the working tree is never touched: one per worker, with the
 * tracked and the new files, and a link to the installed packages. They are removed with `remove`.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export interface Scratch {
  readonly folder: string;
  /** Runs `work` while one file has the text that `change` makes of its own. */
  with<T>(path: string, change: (text: string) => string, work: () => Promise<T>): Promise<T>;
  remove(): void;
}

/** Copies the repository at `root`. */
export function aScratch(root: string): Scratch {
  const folder = mkdtempSync(join(tmpdir(), 'support-access-mutation-'));
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  });
  for (const path of listed.split('\0').filter(Boolean)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    cpSync(join(root, path), join(folder, path), { dereference: false });
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  return {
    folder,
    with: async (path, change, work) => {
      const file = join(folder, path);
      const original = readFileSync(file, 'utf8');
      writeFileSync(file, change(original));
      try {
        return await work();
      } finally {
        writeFileSync(file, original);
      }
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
