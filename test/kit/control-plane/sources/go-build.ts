/**
 * Builds one program from a pinned Go module and puts it under its name into a folder of the cache. Slow once, and it
 * needs nothing but Go and its module proxy. Must not leave a half-built program where the cache is looked up.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

export interface GoProgram {
  /** What the built file is called. */
  readonly name: string;
  /** For people: what is being built. */
  readonly title: string;
  /** The folder of the module that pins it. */
  readonly module: string;
  /** Import path of its main package. */
  readonly package: string;
  /** How long it takes on two cores with nothing cached, measured. */
  readonly duration: string;
  /** Set at link time: `-X` settings. */
  readonly settings?: readonly string[];
}

export interface Workplace {
  /** Where the finished program goes. */
  readonly folder: string;
  readonly say: (line: string) => void;
  /** Leave the processor to others: for builds in the background. */
  readonly gently?: boolean;
}

/** A folder of its own for each build; only a finished program leaves it. */
const WORKSHOP = '.build-';

/** Is there a `go` on PATH? */
export async function hasGo(): Promise<boolean> {
  return (await run('go', ['version'], import.meta.dirname)).code === 0;
}

/** Builds a program and returns its path. Throws with the compiler's words when that fails. */
export async function buildGoProgram(program: GoProgram, workplace: Workplace): Promise<string> {
  const { folder, say, gently = false } = workplace;
  const started = performance.now();
  say(`building ${program.title} from Go modules; about ${program.duration} on two cores, once`);
  const workshop = mkdtempSync(join(folder, WORKSHOP));
  const minutes = (): string => ((performance.now() - started) / 60_000).toFixed(0);
  // CI systems end a job that says nothing for long, and people do too.
  const heartbeat = setInterval(() => say(`still building ${program.title}, for ${minutes()} min`), 60_000);
  try {
    const output = join(workshop, program.name);
    const linked = ['-s', '-w', ...(program.settings ?? []).flatMap((setting) => ['-X', setting])];
    const build = ['build', '-trimpath', '-ldflags', linked.join(' '), '-o', output, program.package];
    const [command, ...args] = [...(gently ? ['nice', '-n', '15'] : []), 'go', ...build];
    const { code, stderr } = await run(command ?? 'go', args, program.module);
    if (code !== 0) throw new Error(`go build ${program.package} failed:\n${stderr}`);
    const path = join(folder, program.name);
    renameSync(output, path);
    return path;
  } finally {
    clearInterval(heartbeat);
    rmSync(workshop, { recursive: true, force: true });
  }
}

/** Removes those of a run that was killed while it built. The caller holds the lock, so no other process is building here. */
export function clearAbandonedWorkshops(folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const entry of readdirSync(folder).filter((each) => each.startsWith(WORKSHOP)))
    rmSync(join(folder, entry), { recursive: true, force: true });
}

async function run(
  command: string,
  args: readonly string[],
  folder: string,
): Promise<{ code: number; stderr: string }> {
  const child = spawn(command, args, {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, CGO_ENABLED: '0' },
  });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: -1, stderr: error.message }));
    child.once('close', (code) => resolve({ code: code ?? -1, stderr }));
  });
}
