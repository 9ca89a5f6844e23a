/**
 * The programs of a node beside those of the control plane: built once from the Go modules pinned in `test/node/modules/`
 * and `test/control-plane/`, and cached under what those pin. Must not start any of them.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { KUBERNETES_VERSION } from '../control-plane/binary-source.ts';
import { withLock } from '../control-plane/process-lock.ts';
import { executablesIn } from '../control-plane/sources/executable.ts';
import {
  buildGoProgram,
  clearAbandonedWorkshops,
  type GoProgram,
  hasGo,
} from '../control-plane/sources/go-build.ts';
import { kubernetesVersionSettings } from '../control-plane/sources/go-modules.ts';

const TEST = join(import.meta.dirname, '../..');
const MODULES = {
  kubernetes: join(TEST, 'control-plane'),
  containerd: join(TEST, 'node/modules/containerd'),
  kubeRouter: join(TEST, 'node/modules/kube-router'),
  programs: join(TEST, 'node/modules/programs'),
} as const;
type ModuleName = keyof typeof MODULES;
const MODULE_NAMES = Object.keys(MODULES) as readonly ModuleName[];

interface Recipe {
  readonly module: ModuleName;
  readonly package: string;
  readonly duration: string;
}

const CONTAINERD = 'github.com/containerd/containerd/v2/cmd';
const CNI = 'github.com/containernetworking/plugins/plugins';

const RECIPES = {
  pause: { module: 'programs', package: './pause', duration: '1 second' },
  probe: { module: 'programs', package: './probe', duration: '10 seconds' },
  kubelet: { module: 'kubernetes', package: 'k8s.io/kubernetes/cmd/kubelet', duration: '1 minute' },
  'kube-scheduler': {
    module: 'kubernetes',
    package: 'k8s.io/kubernetes/cmd/kube-scheduler',
    duration: '10 seconds',
  },
  'kube-proxy': { module: 'kubernetes', package: 'k8s.io/kubernetes/cmd/kube-proxy', duration: '10 seconds' },
  containerd: { module: 'containerd', package: `${CONTAINERD}/containerd`, duration: '2 minutes' },
  'containerd-shim-runc-v2': {
    module: 'containerd',
    package: `${CONTAINERD}/containerd-shim-runc-v2`,
    duration: '5 seconds',
  },
  ctr: { module: 'containerd', package: `${CONTAINERD}/ctr`, duration: '5 seconds' },
  bridge: { module: 'containerd', package: `${CNI}/main/bridge`, duration: '5 seconds' },
  loopback: { module: 'containerd', package: `${CNI}/main/loopback`, duration: '1 second' },
  'host-local': { module: 'containerd', package: `${CNI}/ipam/host-local`, duration: '1 second' },
  portmap: { module: 'containerd', package: `${CNI}/meta/portmap`, duration: '1 second' },
  coredns: { module: 'programs', package: './coredns', duration: '1 minute' },
  'kube-router': {
    module: 'kubeRouter',
    package: 'github.com/cloudnativelabs/kube-router/v2/cmd/kube-router',
    duration: '2 minutes',
  },
} satisfies Record<string, Recipe>;

export type NodeProgram = keyof typeof RECIPES;

/** Every program of a node, in the order in which they are built. */
const NODE_PROGRAMS = Object.keys(RECIPES) as readonly NodeProgram[];

export interface NodePrograms {
  /** Here containerd looks for its shim and for the network plugins, by name. */
  readonly containerdFolder: string;
  readonly paths: Readonly<Record<NodeProgram, string>>;
}

export interface FindNodeProgramsOptions {
  readonly cache?: string;
  readonly say?: (line: string) => void;
  /** Leave the processor to others: for builds in the background. */
  readonly gently?: boolean;
}

/** Finds the programs of a node, or builds them: minutes, once. Throws when one can be had from nowhere. */
export async function findNodePrograms(options: FindNodeProgramsOptions = {}): Promise<NodePrograms> {
  const { cache = defaultCache(), say = sayOnStderr } = options;
  const folders = Object.fromEntries(
    MODULE_NAMES.map((module) => [module, join(cache, `${module}-${keyOf(module)}`)]),
  ) as Record<ModuleName, string>;
  for (const module of MODULE_NAMES) {
    const folder = folders[module];
    if (missingOf(module, folder).length === 0) continue;
    const build = async (): Promise<void> => buildInto(module, folder, { ...options, say });
    await withLock(folder, build, () =>
      say(`another run is building programs of the node (${module}); waiting for it`),
    );
  }
  const paths = Object.fromEntries(
    NODE_PROGRAMS.map((name) => [name, join(folders[RECIPES[name].module], name)]),
  ) as Record<NodeProgram, string>;
  return { containerdFolder: folders.containerd, paths };
}

async function buildInto(
  module: ModuleName,
  folder: string,
  { say, gently = false }: FindNodeProgramsOptions & { readonly say: (line: string) => void },
): Promise<void> {
  const wanted = missingOf(module, folder);
  if (wanted.length === 0) return;
  const none = `No ${wanted.join(', ')}: not in ${folder}, and there is no \`go\` on PATH to build with.`;
  if (!(await hasGo())) throw new Error(none);
  clearAbandonedWorkshops(folder);
  for (const name of wanted) await buildGoProgram(programOf(name), { folder, say, gently });
}

function programOf(name: NodeProgram): GoProgram {
  const { module, ...recipe } = RECIPES[name];
  const settings = module === 'kubernetes' ? kubernetesVersionSettings(KUBERNETES_VERSION) : [];
  return { name, title: name, ...recipe, module: MODULES[module], settings };
}

function missingOf(module: ModuleName, folder: string): readonly NodeProgram[] {
  const wanted = NODE_PROGRAMS.filter((name) => RECIPES[name].module === module);
  const found = executablesIn(folder, wanted);
  return wanted.filter((name) => found[name] === undefined);
}

/** Of all that goes into a module's programs: what it pins, our own few sources, and how they are built. */
function keyOf(module: ModuleName): string {
  const hash = createHash('sha256').update(`${process.arch} ${KUBERNETES_VERSION}`);
  const folder = MODULES[module];
  for (const file of sourcesIn(folder)) hash.update(`\n${file}\n`).update(readFileSync(join(folder, file)));
  return hash.digest('hex').slice(0, 12);
}

/** Not the other versions' modules, which lie below that of the control plane. */
function sourcesIn(module: string): readonly string[] {
  return readdirSync(module, { recursive: true, encoding: 'utf8' })
    .filter((file) => /^go\.(mod|sum)$|\.go$/.test(file))
    .sort();
}

function defaultCache(): string {
  return join(homedir(), '.cache', 'support-access', 'node');
}

function sayOnStderr(line: string): void {
  process.stderr.write(`node: ${line}\n`);
}
