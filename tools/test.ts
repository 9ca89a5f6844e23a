/**
 * `npm test`: unit, stores of records, laws, integration on a real control plane, end-to-end stories, a real node, one
 * after the other. Installs and builds what the suites need where it can, and ends with what could not be run and the
 * counts.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureBrowser } from '../test/kit/machine/browser.ts';
import { noteNotRun, notRunIn, notRunVariable } from '../test/kit/machine/not-run.ts';
import { whyNoNode } from '../test/kit/node/able.ts';
import { endWithParent } from './end-with-parent.ts';
import { type Report, whatFailed } from './what-failed.ts';

interface Totals extends Report {
  readonly suite: string;
}

const root = fileURLToPath(new URL('..', import.meta.url));
const suites = ['unit', 'stores', 'laws', 'integration', 'e2e', 'node'] as const;

const args = process.argv.slice(2);
const only = args.find((argument) => argument.startsWith('--suite='))?.slice('--suite='.length);
const passedOn = args.filter((argument) => !argument.startsWith('--suite='));
const wanted = suites.filter((suite) => only === undefined || only === suite);
if (wanted.length === 0) {
  console.error(`Unknown suite "${only?.slice(0, 40)}". Suites: ${suites.join(', ')}.`);
  process.exit(2);
}

const scratch = mkdtempSync(join(tmpdir(), 'support-access-test-'));
const notRunFile = join(scratch, 'not-run');
writeFileSync(notRunFile, '');
process.env[notRunVariable] = notRunFile;

let running: ChildProcess | undefined;
let building: ChildProcess | undefined;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => pass(signal));
endWithParent(() => {
  pass('SIGTERM');
  process.exit(1);
});

function pass(signal: NodeJS.Signals): void {
  // The compilers below it, too: it is in a process group of its own.
  if (building?.pid !== undefined) process.kill(-building.pid, signal);
  running?.kill(signal);
}

/** Runs one suite and returns its totals; a runner that leaves none behind counts as a failure. */
async function runSuite(suite: string): Promise<Totals> {
  const report = join(scratch, `${suite}.json`);
  const startedAt = performance.now();
  running = spawn(
    'vitest',
    [
      'run',
      '--project',
      suite,
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
      ...passedOn,
    ],
    {
      cwd: root,
      stdio: 'inherit',
      // Each store of records starts a thread that strips and compiles the same few sources again.
      env: { ...process.env, NODE_COMPILE_CACHE: join(root, 'node_modules/.cache/compiled') },
    },
  );
  const [code] = (await once(running, 'exit')) as [number | null];
  console.log(`${suite}: ${((performance.now() - startedAt) / 1000).toFixed(0)} s`);
  try {
    const totals = JSON.parse(readFileSync(report, 'utf8')) as Report;
    return { ...totals, suite, success: totals.success && code === 0 };
  } catch {
    return {
      suite,
      numPassedTests: 0,
      numFailedTests: 1,
      numPendingTests: 0,
      success: false,
      testResults: [],
    };
  }
}

/** Minutes with nothing cached, so it goes on beside the other suites. If it fails, the node suite fails again and says why. */
async function buildNodePrograms(): Promise<void> {
  const program = join(root, 'tools/build-node-programs.ts');
  building = spawn(process.execPath, [program], { stdio: ['ignore', 'inherit', 'inherit'], detached: true });
  await once(building, 'exit');
  building = undefined;
}

if (wanted.includes('e2e')) {
  const browser = ensureBrowser();
  if ('why' in browser) noteNotRun({ what: 'sign-in through a real browser', why: browser.why });
}
const noNode = wanted.includes('node') ? whyNoNode() : undefined;
if (noNode !== undefined) noteNotRun({ what: 'all that takes a real node', why: noNode });
const possible = wanted.filter((suite) => suite !== 'node' || noNode === undefined);
const built = possible.includes('node') ? buildNodePrograms() : undefined;
const totals: Totals[] = [];
for (const suite of possible) {
  if (suite === 'node') await built;
  totals.push(await runSuite(suite));
}
const notRun = notRunIn(notRunFile);
rmSync(scratch, { recursive: true, force: true });

// Here, as the end of a long output is all that some who run it get to see.
for (const one of totals.flatMap(({ suite, ...report }) => whatFailed(suite, report, root))) console.log(one);
for (const { what, why } of notRun) console.log(`not run: ${what}: ${why}`);
const sum = (count: (one: Totals) => number): number => totals.reduce((all, one) => all + count(one), 0);
const passed = sum((one) => one.numPassedTests);
const failed = Math.max(
  sum((one) => one.numFailedTests),
  totals.filter((one) => !one.success).length,
);
console.log(`${passed} passed, ${failed} failed, ${sum((one) => one.numPendingTests)} skipped`);
if (failed > 0) process.exit(1);
if (notRun.length > 0 && process.env.CI === 'true') process.exit(3);
