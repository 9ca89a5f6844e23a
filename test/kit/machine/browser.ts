/**
 * Finds a real Chromium, or installs Debian's where that is possible. Answers why not where it is not, so that the
 * run can say so.
 */
import { spawnSync } from 'node:child_process';
import { installFromDebian } from './debian.ts';

export type BrowserResponse = { readonly path: string } | { readonly why: string };

const names = ['chromium', 'chromium-browser', 'google-chrome'];

function onPath(): string | undefined {
  for (const name of names) {
    const found = spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' });
    if (found.status === 0) return found.stdout.trim();
  }
  return undefined;
}

/** The path of a browser that playwright-core can drive; installs it with apt-get as root on Debian. */
export function ensureBrowser(): BrowserResponse {
  const there = onPath();
  if (there) return { path: there };
  const why = installFromDebian('chromium');
  if (why) return { why: `there is no Chromium, and ${why}` };
  const path = onPath();
  return path ? { path } : { why: 'apt-get installed no Chromium' };
}
