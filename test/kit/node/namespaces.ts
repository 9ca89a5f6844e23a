/**
 * The namespaces in which a node lives (mounts, network, processes, host name, IPC) and how one enters them. Must not know
 * what runs inside.
 */
import { spawn } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../clock/eventually.ts';
import type { RunningProgram, Supervisor } from '../control-plane/supervisor.ts';

const NAMESPACES = ['--mount', '--net', '--pid', '--uts', '--ipc'] as const;
/** What a program of Debian is looked for in; a watchdog gives its children no PATH. */
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** The name of a node in its cluster, and of its host. */
export const NODE_NAME = 'node';

export interface Namespaces {
  /** As the machine sees it. Killing it ends everything in the node at once, as a power cut would. */
  readonly pid1: number;
  readonly running: RunningProgram;
}

/** Makes the namespaces, with a process that holds them; they end with it and with the supervisor. */
export async function makeNamespaces(supervisor: Supervisor, directory: string): Promise<Namespaces> {
  rmSync(join(directory, 'pid-1.ready'), { force: true });
  const script = [join(import.meta.dirname, 'pid-1.sh'), directory, NODE_NAME];
  // The first signal is for a killed watchdog, the second for a killed unshare: neither leaves the node running.
  const dying = ['--pdeathsig', 'KILL', '--', 'unshare', '--fork', '--kill-child=KILL'];
  const making = [...NAMESPACES, '--mount-proc', '--propagation=private', '--', 'bash', ...script];
  const running = await supervisor.start('namespaces', 'setpriv', [...dying, ...making]);
  const ready = eventually(() => readyPid1(running.pid, directory), { every: 10 });
  const ended = running.exited.then((): never => {
    throw new Error(`the namespaces of the node could not be made:\n${running.lastWords()}`);
  });
  ready.catch(() => {});
  ended.catch(() => {});
  const pid1 = await Promise.race([ready, ended]);
  writeFileSync(pid1File(directory), String(pid1));
  return { pid1, running };
}

function readyPid1(unshare: number, directory: string): number {
  readFileSync(join(directory, 'pid-1.ready'));
  const [pid1] = readFileSync(`/proc/${unshare}/task/${unshare}/children`, 'utf8').trim().split(' ');
  if (!pid1) throw new Error('unshare has no child');
  return Number(pid1);
}

function pid1File(directory: string): string {
  return join(directory, 'pid-1');
}

/** Pid 1 of the node whose state directory this is, as the machine sees it. */
export function pid1Of(directory: string): number {
  return Number(readFileSync(pid1File(directory), 'utf8'));
}

/** The command that runs a program of the node inside: `nsenter` and its arguments. */
export function insideArgs(directory: string, command: readonly string[]): readonly string[] {
  const inside = [`--target=${pid1Of(directory)}`, ...NAMESPACES, '--wd=/', '--', 'env', `PATH=${PATH}`];
  return [...inside, 'sh', join(import.meta.dirname, 'run-inside.sh'), directory, ...command];
}

export interface InsideResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one command inside a node, as root. Throws when it fails. */
export async function runInside(directory: string, command: readonly string[]): Promise<InsideResult> {
  const child = spawn('nsenter', insideArgs(directory, command), { stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      output[stream] += text;
    });
  }
  const code = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => resolve(status ?? -1));
  });
  if (code === 0) return { code, ...output };
  throw new Error(`${command.join(' ')} failed with ${code} in the node:\n${output.stderr}${output.stdout}`);
}
