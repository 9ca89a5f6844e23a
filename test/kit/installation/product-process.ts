/**
 * Starts one of the product's own programs as a child process, as its Deployment would, and keeps what it says. The
 * child ends with this process, also when this process is killed: its standard input is a pipe that it watches.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventually } from '../clock/eventually.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

export interface ProductProcess {
  readonly pid: number;
  /** URL that answers 200 while it is ready; empty where none was named. */
  readonly readyUrl: string;
  /** Everything it wrote so far, both streams. */
  readonly output: () => string;
  /** Its exit code or signal, once it has ended. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  readonly isRunning: () => boolean;
  /** SIGTERM, then waits for its end. */
  stop(): Promise<void>;
  /** SIGKILL, then waits for its end. */
  kill(): Promise<void>;
}

export interface ProductProcessOptions {
  /** For messages: `operator`, `gateway`, `webhook`. */
  readonly name: string;
  /** Program and arguments after `node`: `['operator/main.ts', '--health-port=0', …]`. */
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** URL that answers 200 once it is ready. */
  readonly readyUrl: string;
  readonly within?: number;
  /** Told of it before it is ready. */
  readonly onSpawned?: ((spawned: ProductProcess) => void) | undefined;
}

/** Runs the program with Node 24 and resolves when it is ready; rejects with its output when it is not in time. */
export async function startProductProcess(options: ProductProcessOptions): Promise<ProductProcess> {
  const started = spawnProgram(options);
  options.onSpawned?.(started);
  try {
    await Promise.race([untilReady(options), beforeItsEnd(started)]);
  } catch (error) {
    await started.kill();
    const why = error instanceof Error ? error.message : String(error);
    const said = started.output().slice(-4000);
    throw new Error(`${options.name} did not become ready (${why}); it said:\n${said}`, { cause: error });
  }
  return started;
}

/** Resolves when the program answers that it is ready. */
export async function untilReady({ name, readyUrl, within = 90_000 }: ProductProcessOptions): Promise<void> {
  await eventually(
    async () => {
      const answer = await fetch(readyUrl);
      if (answer.status !== 200)
        throw new Error(`${name} is not ready: ${answer.status} ${await answer.text()}`);
    },
    { within },
  );
}

/** Rejects as soon as the process has ended, instead of waiting until the time is up. */
async function beforeItsEnd(started: ProductProcess): Promise<never> {
  const { code, signal } = await started.ended;
  throw new Error(`it has ended with ${code ?? signal}`);
}

/** Runs the program and waits for nothing: for what it does before it is ready. */
export function spawnProgram({
  name,
  args,
  env,
  readyUrl = '',
}: Omit<ProductProcessOptions, 'readyUrl' | 'onSpawned'> & { readonly readyUrl?: string }): ProductProcess {
  // Where to look after a story went wrong.
  const logs = process.env.SUPPORT_ACCESS_LOGS;
  const parts: string[] = [];
  const child = spawn(process.execPath, [...dieWithParent(), ...args], {
    cwd: root,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, KUBERNETES_SERVICE_HOST: '', ...env },
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      parts.push(text);
      if (logs) appendFileSync(join(logs, `${name}.log`), text);
    });
  }
  child.stdin.on('error', () => undefined);
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  return {
    pid: child.pid ?? 0,
    readyUrl,
    output: () => parts.join(''),
    ended,
    isRunning: () => child.exitCode === null && child.signalCode === null,
    stop: () => end(child, 'SIGTERM', ended),
    kill: () => end(child, 'SIGKILL', ended),
  };
}

async function end(child: ChildProcess, signal: NodeJS.Signals, ended: Promise<unknown>): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) child.kill(signal);
  await ended;
}

/**
 * A preloaded line that ends the child when our end of its standard input closes. By SIGKILL: `process.exit` was once seen to
 * wait for ever for a thread of Node's own, and left an operator behind.
 */
function dieWithParent(): string[] {
  const line = "process.stdin.resume().on('close', () => process.kill(process.pid, 'SIGKILL')).unref?.();";
  return ['--import', `data:text/javascript,${encodeURIComponent(line)}`];
}
