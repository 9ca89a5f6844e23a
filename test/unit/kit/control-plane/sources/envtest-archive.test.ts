import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { BinaryName, Search } from '../../../../kit/control-plane/binary-source.ts';
import { freePort } from '../../../../kit/control-plane/free-port.ts';
import { envtestArchive } from '../../../../kit/control-plane/sources/envtest-archive.ts';
import { anEnvtestServer, archiveName, type EnvtestServer } from '../../../../kit/objects/envtest-release.ts';
import { aTarGz } from '../../../../kit/objects/tar.ts';

const VERSION = '1.37.1';
const WANTED: readonly BinaryName[] = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kubectl'];
const HONEST = aTarGz([
  { name: 'controller-tools/', kind: '5' },
  { name: 'controller-tools/envtest/', kind: '5' },
  { name: 'controller-tools/envtest/etcd', content: 'the etcd' },
  { name: 'controller-tools/envtest/kube-apiserver', content: 'the api server' },
  { name: 'controller-tools/envtest/kubectl', content: 'the kubectl' },
]);

let folder: string;
let said: string[];
let search: Search;
let server: EnvtestServer;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'envtest-'));
  said = [];
  search = { version: VERSION, folder: join(folder, VERSION), say: (line) => said.push(line) };
  server = await anEnvtestServer();
  vi.stubEnv('SUPPORT_ACCESS_ENVTEST_INDEX', server.index);
});

afterEach(() => {
  vi.unstubAllEnvs();
  server.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('an archive that the index vouches for', () => {
  it('gives the wanted programs that it holds, executable', async () => {
    server.publish(VERSION, HONEST);
    const found = await envtestArchive.find(WANTED, search);
    expect(Object.keys(found)).toEqual(['etcd', 'kube-apiserver', 'kubectl']);
    expect(readFileSync(found.etcd ?? '', 'utf8')).toBe('the etcd');
    expect(statSync(found.etcd ?? '').mode & 0o111).toBe(0o111);
  });

  it('gives nothing that was not wanted', async () => {
    server.publish(VERSION, HONEST);
    expect(Object.keys(await envtestArchive.find(['kubectl'], search))).toEqual(['kubectl']);
    expect(readdirSync(search.folder)).toEqual(['kubectl']);
  });

  it('says where it looks and how long that takes', async () => {
    server.publish(VERSION, HONEST);
    await envtestArchive.find(WANTED, search);
    expect(said.join('\n')).toMatch(
      /index of 1\.37\.1; at most 5 s.*\n.*archive of 1\.37\.1; about a minute/,
    );
  });
});

describe('an archive that is refused whole', () => {
  it('has another hash than the index says', async () => {
    server.publish(VERSION, HONEST, 'ab'.repeat(64));
    expect(await envtestArchive.find(WANTED, search)).toEqual({});
    expect(said.at(-1)).toMatch(/SHA-512 .* refused/);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('holds a name that leaves its folder, even if the hash is right', async () => {
    server.publish(
      VERSION,
      aTarGz([
        { name: 'controller-tools/envtest/etcd', content: 'honest' },
        { name: 'controller-tools/../../../etcd', content: 'evil' },
      ]),
    );
    expect(await envtestArchive.find(WANTED, search)).toEqual({});
    expect(said.at(-1)).toMatch(/leaves its folder/);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('a source that has nothing', () => {
  it('is an index without this version', async () => {
    server.publishIndex('releases:\n  v1.0.0: {}\n');
    expect(await envtestArchive.find(WANTED, search)).toEqual({});
    expect(said.at(-1)).toBe(`the envtest index has no ${archiveName(VERSION)}`);
  });

  it('is an index that is not there', async () => {
    expect(await envtestArchive.find(WANTED, search)).toEqual({});
    expect(said.at(-1)).toMatch(/answered 404/);
  });

  it('is a server that refuses connections', async () => {
    vi.stubEnv('SUPPORT_ACCESS_ENVTEST_INDEX', `http://127.0.0.1:${await freePort()}/index`);
    expect(await envtestArchive.find(WANTED, search)).toEqual({});
    expect(said.at(-1)).toMatch(/ECONNREFUSED/);
  });

  it('is a black hole, given up within five seconds', async () => {
    const hole = createServer(() => {});
    await new Promise<void>((resolve) => hole.listen(0, '127.0.0.1', resolve));
    const { port } = hole.address() as { port: number };
    vi.stubEnv('SUPPORT_ACCESS_ENVTEST_INDEX', `http://127.0.0.1:${port}/index`);
    const from = performance.now();
    expect(await envtestArchive.find(WANTED, search)).toEqual({});
    expect(performance.now() - from).toBeGreaterThan(4_000);
    expect(performance.now() - from).toBeLessThan(6_000);
    expect(said.at(-1)).toMatch(/did not answer within 5 s/);
    hole.close();
  });
});
