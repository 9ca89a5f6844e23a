/** Looks for programs in one folder. Must not run them. */
import { accessSync, constants, statSync } from 'node:fs';
import { join } from 'node:path';

/** The wanted programs that lie executable in the folder. */
export function executablesIn<Name extends string>(
  folder: string,
  wanted: readonly Name[],
): Partial<Record<Name, string>> {
  const present = wanted.filter((name) => isExecutable(join(folder, name)));
  return Object.fromEntries(present.map((name) => [name, join(folder, name)])) as Partial<
    Record<Name, string>
  >;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
