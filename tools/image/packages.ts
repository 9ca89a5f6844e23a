/** Which npm packages are really in the bundles, from what the bundler says and what the lock file knows of them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import { root } from './bundles.ts';

export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  /** SPDX expression, as the package states it; empty where it states none. */
  readonly license: string;
  /** As in the lock file: `sha512-` and base64. */
  readonly integrity: string;
  /** Its licence texts, which copies of it must carry. */
  readonly texts: readonly string[];
}

interface Locked {
  readonly version: string;
  readonly integrity?: string;
  readonly license?: string;
}

/** The packages of which at least one byte is in a bundle, by name and version. */
export function bundledPackages({ outputs }: Metafile): readonly BundledPackage[] {
  const folders = new Set<string>();
  for (const { inputs } of Object.values(outputs)) {
    for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
      const folder = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path)?.[0];
      if (folder !== undefined && bytesInOutput > 0) folders.add(folder);
    }
  }
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, Locked | undefined>;
  };
  return [...folders].map((folder) => described(folder, lock.packages[folder])).toSorted(byName);
}

function described(folder: string, locked: Locked | undefined): BundledPackage {
  if (locked?.integrity === undefined)
    throw new Error(`${folder} is bundled, and package-lock.json does not say from where.`);
  const name = folder.slice(folder.lastIndexOf('node_modules/') + 'node_modules/'.length);
  const texts = readdirSync(join(root, folder))
    .filter((file) => /^(licen[cs]e|copying|notice)/i.test(file))
    .toSorted()
    .map((file) => readFileSync(join(root, folder, file), 'utf8'));
  const { version, integrity, license = '' } = locked;
  return { name, version, license, integrity, texts };
}

function byName(one: BundledPackage, other: BundledPackage): number {
  return `${one.name}@${one.version}` < `${other.name}@${other.version}` ? -1 : 1;
}

/** One text with the licences of all packages, for the image. */
export function licenceTexts(packages: readonly BundledPackage[]): string {
  return packages
    .map(({ name, version, license, texts }) =>
      [`${name} ${version} (${license || 'see below'})`, ...texts, ''].join('\n\n'),
    )
    .join(`${'-'.repeat(80)}\n`);
}
