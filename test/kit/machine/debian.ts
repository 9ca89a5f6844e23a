/** Installs what a suite needs from Debian's packages, where the machine lets us. Answers why not where it does not. */
import { spawnSync } from 'node:child_process';

const isThere = (program: string): boolean =>
  spawnSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' }).status === 0;

/** Installs a package and says so on stderr; undefined when it is there now, else why it is not. */
export function installFromDebian(name: string): string | undefined {
  if (!isThere('apt-get')) return `there is no apt-get to install ${name} with`;
  if (process.getuid?.() !== 0) return `only root may install ${name}`;
  process.stderr.write(`Installing ${name} with apt-get (about a minute) …\n`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const args of [['update'], ['install', '-y', '--no-install-recommends', name]]) {
    const run = spawnSync('apt-get', ['-qq', ...args], { env, encoding: 'utf8' });
    if (run.status !== 0) return `apt-get ${args[0]} failed: ${run.stderr.trim().split('\n').at(-1) ?? ''}`;
  }
  return undefined;
}
