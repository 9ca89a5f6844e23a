/** Where the product's processes write what they say, for who plays with the demo. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Teardown } from '../kit/installation/teardown.ts';

/** Keeps a log file for each process in a folder, which goes away at the end unless the reader has named one. */
export function keepLogs(teardown: Teardown): void {
  if (process.env['SUPPORT_ACCESS_LOGS'] !== undefined) return;
  const folder = mkdtempSync(join(tmpdir(), 'support-access-demo-'));
  process.env['SUPPORT_ACCESS_LOGS'] = folder;
  teardown.add(() => rmSync(folder, { recursive: true, force: true }));
}

/** The folder of the logs. */
export function logsFolder(): string {
  return process.env['SUPPORT_ACCESS_LOGS'] ?? '';
}
