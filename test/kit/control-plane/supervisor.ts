/**
 * The owner's side of the watchdog: starts programs through it, signals them, tells when they end. Must not know what
 * the programs are.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Command, Exit, Report } from './watchdog-messages.ts';

export interface RunningProgram {
  readonly pid: number;
  readonly exited: Promise<Exit>;
  readonly signal: (signal: NodeJS.Signals) => void;
  /** The last lines that the program wrote, for error messages. */
  readonly lastWords: () => string;
}

export interface Supervisor {
  /** Starts a program under a name. The name is free again when the program has exited. */
  start(name: string, program: string, args: readonly string[]): Promise<RunningProgram>;
  /** Ends everything, removes the state directory, and returns when both are done. */
  stop(): Promise<void>;
}

interface Waiting {
  readonly started: (pid: number) => void;
  readonly failed: (error: Error) => void;
  readonly exited: (exit: Exit) => void;
}

/** Starts a watchdog for one state directory. Everything it runs ends with the calling process. */
export function startSupervisor(directory: string): Supervisor {
  const watchdog = spawn(process.execPath, [join(import.meta.dirname, 'watchdog.ts'), directory], {
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
  });
  const waiting = new Map<string, Waiting>();
  const gone = new Promise<void>((resolve) => {
    watchdog.once('exit', () => resolve());
    watchdog.once('error', () => resolve());
  });
  listen(watchdog, waiting);
  const tell = (command: Command): void => void watchdog.stdin?.write(`${JSON.stringify(command)}\n`);
  return {
    start: async (name, program, args) => {
      const log = join(directory, `${name}.log`);
      const { promise: exited, resolve: exit } = Promise.withResolvers<Exit>();
      const pid = await new Promise<number>((started, failed) => {
        waiting.set(name, { started, failed, exited: exit });
        tell({ do: 'start', name, program, args, log });
      });
      return {
        pid,
        exited,
        signal: (signal) => tell({ do: 'signal', name, signal }),
        lastWords: () => tail(log),
      };
    },
    stop: async () => {
      watchdog.stdin?.end();
      await gone;
    },
  };
}

function listen(watchdog: ChildProcess, waiting: ReadonlyMap<string, Waiting>): void {
  if (!watchdog.stdout || !watchdog.stdin) throw new Error('The watchdog has no pipes.');
  watchdog.stdin.on('error', () => {});
  createInterface({ input: watchdog.stdout }).on('line', (line) => {
    const report = JSON.parse(line) as Report;
    const party = waiting.get(report.name);
    if ('pid' in report) party?.started(report.pid);
    else if ('failed' in report) party?.failed(new Error(`${report.name} did not start: ${report.failed}`));
    else party?.exited(report.exited);
  });
  watchdog.once('exit', () => {
    for (const [name, party] of waiting) {
      party.failed(new Error(`${name}: the watchdog of this control plane ended`));
      party.exited({ code: null, signal: 'SIGKILL' });
    }
  });
}

function tail(log: string): string {
  try {
    return readFileSync(log, 'utf8').split('\n').slice(-15).join('\n');
  } catch {
    return '(it wrote nothing)';
  }
}
