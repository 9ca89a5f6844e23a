/** Looks for programs in one folder. Must not run them. */
import { accessSync, constants, statSync } from 'node:fs';
import { join } from 'node:path';
import type { BinaryName, BinaryPaths } from '../binary-source.ts';

/** The wanted programs that lie executable in the folder. */
export function executablesIn(folder: string, wanted: readonly BinaryName[]): Partial<BinaryPaths> {
  const present = wanted.filter((name) => isExecutable(join(folder, name)));
  return Object.fromEntries(present.map((name) => [name, join(folder, name)]));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
