/**
 * Finds a real Chromium, or installs Debian's where that is possible. Answers why not where it is not, so that the
 * run can say so.
 */
import { spawnSync } from 'node:child_process';

export type BrowserAnswer = { readonly path: string } | { readonly why: string };

const names = ['chromium', 'chromium-browser', 'google-chrome'];

function onPath(): string | undefined {
  for (const name of names) {
    const found = spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' });
    if (found.status === 0) return found.stdout.trim();
  }
  return undefined;
}

const installed = (program: string): boolean =>
  spawnSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' }).status === 0;

/** The path of a browser that playwright-core can drive; installs it with apt-get as root on Debian. */
export function ensureBrowser(): BrowserAnswer {
  const there = onPath();
  if (there) return { path: there };
  if (!installed('apt-get')) return { why: 'there is no Chromium, and no apt-get to install one with' };
  if (process.getuid?.() !== 0) return { why: 'there is no Chromium, and only root may install one' };
  process.stderr.write('Installing Chromium with apt-get (about a minute) …\n');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const args of [['update'], ['install', '-y', '--no-install-recommends', 'chromium']]) {
    const run = spawnSync('apt-get', ['-qq', ...args], { env, encoding: 'utf8' });
    if (run.status !== 0)
      return { why: `apt-get ${args[0]} failed: ${run.stderr.trim().split('\n').at(-1) ?? ''}` };
  }
  const path = onPath();
  return path ? { path } : { why: 'apt-get installed no Chromium' };
}
