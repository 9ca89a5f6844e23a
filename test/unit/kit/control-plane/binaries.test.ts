import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { findBinaries } from '../../../kit/control-plane/binaries.ts';
import type { BinaryPaths } from '../../../kit/control-plane/binary-source.ts';
import { anEnvtestServer, type EnvtestServer } from '../../../kit/objects/envtest-release.ts';
import { aTarGz } from '../../../kit/objects/tar.ts';

const VERSION = '1.37.1';

let root: string;
let assets: string;
let cache: string;
let server: EnvtestServer;
let said: string[];

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'binaries-'));
  assets = join(root, 'assets');
  cache = join(root, 'cache');
  said = [];
  server = await anEnvtestServer();
  vi.stubEnv('SUPPORT_ACCESS_ENVTEST_INDEX', server.index);
  vi.stubEnv('KUBEBUILDER_ASSETS', '');
  // No go: the last source builds for minutes, and its proof is that this suite has a control plane at all.
  vi.stubEnv('PATH', root);
});

afterEach(() => {
  vi.unstubAllEnvs();
  server.stop();
  rmSync(root, { recursive: true, force: true });
});

function put(folder: string, ...names: readonly string[]): void {
  mkdirSync(folder, { recursive: true });
  for (const name of names) {
    writeFileSync(join(folder, name), '');
    chmodSync(join(folder, name), 0o755);
  }
}

async function find(version = VERSION): Promise<BinaryPaths> {
  return findBinaries({ version, cache, say: (line) => said.push(line) });
}

it('takes each program from the first source that has it', async () => {
  vi.stubEnv('KUBEBUILDER_ASSETS', assets);
  put(assets, 'etcd');
  put(join(cache, VERSION), 'etcd', 'kube-controller-manager');
  const archived = ['etcd', 'kube-apiserver', 'kubectl'].map((name) => ({ name, content: name }));
  server.publish(VERSION, aTarGz(archived));
  expect(await find()).toEqual({
    etcd: join(assets, 'etcd'),
    'kube-controller-manager': join(cache, VERSION, 'kube-controller-manager'),
    'kube-apiserver': join(cache, VERSION, 'kube-apiserver'),
    kubectl: join(cache, VERSION, 'kubectl'),
  });
});

it('asks nobody when the cache has all', async () => {
  put(join(cache, VERSION), 'etcd', 'kube-apiserver', 'kube-controller-manager', 'kubectl');
  await find();
  expect(server.asked).toEqual([]);
  expect(said).toEqual([]);
});

it('downloads once when two runs want the same', async () => {
  put(join(cache, VERSION), 'kube-controller-manager');
  const archived = ['etcd', 'kube-apiserver', 'kubectl'].map((name) => ({ name, content: name }));
  server.publish(VERSION, aTarGz(archived));
  const [one, other] = await Promise.all([find(), find()]);
  expect(one).toEqual(other);
  expect(server.asked).toHaveLength(2);
  expect(said.join('\n')).toContain('another run is getting the control plane 1.37.1; waiting for it');
});

it('names what it could not get and where it looked', async () => {
  put(join(cache, VERSION), 'etcd', 'kube-apiserver', 'kubectl');
  await expect(find()).rejects.toThrow(/No kube-controller-manager 1\.37\.1: .*is `go` installed/);
  expect(said.at(-1)).toBe('no `go` on PATH: nothing can be built');
});

it('does not take a file that nobody may execute', async () => {
  put(join(cache, VERSION), 'etcd', 'kube-apiserver', 'kube-controller-manager', 'kubectl');
  chmodSync(join(cache, VERSION, 'etcd'), 0o644);
  await expect(find()).rejects.toThrow(/No etcd/);
});

it('builds no version that is not pinned', async () => {
  await expect(find('1.0.0')).rejects.toThrow(
    /No etcd, kube-apiserver, kube-controller-manager, kubectl 1\.0\.0/,
  );
  expect(said.at(-1)).toMatch(/^no Go module pins 1\.0\.0; pinned are 1\.37\.1/);
});
