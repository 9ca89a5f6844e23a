/** The plugin as one file, started by itself: what it is, that it does what the sources do, and what an old Node says of it. */
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { modeOf } from '../../../../tools/image/entry.ts';
import { readTar } from '../../../../tools/image/tar.ts';
import { releasePlugin } from '../../../../tools/plugin/release.ts';
import { call } from '../../../kit/cli/call.ts';
import { aMatrix } from '../../../kit/objects/matrix.ts';
import { aFolder } from '../../../kit/records/store-file.ts';

let folder: string;
let file: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'support-access-plugin-'));
  [file = ''] = await releasePlugin(folder, 'https://x.example/1.2.3/');
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const start = (words: readonly string[], program = file): SpawnSyncReturns<string> =>
  spawnSync(process.execPath, [program, ...words], { encoding: 'utf8' });

describe('the one file', () => {
  it('is at most 2 MB, and Node reads it as ASCII', () => {
    expect(statSync(file).size).toBeLessThan(2_000_000);
    expect(readFileSync(file).some((byte) => byte > 127)).toBe(false);
  });

  it('says whose work is in it', () => {
    const end = readFileSync(file, 'utf8').slice(-4000);
    for (const name of ['undici', 'MIT License']) expect(end).toContain(name);
  });

  it.each([
    [['version']],
    [['--help']],
    [['grant', 'create', '--help']],
    [['__complete', '--', 'grant', '']],
    [['matrix', 'show', '--system', 'casepoint-ecase', '-o', 'yaml']],
    [['matrix', 'lint', 'MATRIX']],
    [['matrix', 'compile', 'MATRIX']],
    [['matrix', 'diff', 'MATRIX', '--system', 'casepoint-ecase', '-o', 'json']],
    [['records', 'verify', '--file', '/nowhere']],
    [['grant', 'enable', 'x', '--kubeconfig', 'KUBECONFIG']],
    [['grant', 'enable', 'x', '--kubeconfig', 'KUBECONFIG', '--context', 'nope']],
    [['status', 'x', '--kubeconfig', 'KUBECONFIG']],
    [['can-i', 'ada', '--from', '127.1']],
    [['grant', 'enable']],
    [['grnat']],
    [['--nope']],
  ])('does what the sources do: %j', async (words) => {
    const files = { MATRIX: join(folder, 'matrix.yaml'), KUBECONFIG: join(folder, 'kubeconfig') };
    writeFileSync(files.MATRIX, stringify(aMatrix()));
    writeFileSync(files.KUBECONFIG, kubeconfig);
    const given = words.map((word) => files[word as keyof typeof files] ?? word);
    const { status, stdout, stderr } = start(given);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect({ code: status, out: stdout, err: stderr }).toEqual(await call(given));
  });

  it('runs as well where a package.json says that all files are modules', () => {
    const other = aFolder();
    writeFileSync(join(other, 'package.json'), '{"type":"module"}');
    copyFileSync(file, join(other, 'kubectl-support_access'));
    const { status, stdout, stderr } = start(['version'], join(other, 'kubectl-support_access'));
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('ends at once, with words, under a Node that is too old', () => {
    const old = `Object.defineProperty(process.versions, 'node', { value: '18.20.0' });`;
    const { status, stderr } = spawnSync(
      process.execPath,
      ['-e', `${old} require(${JSON.stringify(file)})`],
      {
        encoding: 'utf8',
      },
    );
    expect({ status, stderr }).toEqual({
      status: 3,
      stderr: 'kubectl support-access needs Node 20.16.0 or newer; this is 18.20.0\n',
    });
  });
});

/** An address that no one listens at. */
const kubeconfig = `apiVersion: v1
kind: Config
clusters:
  - name: c
    cluster: &usual { server: "https://127.0.0.1:9" }
  - { name: d, cluster: *usual }
users: [{ name: u, user: { token: t } }]
contexts: [{ name: c, context: { cluster: d, user: u } }]
current-context: c
`;

describe('the release of the plugin', () => {
  it('is the file, what starts it on Windows, an archive and a manifest for krew', () => {
    const files = readdirSync(dirname(file)).filter((name) => name.includes('support'));
    expect(files.sort()).toEqual([
      'kubectl-support_access',
      'kubectl-support_access.cmd',
      'kubectl-support_access.tar.gz',
      'support-access.yaml',
    ]);
    expect(readFileSync(`${file}.cmd`, 'utf8')).toBe('@node "%~dp0kubectl-support_access" %*\r\n');
  });

  it('tells krew where the archive is, its hash, and which of its files is the plugin', () => {
    const archive = readFileSync(join(folder, 'kubectl-support_access.tar.gz'));
    const inside = readTar(gunzipSync(archive));
    const modes = Object.fromEntries(inside.map((entry) => [entry.path, modeOf(entry).toString(8)]));
    expect(Object.keys(modes)).toEqual(['LICENSE', 'kubectl-support_access', 'kubectl-support_access.cmd']);
    const manifest = parse(readFileSync(join(folder, 'support-access.yaml'), 'utf8')) as KrewManifest;
    expect(complaintsOf(manifest)).toEqual([]);
    for (const platform of manifest.spec.platforms) {
      expect(platform).toMatchObject({
        uri: 'https://x.example/1.2.3/kubectl-support_access.tar.gz',
        sha256: createHash('sha256').update(archive).digest('hex'),
      });
      expect(modes[platform.bin]).toBe('755');
    }
    expect(manifest.spec.platforms.map(({ selector }) => selector.matchLabels['os'])).toEqual([
      'linux',
      'darwin',
    ]);
  });
});

interface KrewManifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly version: string;
    readonly shortDescription: string;
    readonly description: string;
    readonly homepage?: string;
    readonly platforms: readonly {
      readonly uri: string;
      readonly sha256: string;
      readonly bin: string;
      readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
    }[];
  };
}

/** What krew's own validation asks of a manifest (its `internal/index/validation`), and its index of a description. */
function complaintsOf({ apiVersion, kind, metadata, spec }: KrewManifest): string[] {
  const asks: readonly (readonly [string, boolean])[] = [
    ['apiVersion', apiVersion === 'krew.googlecontainertools.github.com/v1alpha2'],
    ['kind', kind === 'Plugin'],
    ['a safe name', /^[\w-]+$/.test(metadata.name)],
    ['a version with v, semantic', /^v\d+\.\d+\.\d+/.test(spec.version)],
    ['a short description in one line of 50 characters', /^.{1,50}$/.test(spec.shortDescription)],
    ['a description', spec.description.trim() !== ''],
    ['a platform', spec.platforms.length > 0],
    ['an address by https', spec.platforms.every(({ uri }) => uri.startsWith('https://'))],
    ['a hash', spec.platforms.every(({ sha256 }) => /^[a-f0-9]{64}$/.test(sha256))],
    ['a path inside the archive', spec.platforms.every(({ bin }) => bin !== '' && !bin.includes('..'))],
  ];
  return asks.filter(([, holds]) => !holds).map(([what]) => what);
}
