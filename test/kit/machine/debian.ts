/** Installs what a suite needs from Debian's packages, where the machine lets us. Answers why not where it does not. */
import { spawnSync } from 'node:child_process';

/** Whether a program is on PATH. */
export function isThere(program: string): boolean {
  return spawnSync('sh', ['-c', 'command -v "$1"', 'sh', program], { stdio: 'ignore' }).status === 0;
}

/** Installs packages and says so on stderr; undefined when they are there now, else why they are not. */
export function installFromDebian(...names: readonly string[]): string | undefined {
  const all = names.join(', ');
  if (!isThere('apt-get')) return `there is no apt-get to install ${all} with`;
  if (process.getuid?.() !== 0) return `only root may install ${all}`;
  process.stderr.write(`Installing ${all} with apt-get (about a minute) …\n`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  // Another run on this machine may be installing at this moment.
  const patient = ['-qq', '-o', 'DPkg::Lock::Timeout=120'];
  for (const args of [['update'], ['install', '-y', '--no-install-recommends', ...names]]) {
    const run = spawnSync('apt-get', [...patient, ...args], { env, encoding: 'utf8' });
    if (run.status !== 0) return `apt-get ${args[0]} failed: ${run.stderr.trim().split('\n').at(-1) ?? ''}`;
  }
  return undefined;
}
