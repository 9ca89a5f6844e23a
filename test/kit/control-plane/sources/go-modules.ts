/**
 * Fourth and last source: builds the programs from the Go modules pinned in `test/control-plane/`. Slow once, and it
 * needs nothing but Go and its module proxy. Must not leave a half-built program where the cache is looked up.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  type BinaryName,
  type BinaryPaths,
  KUBERNETES_VERSION,
  type Search,
  type Source,
} from '../binary-source.ts';

const MODULE = join(import.meta.dirname, '../../../control-plane');

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
    if (search.version !== KUBERNETES_VERSION) return {};
    if ((await run(['version'])).code !== 0) {
      search.say('no `go` on PATH: nothing can be built');
      return {};
    }
    const built: Partial<Record<BinaryName, string>> = {};
    for (const name of wanted) built[name] = await build(name, search);
    return built satisfies Partial<BinaryPaths>;
  },
};

async function build(name: BinaryName, { version, folder, say }: Search): Promise<string> {
  const recipe = RECIPES[name];
  say(`building ${name} ${version} from Go modules; about ${recipe.minutes} on two cores, once`);
  mkdirSync(dirname(folder), { recursive: true });
  const workshop = mkdtempSync(join(dirname(folder), '.build-'));
  try {
    const output = join(workshop, name);
    const { code, stderr } = await run([
      'build',
      '-trimpath',
      '-ldflags',
      linkerFlags(version),
      '-o',
      output,
      recipe.package,
    ]);
    if (code !== 0) throw new Error(`go build ${recipe.package} failed:\n${stderr}`);
    mkdirSync(folder, { recursive: true });
    renameSync(output, join(folder, name));
    return join(folder, name);
  } finally {
    rmSync(workshop, { recursive: true, force: true });
  }
}

function linkerFlags(version: string): string {
  const [major, minor] = version.split('.');
  const variable = 'k8s.io/component-base/version.git';
  return `-s -w -X ${variable}Version=v${version} -X ${variable}Major=${major} -X ${variable}Minor=${minor}`;
}

async function run(args: readonly string[]): Promise<{ code: number; stderr: string }> {
  // What go.sum names is all that is needed; a checksum database that does not know a version must not stop us.
  const child = spawn('go', args, {
    cwd: MODULE,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=readonly' },
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
