/** The image: what is in it, that the same sources make the same bytes, and that it works where nothing is allowed. */
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Entry, modeOf } from '../../tools/image/entry.ts';
import { readTar } from '../../tools/image/tar.ts';
import { type BuiltProductImage, buildProductImage, buildTestImage } from '../kit/images/test-image.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

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
