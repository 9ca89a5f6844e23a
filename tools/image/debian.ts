/**
 * The few Debian packages whose libraries Node is linked against: fetched by apt from Debian, checked against the hashes
 * that are pinned here, remembered. Uses package lists of its own, so the machine's are neither needed nor changed.
 */
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Architecture } from './archive.ts';
import pinned from './debian-packages.json' with { type: 'json' };
import type { Entry } from './entry.ts';
import { sha256 } from './layer.ts';
import { readTar } from './tar.ts';

export interface DebianPackage {
  readonly name: string;
  readonly version: string;
  readonly sha256: string;
}

export interface UnpackedPackage extends DebianPackage {
  /** The package's own description, as dpkg keeps it. */
  readonly control: string;
  readonly entries: readonly Entry[];
}

export const release = { suite: 'bookworm', version: '12' };

const sources = [
  ['debian', release.suite],
  ['debian', `${release.suite}-updates`],
  ['debian-security', `${release.suite}-security`],
].map(
  ([archive, suite]) =>
    `deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/${archive} ${suite} main\n`,
);

/** The pinned packages of an architecture, unpacked in memory; fetches those that `cache` does not hold. */
export function debianPackages(architecture: Architecture, cache: string): readonly UnpackedPackage[] {
  const pins: readonly DebianPackage[] = pinned[architecture];
  const folder = join(cache, 'debian', architecture);
  mkdirSync(folder, { recursive: true });
  const missing = pins.filter((pin) => !isThere(pin, folder));
  if (missing.length > 0) fetchPackages(missing, { architecture, folder });
  return pins.map((pin) => unpacked(pin, join(folder, fileOf(pin))));
}

function fileOf({ name, version }: DebianPackage): string {
  return `${name}_${version}.deb`;
}

function isThere(pin: DebianPackage, folder: string): boolean {
  const path = join(folder, fileOf(pin));
  return existsSync(path) && sha256(readFileSync(path)) === `sha256:${pin.sha256}`;
}

interface Place {
  readonly architecture: Architecture;
  readonly folder: string;
}

function fetchPackages(pins: readonly DebianPackage[], { architecture, folder }: Place): void {
  process.stderr.write(
    `image: fetching ${pins.map(({ name }) => name).join(', ')} from Debian; about 10 s, once\n`,
  );
  const workshop = mkdtempSync(join(folder, '.fetch-'));
  try {
    for (const path of ['lists/partial', 'cache/archives/partial', 'got'])
      mkdirSync(join(workshop, path), { recursive: true });
    writeFileSync(join(workshop, 'sources.list'), sources.join(''));
    const apt = (...args: string[]): string => aptGet(workshop, architecture, args);
    apt('update');
    for (const pin of pins) {
      const why = tried(() => apt('download', `${pin.name}=${pin.version}`));
      const [got] = readdirSync(join(workshop, 'got'));
      if (got === undefined) throw new Error(`${whereElse(pin, folder)}\n${why ?? ''}`);
      const path = join(workshop, 'got', got);
      const is = sha256(readFileSync(path));
      if (is !== `sha256:${pin.sha256}`)
        throw new Error(`${pin.name} is ${is}, the pin says sha256:${pin.sha256}: refused`);
      renameSync(path, join(folder, fileOf(pin)));
    }
  } finally {
    rmSync(workshop, { recursive: true, force: true });
  }
}

function whereElse(pin: DebianPackage, folder: string): string {
  return [
    `Debian does not serve ${pin.name} ${pin.version} (any more). Either pin what it serves now in`,
    `tools/image/debian-packages.json, or put that version from https://snapshot.debian.org/ at`,
    join(folder, fileOf(pin)),
  ].join(' ');
}

function tried(act: () => unknown): string | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function aptGet(workshop: string, architecture: Architecture, args: readonly string[]): string {
  const settings = {
    'Dir::Etc::sourcelist': join(workshop, 'sources.list'),
    'Dir::Etc::sourceparts': '/dev/null',
    'Dir::State::lists': join(workshop, 'lists'),
    'Dir::Cache': join(workshop, 'cache'),
    'APT::Architecture': architecture,
    'APT::Architectures': architecture,
    'APT::Sandbox::User': 'root',
  };
  const options = Object.entries(settings).flatMap(([key, value]) => ['-o', `${key}=${value}`]);
  try {
    return execFileSync('apt-get', ['-qq', ...options, ...args], {
      cwd: join(workshop, 'got'),
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  } catch (error) {
    const { code, stderr } = error as { code?: string; stderr?: string };
    const why =
      code === 'ENOENT'
        ? 'the libraries come from Debian, and there is no apt-get here'
        : `apt-get ${args[0] ?? ''} failed: ${stderr?.trim().split('\n').at(-1) ?? String(error)}`;
    throw new Error(why, { cause: error });
  }
}

function unpacked(pin: DebianPackage, path: string): UnpackedPackage {
  const dpkg = (option: string): Buffer =>
    execFileSync('dpkg-deb', [option, path], {
      maxBuffer: 256 * 2 ** 20,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
  return { ...pin, control: dpkg('--field').toString('utf8'), entries: readTar(dpkg('--fsys-tarfile')) };
}
