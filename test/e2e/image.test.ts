/** The image: what is in it, that the same sources make the same bytes, and that it works where nothing is allowed. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root, version } from '../../tools/image/bundles.ts';
import { type Entry, modeOf } from '../../tools/image/entry.ts';
import { imageCache } from '../../tools/image/layer.ts';
import { readTar } from '../../tools/image/tar.ts';
import { eventually } from '../kit/clock/eventually.ts';
import { commandLineOf } from '../kit/control-plane/process-identity.ts';
import {
  type ContainerEngine,
  cgroupParent,
  startContainerEngine,
  whyNoEngine,
} from '../kit/images/container-engine.ts';
import { containerPrograms } from '../kit/images/container-programs.ts';
import { builderHome, buildImageBuilder } from '../kit/images/image-builder.ts';
import { readImage } from '../kit/images/read-image.ts';
import { type BuiltProductImage, buildProductImage, buildTestImage } from '../kit/images/test-image.ts';
import { anExampleInstallation } from '../kit/installation/example-installation.ts';
import { noteNotRun } from '../kit/machine/not-run.ts';
import { ask, signedIn } from '../kit/people/acts.ts';
import { lock } from '../kit/people/customer.ts';
import { verifyRecords } from '../kit/records/trail-reading.ts';

let image: BuiltProductImage;
let folder: string;
let tree: ReadonlyMap<string, Entry>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'support-access-image-test-'));
  image = await buildProductImage(folder, 'of the test');
  const entries = image.layers.flatMap(({ compressed }) => readTar(gunzipSync(compressed)));
  tree = new Map(entries.map((entry) => [entry.path, entry]));
});

afterAll(async () => rm(folder, { recursive: true, force: true }));

const textOf = (path: string): string => {
  const found = tree.get(path);
  return found?.kind === 'file' ? found.content.toString('utf8') : `no file at ${path}`;
};

describe('the image', () => {
  it('holds one program that can be run, Node, beside the loader, and the plugin: no shell, no package manager', () => {
    const programs = [...tree.values()].filter(
      (entry) => entry.kind === 'file' && (modeOf(entry) & 0o111) !== 0,
    );
    expect(programs.map(({ path }) => path.replace(/[^/]+-linux-gnu/, 'ARCH'))).toEqual([
      expect.stringMatching(/^lib\/ARCH\/ld-linux-/),
      'lib/ARCH/libc.so.6',
      'usr/local/bin/node',
      'app/kubectl-support_access.js',
    ]);
  });

  it('holds nothing that another user than root could change, but /tmp, and nothing that runs as its owner', () => {
    const open = [...tree.values()].filter(
      (entry) => entry.kind !== 'link' && (modeOf(entry) & 0o6022) !== 0,
    );
    expect(open.map(({ path }) => path)).toEqual(['tmp']);
  });

  it('holds the very Node that runs this test', async () => {
    const node = tree.get('usr/local/bin/node');
    expect(node?.kind === 'file' && node.content.equals(await readFile(process.execPath))).toBe(true);
  });

  it('tells scanners and lawyers what is in it: distribution, packages, bill of materials, licences', () => {
    expect(textOf('etc/os-release')).toContain('ID=debian\n');
    const libraries = ['libc6', 'libgcc-s1', 'libstdc++6'];
    for (const name of libraries)
      expect(textOf(`var/lib/dpkg/status.d/${name}`).split('\n')[0]).toBe(`Package: ${name}`);
    const bill = JSON.parse(textOf('usr/share/doc/support-access/sbom.cdx.json')) as {
      components: { name: string; purl: string; hashes?: unknown[] }[];
    };
    const names = bill.components.map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining(['node', 'libc6', 'undici', '@kubernetes/client-node', 'samlify']),
    );
    // Only tests and tools need these.
    for (const other of ['vitest', 'esbuild', 'fflate', 'typescript', 'playwright-core'])
      expect(names).not.toContain(other);
    expect(new Set(bill.components.map(({ purl }) => purl)).size).toBe(names.length);
    expect(textOf('usr/share/doc/support-access/licenses-of-packages')).toContain('undici');
    expect(image.bill).toBe(textOf('usr/share/doc/support-access/sbom.cdx.json'));
  });

  it('is the same bytes when its sources lie elsewhere and are built later by another user’s habits', async () => {
    const elsewhere = join(folder, 'a', 'copy of the sources');
    await cp(root, elsewhere, {
      recursive: true,
      filter: (path) => !/\/(node_modules|dist|\.git)$/.test(path),
    });
    await promisify(execFile)('cp', ['-al', join(root, 'node_modules'), elsewhere]);
    const out = join(folder, 'out');
    const build = 'umask 077; exec "$0" "$@"';
    const main = join(elsewhere, 'tools/image/main.ts');
    await promisify(execFile)(
      'sh',
      ['-c', build, process.execPath, main, '--revision=of the test', `--out=${out}`],
      {
        cwd: '/',
        env: {
          ...process.env,
          TZ: 'Pacific/Auckland',
          LC_ALL: 'C',
          SOURCE_DATE_EPOCH: String(image.created),
        },
      },
    );
    const [archive = ''] = (await readdir(out)).filter((name) => name.endsWith('.oci.tar'));
    expect((await readFile(join(out, archive))).equals(image.bytes)).toBe(true);
    await rm(elsewhere, { recursive: true, force: true });
  });
});

const why = whyNoEngine();
if (why !== undefined) noteNotRun({ what: 'the image in a container engine', why });

describe.skipIf(why !== undefined)('in a container engine, the image', () => {
  let engine: ContainerEngine;

  beforeAll(async () => {
    engine = await startContainerEngine();
    await engine.podman('load', '--quiet', '--input', image.archive);
  });

  afterAll(async () => engine?.stop());

  it('runs as its numeric user, on a root that it cannot write, without capabilities and without a shell', async () => {
    const said = await engine.podman(
      'run',
      '--rm',
      '--read-only',
      '--cap-drop=ALL',
      '--security-opt=no-new-privileges',
      '--network=host',
      `--cgroup-parent=${cgroupParent}`,
      image.name,
      'node',
      '-e',
      lookAround,
    );
    expect(JSON.parse(said)).toEqual({
      ids: [65532, 65532],
      capabilities: '0000000000000000',
      writing: ['EROFS', 'EROFS', 'EROFS'],
      shells: ['ENOENT', 'ENOENT', 'ENOENT', 'ENOENT', 'ENOENT'],
      plugin: `${version}\n`,
    });
  });

  it('is three programs that do a sign-in together, mask, obey a lock and keep records', async () => {
    const installation = await anExampleInstallation({ programs: containerPrograms(image.name) });
    try {
      const ada = await signedIn(installation, 'case-4711');
      const log = await ask(installation, ada, '/api/email-log');
      expect([log.status, /@(customer|agency)\.example/.test(log.body)]).toEqual([200, false]);
      await lock(installation, 'all');
      expect((await ask(installation, ada)).status).not.toBe(200);
      ada.leave();
      await verifyRecords(installation);
    } finally {
      await installation.stop();
    }
  }, 300_000);

  it('ends with the test that started it, also by kill -9', async () => {
    const owner = fileURLToPath(new URL('../kit/images/engine-owner.ts', import.meta.url));
    const mark = `of-${process.pid}-${Date.now()}`;
    const child = spawn(process.execPath, [owner, image.archive, image.name, mark], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      const [said] = (await once(child.stdout, 'data')) as [Buffer];
      expect([String(said), runningWith(mark)]).toEqual(['ready\n', 1]);
    } finally {
      child.kill('SIGKILL');
    }
    await eventually(() => expect(runningWith(mark)).toBe(0));
  });

  it('is, file by file, what the Dockerfile makes', async () => {
    const { name, archive } = await buildImageBuilder(folder);
    await engine.podman('load', '--quiet', '--input', archive);
    const built = 'localhost/from-the-dockerfile:test';
    await engine.podman(
      'build',
      '--quiet',
      '--tag',
      built,
      '--network=host',
      '--layers=false',
      // One of its own: a build is put into the very group, which containers of others may have filled.
      `--cgroup-parent=${cgroupParent}/build`,
      `--build-arg=NODE_IMAGE=${name}`,
      '--build-arg=REVISION=of the test',
      // What the build would fetch, so that it needs no network: the packages of npm and of Debian.
      `--volume=${join(root, 'node_modules')}:/src/node_modules:ro`,
      `--volume=${imageCache}:${builderHome}/.cache/support-access/image:ro`,
      root,
    );
    const saved = join(folder, 'from-the-dockerfile.tar');
    await engine.podman('save', '--quiet', '--format=oci-archive', `--output=${saved}`, built);
    const theirs = readImage(await readFile(saved));
    const ours = readImage(image.bytes);
    expect(theirs.tree).toEqual(ours.tree);
    expect(theirs.config).toMatchObject(ours.config);
  });
});

/** The owner has the mark too, among other arguments. */
function isContainerWith(mark: string, pid: number): boolean {
  const line = commandLineOf(pid);
  return line.at(-1) === mark && line.includes('-e') && line[0] === 'node';
}

/** How many containers of this machine have the mark as their last argument, in any namespace. */
function runningWith(mark: string): number {
  return readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && isContainerWith(mark, Number(pid))).length;
}

/** Runs in the container. */
const lookAround = `
const fs = require('node:fs');
const { spawnSync } = require('node:child_process');
const codeOf = (act) => { try { act(); return 'done'; } catch (error) { return error.code; } };
console.log(JSON.stringify({
  ids: [process.getuid(), process.getgid()],
  capabilities: /CapEff:\\s*(\\w+)/.exec(fs.readFileSync('/proc/self/status', 'utf8'))[1],
  writing: ['/x', '/app/x', '/etc/x'].map((path) => codeOf(() => fs.writeFileSync(path, ''))),
  shells: ['sh', 'bash', 'busybox', 'apt-get', 'dpkg'].map((name) => spawnSync(name).error.code),
  plugin: spawnSync('kubectl-support_access', ['version'], { encoding: 'utf8' }).stdout,
}));
`;

describe('the images of what tests put beside the product', () => {
  it('share its base, so that a node keeps Node once', async () => {
    const layersOf = async (archive: string): Promise<string[]> => {
      const manifest = readTar(await readFile(archive)).find(({ path }) => path === 'manifest.json');
      const text = manifest?.kind === 'file' ? manifest.content.toString('utf8') : '[]';
      return (JSON.parse(text) as { Layers: string[] }[]).flatMap(({ Layers }) => Layers);
    };
    const [first, ...others] = await Promise.all(
      (['example-application', 'idp'] as const).map(async (name) =>
        layersOf((await buildTestImage(name, folder)).archive),
      ),
    );
    const base = image.layers[0]?.digest.replace(':', '/');
    for (const layers of [first, ...others]) expect(layers).toEqual([`blobs/${base}`, expect.any(String)]);
  });
});
