import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { commandLineOf, identityOf, isRunning } from '../../../kit/control-plane/process-identity.ts';
import {
  createStateDirectory,
  recordProcess,
  removeStaleDirectories,
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
  const living = createStateDirectory();
  const directory = living.replace(/-\d+-\d+-/, `-${process.pid}-1-`);
  renameSync(living, directory);
  return directory;
}

/**
 * A process that runs until its test ends: it waits for a line that never comes, and goes when the pipe closes. A shell,
 * not Node: `node -e … --data-dir=…` refuses the option and ends by itself, which a fast machine never notices.
 */
function sleeper(...args: readonly string[]): number {
  const child = spawn('/bin/sh', ['-c', 'read line', 'sleeper', ...args], {
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  children.push(child);
  if (child.pid === undefined) throw new Error('The sleeper did not start.');
  return child.pid;
}

const lives = (pid: number): boolean => identityOf(pid) !== undefined;

it('leaves the directory of a living owner alone', async () => {
  const directory = createStateDirectory();
  expect(await removeStaleDirectories()).toEqual([]);
  expect(existsSync(directory)).toBe(true);
});

it('removes the directory of an owner that is gone, though its pid is in use again', async () => {
  const directory = abandonedDirectory();
  expect(await removeStaleDirectories()).toEqual([directory]);
  expect(existsSync(directory)).toBe(false);
});

it('ends a recorded process whose command line names the directory', async () => {
  const directory = abandonedDirectory();
  const pid = sleeper(`--data-dir=${directory}/etcd`);
  recordProcess(directory, pid);
  await removeStaleDirectories();
  expect(lives(pid)).toBe(false);
});

it('looks again at a recorded process that shows no command line, as between exec and its first instruction', async () => {
  const directory = abandonedDirectory();
  const child = spawn('/bin/sh', [], { argv0: '', stdio: ['pipe', 'ignore', 'inherit'] });
  children.push(child);
  const pid = child.pid ?? 0;
  expect(commandLineOf(pid)).toEqual([]);
  recordProcess(directory, pid);
  const swept = removeStaleDirectories();
  child.stdin.write(`exec /bin/sh -c 'read line' sleeper --data-dir=${directory}/etcd\n`);
  await swept;
  expect(lives(pid)).toBe(false);
});

it('spares a process that only names the directory: somebody may be reading a log in it', async () => {
  const directory = abandonedDirectory();
  const pid = sleeper(`${directory}/etcd.log`);
  await removeStaleDirectories();
  expect(lives(pid)).toBe(true);
});

it('spares a stranger that got the pid of a recorded process', async () => {
  const directory = abandonedDirectory();
  const pid = sleeper(`--data-dir=${directory}/etcd`);
  writeFileSync(join(directory, 'processes'), `${pid} 1\n`);
  await removeStaleDirectories();
  expect(lives(pid)).toBe(true);
});

it('spares a recorded process that does not name the directory', async () => {
  const directory = abandonedDirectory();
  const pid = sleeper('--data-dir=/elsewhere');
  recordProcess(directory, pid);
  await removeStaleDirectories();
  expect(lives(pid)).toBe(true);
});

it('leaves the directory of an owner in another pid namespace alone: it cannot see whether that owner lives', async () => {
  const directory = abandonedDirectory();
  const elsewhere = directory.replace(/-[0-9a-f]{8}-/, '-00000000-');
  renameSync(directory, elsewhere);
  expect(await removeStaleDirectories()).toEqual([]);
  expect(existsSync(elsewhere)).toBe(true);
});

it('touches no directory of another name', async () => {
  const other = join(root, 'support-access-cp-notes');
  mkdirSync(other);
  expect(await removeStaleDirectories()).toEqual([]);
  expect(existsSync(other)).toBe(true);
});

it('knows a process by its start time, not by its pid alone', () => {
  const identity = identityOf(process.pid);
  expect(identity && isRunning(identity)).toBe(true);
  expect(isRunning({ pid: process.pid, startTime: '1' })).toBe(false);
});
