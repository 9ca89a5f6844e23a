/** Runs some test files, or the compiler, in a scratch copy. One process each, so that ending it ends all of it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';

/** `too long` counts as noticed: an endless loop fails every run that it is part of. */
export type TestOutcome = 'failed' | 'passed' | 'too long';

const running = new Set<ChildProcess>();

interface Limits {
  readonly limitMs: number;
  /** With what the runner says on this process's own output. */
  readonly tell?: boolean;
}

/** Runs the tests until the first failure. */
export async function runTests(
  folder: string,
  tests: readonly string[],
  limits: Limits,
): Promise<TestOutcome> {
  const args = [
    'run',
    '--project=unit',
    '--project=stores',
    '--project=laws',
    '--bail=1',
    '--reporter=dot',
    '--silent',
  ];
  return run(folder, ['node_modules/vitest/vitest.mjs', ...args, '--maxWorkers=1', ...tests], limits);
}

/** Whether the copy still compiles. */
export async function compiles(folder: string, limits: Limits): Promise<boolean> {
  return (await run(folder, ['node_modules/typescript/bin/tsc', '--noEmit', '-p', '.'], limits)) === 'passed';
}

async function run(
  folder: string,
  [script = '', ...args]: readonly string[],
  { limitMs, tell = false }: Limits,
): Promise<TestOutcome> {
  const child = spawn(process.execPath, [join(folder, script), ...args], {
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
