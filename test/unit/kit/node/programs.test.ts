import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { findNodePrograms } from '../../../kit/node/programs.ts';

let cache: string;

beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'node-programs-'));
  // No go: building takes minutes, and its proof is that the node suite has a node at all.
  vi.stubEnv('PATH', cache);
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(cache, { recursive: true, force: true });
});

/** Paths that a refusal names: where the programs of one module were looked for. */
async function folderOfMissing(): Promise<string> {
  const refusal = await findNodePrograms({ cache }).then(
    () => '',
    (error: unknown) => String(error),
  );
  return /not in (\S+),/.exec(refusal)?.[1] ?? '';
}

it('names the programs that it can neither find nor build, and where it looked', async () => {
  await expect(findNodePrograms({ cache })).rejects.toThrow(
    /^No kubelet, kube-scheduler, kube-proxy: not in \S+kubernetes-[0-9a-f]{12}, and there is no `go` on PATH/,
  );
});

it('takes what is cached of one module, and goes on to the next', async () => {
  const folder = await folderOfMissing();
  for (const name of ['kubelet', 'kube-scheduler', 'kube-proxy']) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, name), '');
    chmodSync(join(folder, name), 0o755);
  }
  expect(dirname(folder)).toBe(cache);
  await expect(findNodePrograms({ cache })).rejects.toThrow(/^No containerd, .*portmap: not in /);
});
