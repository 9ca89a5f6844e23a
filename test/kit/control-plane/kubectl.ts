/** Runs the real kubectl against a control plane, with caches that go away with it. Must not read the user's own files. */
import { spawn } from 'node:child_process';
import { delimiter } from 'node:path';
import type { KubectlOptions, KubectlResult } from './control-plane.ts';

export interface KubectlPlace {
  readonly program: string;
  readonly kubeconfig: string;
  /** Home directory of the run: kubectl keeps its discovery cache there. */
  readonly home: string;
}

/** Runs kubectl once and returns what it said. */
export async function runKubectl(
  place: KubectlPlace,
  args: readonly string[],
  options: KubectlOptions = {},
): Promise<KubectlResult> {
  const { kubeconfig = place.kubeconfig, path = [], expectFailure = false } = options;
  const child = spawn(place.program, args, {
    env: {
      HOME: place.home,
      KUBECONFIG: kubeconfig,
      PATH: [...path, process.env['PATH'] ?? ''].join(delimiter),
      ...options.env,
    },
  });
  child.stdin.on('error', () => {});
  child.stdin.end(options.input ?? '');
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  const code = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => resolve(status ?? -1));
  });
  const result = { stdout: stdout(), stderr: stderr(), code };
  if ((code !== 0) !== expectFailure) throw unexpected(args, result);
  return result;
}

function collect(stream: NodeJS.ReadableStream): () => string {
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString();
}

function unexpected(args: readonly string[], { stdout, stderr, code }: KubectlResult): Error {
  const what = code === 0 ? 'succeeded, but was expected to fail' : `failed with ${code}`;
  return new Error(`kubectl ${args.join(' ')} ${what}\n${stderr}${stdout}`);
}
