/**
 * Which programs the control plane consists of, and where they come from: the first source in the list that has one
 * gives it. Must not start any of them.
 */
import { homedir } from 'node:os';
import { join } from 'node:path';
import {
  BINARY_NAMES,
  type BinaryName,
  type BinaryPaths,
  KUBERNETES_VERSION,
  type Search,
  type Source,
} from './binary-source.ts';
import { withLock } from './process-lock.ts';
import { assetsFolder } from './sources/assets-folder.ts';
import { cacheFolder } from './sources/cache-folder.ts';
import { envtestArchive } from './sources/envtest-archive.ts';
import { goModules } from './sources/go-modules.ts';

/** Only people write into these two, so they need no lock. */
const READY_SOURCES: readonly Source[] = [assetsFolder, cacheFolder];
/** In order; the cache comes first once more, because another run may have filled it while this one waited. */
const MAKING_SOURCES: readonly Source[] = [cacheFolder, envtestArchive, goModules];

export interface FindOptions {
  /** Default: SUPPORT_ACCESS_KUBERNETES_VERSION, and without it the version that every run tests. */
  readonly version?: string;
  readonly cache?: string;
  readonly say?: (line: string) => void;
}

/** Finds, downloads or builds all binaries of one version. Throws when some can be had from nowhere. */
export async function findBinaries(options: FindOptions = {}): Promise<BinaryPaths> {
  const { version = wantedVersion(), cache = defaultCache(), say = sayOnStderr } = options;
  const search: Search = { version, folder: join(cache, version), say };
  const ready = await askInOrder(READY_SOURCES, {}, search);
  if (missing(ready).length === 0) return ready as BinaryPaths;
  const all = await withLock(
    search.folder,
    async () => askInOrder(MAKING_SOURCES, ready, search),
    () => say(`another run is getting the control plane ${version}; waiting for it`),
  );
  if (missing(all).length === 0) return all as BinaryPaths;
  throw new Error(
    `No ${missing(all).join(', ')} ${version}: not in KUBEBUILDER_ASSETS, not in ${search.folder}, ` +
      'not in an envtest archive, and not built from Go modules (is `go` installed?).',
  );
}

async function askInOrder(
  sources: readonly Source[],
  found: Partial<BinaryPaths>,
  search: Search,
): Promise<Partial<BinaryPaths>> {
  let all = found;
  for (const source of sources) {
    const wanted = missing(all);
    if (wanted.length === 0) break;
    all = { ...all, ...(await source.find(wanted, search)) };
  }
  return all;
}

function missing(found: Partial<BinaryPaths>): readonly BinaryName[] {
  return BINARY_NAMES.filter((name) => found[name] === undefined);
}

function wantedVersion(): string {
  return process.env['SUPPORT_ACCESS_KUBERNETES_VERSION'] ?? KUBERNETES_VERSION;
}

function defaultCache(): string {
  return join(homedir(), '.cache', 'support-access', 'control-plane');
}

function sayOnStderr(line: string): void {
  process.stderr.write(`control plane: ${line}\n`);
}
