/**
 * Where one control plane keeps its keys, database and logs, and how remains of dead runs are found and removed.
 * Must not touch a directory whose owner lives, nor a process that it cannot prove to belong to a dead run.
 */
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { removeCgroups } from '../machine/cgroups.ts';
import { removeInterface } from '../machine/interfaces.ts';
import { commandLineOf, identityOf, isRunning, type ProcessIdentity } from './process-identity.ts';

/**
 * The owner's identity is part of the name: there is no moment at which a directory exists without an owner. The third
 * part says where that identity means anything; see `placeOfPids`.
 */
const NAME = /^support-access-cp-(\d+)-(\d+)-([0-9a-f]{8})-/;
const PROCESSES = 'processes';
const CGROUP = 'cgroup';
const INTERFACE = 'interface';
/** A Unix socket's path has at most 107 bytes; the names within are shorter than 15. */
const LONGEST_PATH = 92;

/** Makes a directory (mode 0700) that belongs to the calling process. Short: Unix sockets lie in it. */
export function createStateDirectory(): string {
  const owner = identityOf(process.pid);
  if (owner === undefined) throw new Error('This kit needs /proc, that is: Linux.');
  const prefix = `support-access-cp-${owner.pid}-${owner.startTime}-${placeOfPids()}-`;
  const directory = mkdtempSync(join(tmpdir(), prefix));
  if (directory.length <= LONGEST_PATH) return directory;
  rmSync(directory, { recursive: true });
  throw new Error(`TMPDIR is too long for the Unix sockets that lie in it: ${tmpdir()}`);
}

/** Notes a process as belonging to a state directory, so that a later sweep may end it. */
export function recordProcess(directory: string, pid: number): void {
  const identity = identityOf(pid);
  if (identity) appendFileSync(join(directory, PROCESSES), `${identity.pid} ${identity.startTime}\n`);
}

/** Notes the cgroup whose processes all belong to a state directory; it goes away with the directory. */
export function recordCgroup(directory: string, name: string): void {
  writeFileSync(join(directory, CGROUP), name);
}

/** Notes a network interface of this machine that goes away with a state directory. */
export function recordInterface(directory: string, name: string): void {
  writeFileSync(join(directory, INTERFACE), name);
}

/** Removes a directory whose programs were told to end, and its cgroup, which says when the last of them has ended. */
export async function removeStateDirectory(directory: string): Promise<void> {
  const name = (file: string): string | undefined => contentOf(join(directory, file));
  const [cgroup, link] = [name(CGROUP), name(INTERFACE)];
  if (cgroup !== undefined) await removeCgroups(cgroup);
  // It would go with its network namespace, which the kernel takes apart at leisure: up to minutes later.
  if (link !== undefined) removeInterface(link);
  rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
}

/** Ends what dead owners left running and removes their directories. Returns the directories removed. */
export async function removeStaleDirectories(): Promise<readonly string[]> {
  const stale = readdirSync(tmpdir())
    .filter(isStale)
    .map((name) => join(tmpdir(), name))
    .filter(isOurs);
  for (const directory of stale) await endAndRemove(directory);
  return stale;
}

async function endAndRemove(directory: string): Promise<void> {
  const deadline = Date.now() + 5_000;
  while (endLeftovers(directory) > 0 && Date.now() < deadline) await delay(10);
  await removeStateDirectory(directory);
}

/** Signals every remaining process of a directory and returns how many processes have to be looked at again. */
function endLeftovers(directory: string): number {
  return recordedProcesses(directory)
    .filter(isRunning)
    .map((identity) => endIfLeftover(identity, directory))
    .filter((ended) => ended !== 'another process').length;
}

/**
 * Ends a recorded process if its command line names the directory. For a moment after exec, and again while a process
 * exits, the kernel shows an empty command line: that is neither proof nor refutation, so the caller looks again.
 * The identity is read once more after the command line and directly before the signal: pids are handed out in turn, so
 * for another process to take this pid in between, tens of thousands of processes would have to start within that call.
 */
function endIfLeftover(
  identity: ProcessIdentity,
  directory: string,
): 'signalled' | 'unclear' | 'another process' {
  const commandLine = commandLineOf(identity.pid);
  if (commandLine.length === 0) return 'unclear';
  if (!commandLine.some((argument) => argument.includes(directory)) || !isRunning(identity))
    return 'another process';
  try {
    process.kill(identity.pid, 'SIGKILL');
  } catch {
    // It ended by itself between the look and the signal.
  }
  return 'signalled';
}

function isStale(name: string): boolean {
  const match = NAME.exec(name);
  if (match?.[3] !== placeOfPids()) return false;
  return !isRunning({ pid: Number(match[1]), startTime: match[2] ?? '' });
}

/**
 * Names the boot and the pid namespace in which a pid and a start time identify a process. A directory from elsewhere (a
 * container that shares this /tmp) may have a living owner that this process cannot see, so it is left alone.
 */
function placeOfPids(): string {
  const place = `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')} ${readlinkSync('/proc/self/ns/pid')}`;
  return createHash('sha256').update(place).digest('hex').slice(0, 8);
}

/** In a shared /tmp any user may make a directory of this name; only our own is ours to remove. */
function isOurs(directory: string): boolean {
  try {
    return statSync(directory).uid === process.getuid?.();
  } catch {
    return false;
  }
}

function recordedProcesses(directory: string): readonly ProcessIdentity[] {
  return (contentOf(join(directory, PROCESSES)) ?? '')
    .split('\n')
    .map((line) => /^(\d+) (\d+)$/.exec(line))
    .filter((match) => match !== null)
    .map((match) => ({ pid: Number(match[1]), startTime: match[2] ?? '' }));
}

function contentOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
