/** Runs some test files in a scratch copy and says whether one failed. One process, so that ending it ends all of it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';

/** `too long` counts as noticed: an endless loop fails every run that it is part of. */
export type TestOutcome = 'failed' | 'passed' | 'too long';

const running = new Set<ChildProcess>();

/** Runs the tests until the first failure. `tell`: with what the runner says on this process's own output. */
export async function runTests(
  folder: string,
  tests: readonly string[],
  { limitMs, tell = false }: { readonly limitMs: number; readonly tell?: boolean },
): Promise<TestOutcome> {
  const vitest = join(folder, 'node_modules/vitest/vitest.mjs');
  const args = ['run', '--project=unit', '--project=laws', '--bail=1', '--reporter=dot', '--silent'];
  const child = spawn(process.execPath, [vitest, ...args, '--maxWorkers=1', ...tests], {
    cwd: folder,
    stdio: ['ignore', ...(tell ? (['inherit', 'inherit'] as const) : (['ignore', 'ignore'] as const))],
    env: { ...process.env, NO_COLOR: '1' },
  });
  running.add(child);
  let tooLong = false;
  const timer = setTimeout(() => {
    tooLong = true;
    child.kill('SIGKILL');
  }, limitMs);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (exitCode) => resolve(exitCode));
  }).finally(() => {
    clearTimeout(timer);
    running.delete(child);
  });
  if (tooLong) return 'too long';
  return code === 0 ? 'passed' : 'failed';
}

/** Ends what still runs, when the whole run is called off. */
export function endRunningTests(): void {
  for (const child of running) child.kill('SIGKILL');
}
