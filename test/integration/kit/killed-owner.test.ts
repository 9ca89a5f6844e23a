import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { eventually } from '../../kit/clock/eventually.ts';
import { allProcessIds, commandLineOf, identityOf } from '../../kit/control-plane/process-identity.ts';
import { removeStaleDirectories } from '../../kit/control-plane/state-directory.ts';

const OWNER = join(import.meta.dirname, '../../kit/control-plane/owner-process.ts');

interface Owned {
  readonly owner: ChildProcess;
  readonly directory: string;
  readonly pids: readonly number[];
}

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'killed-'));
  // A temporary folder of our own, inherited by the owners: other runs sweep as well, and would be quicker.
  vi.stubEnv('TMPDIR', root);
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true, force: true });
});

/** In a process group of its own, as a shell would start it: a signal to the group is what Ctrl-C sends. */
async function anOwner(): Promise<Owned> {
  const owner = spawn(process.execPath, [OWNER], { stdio: ['ignore', 'pipe', 'inherit'], detached: true });
  const [line] = (await once(owner.stdout, 'data')) as [Buffer];
  const { directory, pids } = JSON.parse(line.toString()) as {
    directory: string;
    pids: Record<string, number>;
  };
  return { owner, directory, pids: Object.values(pids) };
}

function processesNaming(directory: string): readonly number[] {
  return allProcessIds().filter((pid) => commandLineOf(pid).some((argument) => argument.includes(directory)));
}

it.each(['SIGKILL', 'SIGINT', 'SIGHUP'] as const)('leaves nothing when its owner gets %s', async (signal) => {
  const { owner, directory, pids } = await anOwner();
  expect(pids.map((pid) => identityOf(pid) !== undefined)).toEqual([true, true, true]);
  process.kill(-(owner.pid ?? 0), signal);
  await eventually(() => expect(processesNaming(directory)).toEqual([]));
  await eventually(() => expect(existsSync(directory)).toBe(false));
});

it('leaves nothing when its owner is killed while the API server is paused', async () => {
  const { owner, directory, pids } = await anOwner();
  for (const pid of pids) process.kill(pid, 'SIGSTOP');
  owner.kill('SIGKILL');
  await eventually(() => expect(processesNaming(directory)).toEqual([]));
});

it('is cleaned up by the next start when owner and watchdog were killed together', async () => {
  const { owner, directory, pids } = await anOwner();
  const watchdog = processesNaming(directory).filter((pid) => !pids.includes(pid));
  expect(watchdog).toHaveLength(1);
  // The watchdog first: it would clean up if it saw its owner die.
  for (const pid of watchdog) process.kill(pid, 'SIGKILL');
  owner.kill('SIGKILL');
  await once(owner, 'exit');
  expect(processesNaming(directory).length).toBeGreaterThan(0);
  expect(await removeStaleDirectories()).toContain(directory);
  expect(processesNaming(directory)).toEqual([]);
  expect(existsSync(directory)).toBe(false);
});
