/**
 * Says whether a process seen earlier is still that process. A pid alone proves nothing: the kernel gives it to another
 * process later, and killing by pid would then hit that one. Must not kill anything itself. Linux only.
 */
import { readdirSync, readFileSync } from 'node:fs';

export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks since boot at which the process started (proc(5), field 22 of stat). */
  readonly startTime: string;
}

/** The identity of a living process; undefined when there is none, or only a zombie waiting to be reaped. */
export function identityOf(pid: number): ProcessIdentity | undefined {
  const { state, startTime } = readStat(pid);
  if (state === 'Z' || state === 'X' || startTime === undefined) return undefined;
  return { pid, startTime };
}

/** Has the process been stopped by SIGSTOP? */
export function isPaused(pid: number): boolean {
  return readStat(pid).state === 'T';
}

/** Is exactly this process, not a later one with the same pid, still running? */
export function isRunning(identity: ProcessIdentity): boolean {
  return identityOf(identity.pid)?.startTime === identity.startTime;
}

/** The arguments with which a process was started; empty when it is gone or not ours to read. */
export function commandLineOf(pid: number): readonly string[] {
  return (readProc(pid, 'cmdline') ?? '').split('\0').filter((part) => part !== '');
}

/** All pids that exist at this moment. */
export function allProcessIds(): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** Resident memory in bytes; undefined when the process is gone. */
export function residentBytes(pid: number): number | undefined {
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(readProc(pid, 'status') ?? '')?.[1];
  return kibibytes === undefined ? undefined : Number(kibibytes) * 1024;
}

/** Processor time that the process has used so far, seconds; undefined when it is gone. */
export function processorSeconds(pid: number): number | undefined {
  const stat = readProc(pid, 'stat');
  if (stat === undefined) return undefined;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // utime and stime in ticks, of which Linux tells a hundred a second.
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function readStat(pid: number): {
  readonly state?: string | undefined;
  readonly startTime?: string | undefined;
} {
  const stat = readProc(pid, 'stat');
  if (stat === undefined) return {};
  // The second field is the program's name in parentheses and may itself hold spaces and parentheses.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0], startTime: fields[19] };
}

function readProc(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return undefined;
  }
}
