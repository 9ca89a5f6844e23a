/**
 * Where one control plane keeps its keys, database and logs, and how leftovers of dead runs are found and removed.
 * Must not touch a directory whose owner lives, nor a process that it cannot prove to be a leftover.
 */
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { commandLineOf, identityOf, isRunning, type ProcessIdentity } from './process-identity.ts';

/** The owner's identity is part of the name: there is no moment at which a directory exists without an owner. */
const NAME = /^support-access-cp-(\d+)-(\d+)-/;
const PROCESSES = 'processes';
/** A Unix socket's path has at most 107 bytes; the names within are shorter than 15. */
const LONGEST_PATH = 92;

/** Makes a directory (mode 0700) that belongs to the calling process. Short: Unix sockets lie in it. */
export function createStateDirectory(): string {
  const owner = identityOf(process.pid);
  if (owner === undefined) throw new Error('This kit needs /proc, that is: Linux.');
  const directory = mkdtempSync(join(tmpdir(), `support-access-cp-${owner.pid}-${owner.startTime}-`));
  if (directory.length <= LONGEST_PATH) return directory;
  rmSync(directory, { recursive: true });
  throw new Error(`TMPDIR is too long for the Unix sockets that lie in it: ${tmpdir()}`);
}

/** Notes a process as belonging to a state directory, so that a later sweep may end it. */
export function recordProcess(directory: string, pid: number): void {
  const identity = identityOf(pid);
  if (identity) appendFileSync(join(directory, PROCESSES), `${identity.pid} ${identity.startTime}\n`);
}

/** The recorded processes that still run and whose command line names the directory. */
export function livingProcesses(directory: string): readonly ProcessIdentity[] {
  return recordedProcesses(directory).filter(
    (identity) =>
      isRunning(identity) && commandLineOf(identity.pid).some((argument) => argument.includes(directory)),
  );
}

/** Ends what dead owners left running and removes their directories. Returns the directories removed. */
export async function sweepStaleDirectories(): Promise<readonly string[]> {
  const stale = readdirSync(tmpdir())
    .filter(isStale)
    .map((name) => join(tmpdir(), name))
    .filter(isOurs);
  for (const directory of stale) await endAndRemove(directory);
  return stale;
}

async function endAndRemove(directory: string): Promise<void> {
  const leftovers = livingProcesses(directory);
  for (const { pid } of leftovers) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended by itself between the look and the signal.
    }
  }
  const deadline = Date.now() + 5_000;
  while (leftovers.some(isRunning) && Date.now() < deadline) await delay(10);
  rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
}

function isStale(name: string): boolean {
  const match = NAME.exec(name);
  if (!match) return false;
  return !isRunning({ pid: Number(match[1]), startTime: match[2] ?? '' });
}

/** In a shared /tmp anybody may make a directory of this name; only our own is ours to remove. */
function isOurs(directory: string): boolean {
  try {
    return statSync(directory).uid === process.getuid?.();
  } catch {
    return false;
  }
}

function recordedProcesses(directory: string): readonly ProcessIdentity[] {
  let text: string;
  try {
    text = readFileSync(join(directory, PROCESSES), 'utf8');
  } catch {
    return [];
  }
  return text
    .split('\n')
    .map((line) => /^(\d+) (\d+)$/.exec(line))
    .filter((match) => match !== null)
    .map((match) => ({ pid: Number(match[1]), startTime: match[2] ?? '' }));
}
