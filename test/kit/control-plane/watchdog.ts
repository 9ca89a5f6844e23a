/**
 * The program that is parent to etcd, the API server and the controllers, and ends them when its starter is
 * gone: it holds one end of a pipe, and the kernel closes the other end however the owner dies (SIGKILL included).
 * It runs in a session of its own, so that Ctrl-C reaches the owner alone. Must not decide what runs: it is told.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { recordProcess, removeStateDirectory } from './state-directory.ts';
import type { Command, Report } from './watchdog-messages.ts';

const directory = process.argv[2];
if (directory === undefined) throw new Error('usage: watchdog.ts <state directory>');
const children = new Map<string, ChildProcess>();

function report(message: Report): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

function obey(command: Command): void {
  if (command.do === 'signal') {
    children.get(command.name)?.kill(command.signal);
    return;
  }
  start(command);
}

function start({ name, program, args, log }: Extract<Command, { do: 'start' }>): void {
  const output = openSync(log, 'a', 0o600);
  const child = spawn(program, args, { stdio: ['ignore', output, output], env: { HOME: directory } });
  closeSync(output);
  child.on('error', (error) => report({ name, failed: error.message }));
  if (child.pid === undefined) return;
  recordProcess(directory ?? '', child.pid);
  children.set(name, child);
  report({ name, pid: child.pid });
  child.on('exit', (code, signal) => {
    children.delete(name);
    report({ name, exited: { code, signal } });
  });
}

/** SIGKILL, not SIGTERM: nothing here outlives the run, and a paused process would not hear anything else. */
async function endAll(): Promise<never> {
  const ended = [...children.values()].map(async (child) => {
    await new Promise((resolve) => {
      child.once('exit', resolve);
      child.kill('SIGKILL');
    });
  });
  await Promise.all(ended);
  await removeStateDirectory(directory ?? '');
  process.exit(0);
}

for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => {});
process.on('SIGTERM', () => void endAll());
// The owner may be gone before it reads the last report.
process.stdout.on('error', () => {});
recordProcess(directory, process.pid);
const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => obey(JSON.parse(line) as Command));
lines.on('close', () => void endAll());
