/**
 * P1: how much CPU does the plugin take until it has said its version, its help, and what is wrong with a call of a cluster that
 * is not there? Against Node that does nothing, warm; elapsed time would say what else the machine does. And how large is its
 * one file?
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundlePlugin } from '../../../tools/plugin/one-file.ts';
import { quantile } from '../harness.ts';
import { countedResult, type Result, type Row } from '../row.ts';

const rounds = 5;
const megabyte = 1_000_000;

/** No port of this machine answers there, so that the call ends as soon as it was sent. */
const kubeconfig = `apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: "https://127.0.0.1:9"}}]
users: [{name: u, user: {token: t}}]
contexts: [{name: c, context: {cluster: c, user: u}}]
current-context: c
`;

export const p1: Row = {
  id: 'p1',
  title: 'The plugin as one file: warm start, and size',
  async run(progress) {
    const folder = mkdtempSync(join(tmpdir(), 'support-access-bench-plugin-'));
    try {
      progress('the one file');
      const file = await bundlePlugin(folder);
      const config = join(folder, 'kubeconfig');
      writeFileSync(config, kubeconfig);
      const unreachable = ['grant', 'enable', 'x', '--yes', '--kubeconfig', config];
      const calls = { version: ['version'], help: ['--help'], 'a call to a cluster': unreachable };
      const starts = Object.entries(calls).map(([what, words]) => {
        progress(what);
        return startOf(what, [file, ...words]);
      });
      const bytes = statSync(file).size;
      return [...starts, countedResult('size', { value: bytes / megabyte, unit: 'MB', limit: 2 })];
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

function startOf(what: string, args: readonly string[]): Result {
  const ours: number[] = [];
  const bare: number[] = [];
  // In turns, so that what else the machine does slows both; the first of each reads the file from the disk.
  for (let round = 0; round <= rounds; round++) {
    const times = [cpuOf(args), cpuOf(['-e', '0'])];
    if (round === 0) continue;
    ours.push(times[0] ?? 0);
    bare.push(times[1] ?? 0);
  }
  const [one, other] = [quantile(ours, 0.5), quantile(bare, 0.5)];
  const detail = `${one.toFixed(0)} ms of CPU, Node alone ${other.toFixed(0)} ms`;
  return countedResult(what, { value: one / other, unit: 'x', limit: 4, detail });
}

/** Calls that are counted together: a shell counts in hundredths of a second. */
const together = 10;

/** Milliseconds of CPU of one call, in user and in kernel, as the shell counts them for its children. */
function cpuOf(args: readonly string[]): number {
  const calls = Array.from({ length: together }, () => '"$0" "$@" >/dev/null 2>&1').join('; ');
  const { stdout } = spawnSync('sh', ['-c', `${calls}; times`, process.execPath, ...args], {
    encoding: 'utf8',
  });
  const [, children = ''] = stdout.trim().split('\n');
  const parts = [...children.matchAll(/(\d+)m([\d.]+)s/g)];
  if (parts.length !== 2) throw new Error(`the shell counts no CPU: "${children}"`);
  const ms = parts.map(([, minutes, seconds]) => Number(minutes) * 60_000 + Number(seconds) * 1000);
  return ms.reduce((sum, each) => sum + each, 0) / together;
}
