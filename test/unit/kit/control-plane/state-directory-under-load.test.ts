/**
 * The two promises of the sweep, held on a machine that is busy: a process that has only just begun, or is about to end,
 * looks different from one at rest, and a sweep that is taken in by this ends what it must spare or spares what it must end.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { identityOf, isRunning } from '../../../kit/control-plane/process-identity.ts';
import {
  createStateDirectory,
  recordProcess,
  removeStaleDirectories,
} from '../../../kit/control-plane/state-directory.ts';

const ROUNDS = 200;
const BUSY_LOOPS = 2;

let root: string;
let busy: ChildProcess[];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sweep-'));
  vi.stubEnv('TMPDIR', root);
  // Each ends by itself too, should this process be killed: its input closes.
  const loop =
    'process.stdin.resume().on("close", () => process.exit()); const spin = () => { const end = Date.now() + 50; while (Date.now() < end); setImmediate(spin); }; spin();';
  busy = Array.from({ length: BUSY_LOOPS }, () =>
    spawn(process.execPath, ['-e', loop], { stdio: ['pipe', 'ignore', 'inherit'] }),
  );
});

afterEach(() => {
  for (const child of busy) child.kill('SIGKILL');
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true, force: true });
});

/** An abandoned directory, and a process that was started this instant and whose command line names it. */
function justStarted(): { readonly directory: string; readonly child: ChildProcess; readonly pid: number } {
  const living = createStateDirectory();
  const directory = living.replace(/-\d+-\d+-/, `-${process.pid}-1-`);
  renameSync(living, directory);
  const child = spawn('/bin/sh', ['-c', 'read line', 'sleeper', `--data-dir=${directory}/etcd`], {
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  if (child.pid === undefined) throw new Error('The sleeper did not start.');
  return { directory, child, pid: child.pid };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

it('ends a recorded process of a dead owner, however recently it began', { timeout: 60_000 }, async () => {
  let spared = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const { directory, child, pid } = justStarted();
    recordProcess(directory, pid);
    await removeStaleDirectories();
    if (identityOf(pid) !== undefined) spared += 1;
    await end(child);
  }
  expect(spared).toBe(0);
});

it('spares a stranger with the pid of a recorded process, however recently it began', {
  timeout: 60_000,
}, async () => {
  let ended = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const { directory, child, pid } = justStarted();
    writeFileSync(join(directory, 'processes'), `${pid} 1\n`);
    await removeStaleDirectories();
    if (identityOf(pid) === undefined) ended += 1;
    await end(child);
  }
  expect(ended).toBe(0);
});

it('ends nothing of a run that lives, though two runs sweep at once', { timeout: 60_000 }, async () => {
  const directory = createStateDirectory();
  const child = spawn('/bin/sh', ['-c', 'read line', 'sleeper', `--data-dir=${directory}/etcd`], {
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  recordProcess(directory, child.pid ?? 0);
  const recorded = readFileSync(join(directory, 'processes'), 'utf8');
  for (let round = 0; round < ROUNDS; round += 1) {
    const stale = justStarted();
    recordProcess(stale.directory, stale.pid);
    const swept = (await Promise.all([removeStaleDirectories(), removeStaleDirectories()])).flat();
    expect(swept).not.toContain(directory);
    await end(stale.child);
  }
  const [pid = '0', startTime = ''] = recorded.trim().split(' ');
  expect(isRunning({ pid: Number(pid), startTime })).toBe(true);
  await end(child);
});
