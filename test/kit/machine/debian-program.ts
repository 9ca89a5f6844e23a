/**
 * Programs out of Debian's packages, unpacked into a cache and not installed: the machine stays as it is, and who has them
 * already is asked first. Says why where they cannot be had.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { isThere } from './debian.ts';

export interface DebianProgram {
  readonly name: string;
  /** The package, and others that it needs and that are on no machine. */
  readonly packages: readonly string[];
  /** Where the package has it. */
  readonly path: string;
}

export const nginx: DebianProgram = { name: 'nginx', packages: ['nginx'], path: 'usr/sbin/nginx' };
export const caddy: DebianProgram = { name: 'caddy', packages: ['caddy'], path: 'usr/bin/caddy' };

/** Its path, or why there is none. */
export function debianProgram({ name, packages, path }: DebianProgram): string | { readonly why: string } {
  const folder = join(homedir(), '.cache', 'support-access', 'debian', name);
  const found = join(folder, path);
  if (existsSync(found)) return found;
  if (!isThere('apt-get') || !isThere('dpkg-deb'))
    return { why: `there is no apt-get to fetch ${name} with` };
  mkdirSync(dirname(folder), { recursive: true });
  const beside = mkdtempSync(`${folder}.`);
  try {
    const why = unpacked(packages, beside);
    if (why !== undefined) return { why };
    // Renamed as a whole: a run that is killed here leaves no half a program.
    if (!existsSync(found)) renameSync(join(beside, 'root'), folder);
  } finally {
    rmSync(beside, { recursive: true, force: true });
  }
  return existsSync(found) ? found : { why: `the package of ${name} has no ${path}` };
}

/** Downloads and unpacks; why not, where it does not. */
function unpacked(packages: readonly string[], folder: string): string | undefined {
  process.stderr.write(`Fetching ${packages.join(', ')} from Debian (a few seconds) …\n`);
  const download = () =>
    spawnSync('apt-get', ['-qq', 'download', ...packages], { cwd: folder, encoding: 'utf8' });
  let run = download();
  if (run.status !== 0) {
    // A fresh machine has no list of packages yet; only root may fetch it.
    spawnSync('apt-get', ['-qq', '-o', 'DPkg::Lock::Timeout=120', 'update'], { encoding: 'utf8' });
    run = download();
  }
  if (run.status !== 0) return `apt-get download failed: ${run.stderr.trim().split('\n').at(-1) ?? ''}`;
  for (const file of readdirSync(folder).filter((one) => one.endsWith('.deb'))) {
    const unpack = spawnSync('dpkg-deb', ['-x', join(folder, file), join(folder, 'root')], {
      encoding: 'utf8',
    });
    if (unpack.status !== 0) return `dpkg-deb failed: ${unpack.stderr.trim()}`;
  }
  return undefined;
}
