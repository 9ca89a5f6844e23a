/** The product's image: the base, and one layer with all programs. The chart says which one a container starts. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Architecture } from './archive.ts';
import { type OciArchive, ociArchive } from './archive.ts';
import { bundleProduct, root, version } from './bundles.ts';
import { aFile, type Entry } from './entry.ts';
import { baseOf, environment, user } from './ground.ts';
import { type Layer, layerOf } from './layer.ts';
import { bundledPackages, licenceTexts } from './packages.ts';
import { billOfMaterials } from './sbom.ts';

export interface ImageWish {
  readonly architecture?: Architecture;
  /** Full name with tag; what the chart asks for unless said. */
  readonly name?: string;
  /** Of the sources; what git says unless said. */
  readonly revision?: string;
  /** Where packages and compressed layers are remembered. */
  readonly cache: string;
}

export interface ImageContents {
  readonly base: readonly Entry[];
  readonly programs: readonly Entry[];
  readonly bill: string;
}

export interface ProductImage extends OciArchive {
  readonly name: string;
  /** When the sources were committed, epoch seconds. */
  readonly created: number;
  readonly layers: readonly Layer[];
  readonly bill: string;
}

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  license: string;
  description: string;
};

/** As the chart's values name it. */
export const imageName = `ghcr.io/support-access/support-access:${version}`;

/** What starts where a container is not told what: the program that names its flags when it is not told any. */
export const command = ['node', '/app/webhook.js'];

/** Of this machine. Throws for one that the image is not made for. */
export function thisArchitecture(): Architecture {
  if (process.arch === 'x64') return 'amd64';
  if (process.arch === 'arm64') return 'arm64';
  throw new Error(`The image is made for amd64 and arm64; this machine is ${process.arch}.`);
}

/** Everything that is in the image, before it becomes layers. The Dockerfile copies exactly this. */
export async function imageContents(architecture: Architecture, cache: string): Promise<ImageContents> {
  const folder = mkdtempSync(join(tmpdir(), 'support-access-image-'));
  try {
    const packages = bundledPackages(await bundleProduct(join(folder, 'app')));
    const base = baseOf(architecture, cache);
    const bill = billOfMaterials({ version, architecture, base, packages });
    const documents = 'usr/share/doc/support-access';
    return {
      base: base.entries,
      programs: [
        ...filesIn(join(folder, 'app'), 'app'),
        {
          kind: 'link',
          path: 'usr/local/bin/kubectl-support_access',
          target: '/app/kubectl-support_access.js',
        },
        aFile(`${documents}/LICENSE`, readFileSync(join(root, 'LICENSE'))),
        aFile(`${documents}/licenses-of-packages`, licenceTexts(packages)),
        aFile(`${documents}/sbom.cdx.json`, bill),
      ],
      bill,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The image as an OCI archive. */
export async function productImage({
  architecture = thisArchitecture(),
  name = imageName,
  revision = commit().revision,
  cache,
}: ImageWish): Promise<ProductImage> {
  const { base, programs, bill } = await imageContents(architecture, cache);
  const layers = [
    layerOf(base, { comment: 'Node and the libraries that it needs', cache }),
    layerOf(programs, { comment: 'operator, webhook, gateway and plugin' }),
  ];
  const { created } = commit();
  const archive = ociArchive({
    name,
    architecture,
    created,
    layers,
    config: { user, environment, command, labels: labels(revision) },
  });
  return { ...archive, name, created, layers, bill };
}

/** The labels that registries, scanners and people read. */
export function labels(revision: string): Readonly<Record<string, string>> {
  const said = {
    description: manifest.description,
    licenses: manifest.license,
    revision,
    source: 'https://github.com/support-access/support-access',
    title: 'support-access',
    vendor: 'support-access',
    version,
  };
  return Object.fromEntries(
    Object.entries(said).map(([key, value]) => [`org.opencontainers.image.${key}`, value]),
  );
}

/** Which sources these are, and since when. Without git (an unpacked source archive): SOURCE_DATE_EPOCH, or 1970. */
function commit(): { revision: string; created: number } {
  const git = (...args: string[]): string => {
    try {
      const stdio = ['ignore', 'pipe', 'ignore'] as ('ignore' | 'pipe')[];
      return execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio }).trim();
    } catch {
      return '';
    }
  };
  const created = process.env['SOURCE_DATE_EPOCH'] ?? git('log', '-1', '--format=%ct');
  if (!/^\d{0,11}$/.test(created))
    throw new Error(`SOURCE_DATE_EPOCH is "${created.slice(0, 40)}", not seconds since 1970.`);
  const revision = git('describe', '--always', '--dirty=-modified', '--abbrev=40', '--exclude=*');
  return { revision: revision || 'unknown', created: Number(created || 0) };
}

/** The files of a flat folder of bundles, in the image's folder. */
export function filesIn(folder: string, path: string): Entry[] {
  return readdirSync(folder).map((name) => {
    const isProgram = (statSync(join(folder, name)).mode & 0o100) !== 0;
    return aFile(`${path}/${name}`, readFileSync(join(folder, name)), isProgram ? 0o755 : 0o644);
  });
}
