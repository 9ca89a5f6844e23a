import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { identityOf, isRunning } from '../../../kit/control-plane/process-identity.ts';
import {
  createStateDirectory,
  recordProcess,
  sweepStaleDirectories,
} from '../../../kit/control-plane/state-directory.ts';

let root: string;
let children: ChildProcess[];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sweep-'));
  // A temporary folder of our own: the sweep must not meet other runs on this machine.
  vi.stubEnv('TMPDIR', root);
  children = [];
});

afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true, force: true });
});

/** A directory as an owner left it that is dead: no process has this start time. */
function abandonedDirectory(): string {
  const directory = join(root, `support-access-cp-${process.pid}-1-abcdef`);
  mkdirSync(directory);
  return directory;
}

function sleeper(...args: readonly string[]): number {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', ...args]);
  children.push(child);
  return child.pid ?? 0;
}

const lives = (pid: number): boolean => identityOf(pid) !== undefined;

it('leaves the directory of a living owner alone', async () => {
  const directory = createStateDirectory();
  expect(await sweepStaleDirectories()).toEqual([]);
  expect(existsSync(directory)).toBe(true);
});

it('removes the directory of an owner that is gone, though its pid is in use again', async () => {
  const directory = abandonedDirectory();
  expect(await sweepStaleDirectories()).toEqual([directory]);
  expect(existsSync(directory)).toBe(false);
});

it('ends a recorded process whose command line names the directory', async () => {
  const directory = abandonedDirectory();
  const pid = sleeper(`--data-dir=${directory}/etcd`);
  recordProcess(directory, pid);
  await sweepStaleDirectories();
  expect(lives(pid)).toBe(false);
});

it('spares a process that only names the directory: somebody may be reading a log in it', async () => {
  const directory = abandonedDirectory();
  const pid = sleeper(`${directory}/etcd.log`);
  await sweepStaleDirectories();
  expect(lives(pid)).toBe(true);
});

it('spares a stranger that got the pid of a recorded process', async () => {
  const directory = abandonedDirectory();
  const pid = sleeper(`--data-dir=${directory}/etcd`);
  writeFileSync(join(directory, 'processes'), `${pid} 1\n`);
  await sweepStaleDirectories();
  expect(lives(pid)).toBe(true);
});

it('spares a recorded process that does not name the directory', async () => {
  const directory = abandonedDirectory();
  const pid = sleeper('--data-dir=/elsewhere');
  recordProcess(directory, pid);
  await sweepStaleDirectories();
  expect(lives(pid)).toBe(true);
});

it('touches no directory of another name', async () => {
  const other = join(root, 'support-access-cp-notes');
  mkdirSync(other);
  expect(await sweepStaleDirectories()).toEqual([]);
  expect(existsSync(other)).toBe(true);
});

it('knows a process by its start time, not by its pid alone', () => {
  const identity = identityOf(process.pid);
  expect(identity && isRunning(identity)).toBe(true);
  expect(isRunning({ pid: process.pid, startTime: '1' })).toBe(false);
});
