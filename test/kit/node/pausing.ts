/** Stops and continues one program of a node: its connections stay open, and nothing answers. Must not end anything. */
import { basename } from 'node:path';
import { eventually } from '../clock/eventually.ts';
import { allProcessIds, commandLineOf, isPaused } from '../control-plane/process-identity.ts';
import type { Daemon } from './node-flags.ts';

/** SIGSTOP. Returns when it has stopped. */
export async function pauseProgram(directory: string, name: Daemon): Promise<void> {
  const { program, all } = pidsOf(directory, name);
  process.kill(program, 'SIGSTOP');
  // The `nsenter` above it stops itself, too, when it sees that.
  await eventually(() => {
    if (!all.every(isPaused)) throw new Error(`${name} is not paused`);
  });
}

/** SIGCONT. */
export async function resumeProgram(directory: string, name: Daemon): Promise<void> {
  const { all } = pidsOf(directory, name);
  for (const pid of all) process.kill(pid, 'SIGCONT');
  await eventually(() => {
    if (all.some(isPaused)) throw new Error(`${name} is still paused`);
  });
}

/** As the machine sees them. Every program of a node is given a path in its state directory. */
function pidsOf(
  directory: string,
  name: Daemon,
): { readonly program: number; readonly all: readonly number[] } {
  const named = allProcessIds()
    .map((pid) => ({ pid, args: commandLineOf(pid) }))
    .filter(({ args }) => args.some((argument) => argument.includes(directory)))
    .filter(({ args }) => args.some((argument) => basename(argument) === name));
  const program = named.find(({ args }) => basename(args[0] ?? '') === name)?.pid;
  if (program === undefined) throw new Error(`${name} is not running in the node`);
  return { program, all: named.map(({ pid }) => pid) };
}
