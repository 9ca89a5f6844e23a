/**
 * Fourth and last source: builds the programs from the Go modules pinned in `test/control-plane/`. Slow once, and it
 * needs nothing but Go and its module proxy. Must not leave a half-built program where the cache is looked up.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  type BinaryName,
  type BinaryPaths,
  KUBERNETES_VERSION,
  OTHER_KUBERNETES_VERSIONS,
  type Search,
  type Source,
} from '../binary-source.ts';

const MODULES = join(import.meta.dirname, '../../../control-plane');

/** A folder of its own for each build; only a finished program leaves it. */
const WORKSHOP = '.build-';
const PINNED: readonly string[] = [KUBERNETES_VERSION, ...OTHER_KUBERNETES_VERSIONS];

interface Recipe {
  readonly package: string;
  /** Minutes on two cores with nothing cached, measured. */
  readonly minutes: string;
}

const RECIPES: Readonly<Record<BinaryName, Recipe>> = {
  etcd: { package: 'go.etcd.io/etcd/server/v3', minutes: '1 minute' },
  'kube-apiserver': { package: 'k8s.io/kubernetes/cmd/kube-apiserver', minutes: '5 minutes' },
  'kube-controller-manager': {
    package: 'k8s.io/kubernetes/cmd/kube-controller-manager',
    minutes: '2 minutes',
  },
  kubectl: { package: 'k8s.io/kubernetes/cmd/kubectl', minutes: '1 minute' },
};

export const goModules: Source = {
  name: 'Go modules',
  find: async (wanted, search) => {
    if (!PINNED.includes(search.version)) {
      search.say(`no Go module pins ${search.version}; pinned are ${PINNED.join(', ')}`);
      return {};
    }
    if ((await run(['version'], MODULES)).code !== 0) {
      search.say('no `go` on PATH: nothing can be built');
      return {};
    }
    clearAbandonedWorkshops(search.folder);
    const built: Partial<Record<BinaryName, string>> = {};
    for (const name of wanted) built[name] = await build(name, search);
    return built satisfies Partial<BinaryPaths>;
  },
};

async function build(name: BinaryName, { version, folder, say }: Search): Promise<string> {
  const recipe = RECIPES[name];
  const started = performance.now();
  say(`building ${name} ${version} from Go modules; about ${recipe.minutes} on two cores, once`);
  const workshop = mkdtempSync(join(folder, WORKSHOP));
  const minutes = (): string => ((performance.now() - started) / 60_000).toFixed(0);
  // CI systems end a job that says nothing for long, and people do too.
  const heartbeat = setInterval(() => say(`still building ${name}, for ${minutes()} min`), 60_000);
  try {
    const output = join(workshop, name);
    const flags = ['-trimpath', '-ldflags', linkerFlags(version), '-o', output];
    const { code, stderr } = await run(['build', ...flags, recipe.package], moduleFor(name, version));
    if (code !== 0) throw new Error(`go build ${recipe.package} failed:\n${stderr}`);
    renameSync(output, join(folder, name));
    return join(folder, name);
  } finally {
    clearInterval(heartbeat);
    rmSync(workshop, { recursive: true, force: true });
  }
}

/** Those of a run that was killed while it built. The lock is held: no other process is building here. */
function clearAbandonedWorkshops(folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const entry of readdirSync(folder).filter((each) => each.startsWith(WORKSHOP)))
    rmSync(join(folder, entry), { recursive: true, force: true });
}

/** Every version runs on the same etcd, which therefore is pinned once. */
function moduleFor(name: BinaryName, version: string): string {
  if (name === 'etcd' || version === KUBERNETES_VERSION) return MODULES;
  return join(MODULES, version.split('.').slice(0, 2).join('.'));
}

function linkerFlags(version: string): string {
  const [major, minor] = version.split('.');
  const variable = 'k8s.io/component-base/version.git';
  return `-s -w -X ${variable}Version=v${version} -X ${variable}Major=${major} -X ${variable}Minor=${minor}`;
}

async function run(args: readonly string[], folder: string): Promise<{ code: number; stderr: string }> {
  const child = spawn('go', args, {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, CGO_ENABLED: '0' },
  });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: -1, stderr: error.message }));
    child.once('close', (code) => resolve({ code: code ?? -1, stderr }));
  });
}
