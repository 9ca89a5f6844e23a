/**
 * The cgroups of one node: a group of its own name at the root of every tree of the machine, and within it one for the
 * node's own programs; the kubelet makes those of the pods beside it. Must not touch any other group.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** Within the node's group: where its own programs run. */
export const PROGRAMS_GROUP = 'programs';

/** The trees of the controllers: one with version 2, one for each controller with version 1. */
export function cgroupTrees(): readonly string[] {
  const first = treesOf('cgroup');
  // Where both are mounted, the controllers belong to version 1.
  return first.length > 0 ? first : treesOf('cgroup2');
}

/** The groups of a node in every tree: runc makes some beside those of the controllers, where both versions are mounted. */
export function cgroupsOf(name: string): readonly string[] {
  return [...treesOf('cgroup'), ...treesOf('cgroup2')]
    .map((tree) => join(tree, name))
    .filter((group) => existsSync(group));
}

function treesOf(type: 'cgroup' | 'cgroup2'): readonly string[] {
  const mounts = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' '));
  return mounts.flatMap(([, path = '', kind]) =>
    kind === type && path.startsWith('/sys/fs/cgroup') ? [path] : [],
  );
}

/** Makes the groups of a node. Returns the files into which a process writes 0 to join it. */
export function makeCgroups(name: string): readonly string[] {
  return cgroupTrees().map((tree) => {
    const group = join(tree, name);
    mkdirSync(group, { recursive: true });
    // A new cpuset of version 1 holds no processor and no memory, and takes no process then.
    for (const file of ['cpuset.cpus', 'cpuset.mems']) copyFrom(tree, group, file);
    const programs = join(group, PROGRAMS_GROUP);
    mkdirSync(programs, { recursive: true });
    for (const file of ['cpuset.cpus', 'cpuset.mems']) copyFrom(group, programs, file);
    return join(programs, 'cgroup.procs');
  });
}

/** Removes the groups of a node whose programs were told to end; waits until the last of them is gone. */
export async function removeCgroups(name: string, within = 20_000): Promise<void> {
  const deadline = performance.now() + within;
  for (;;) {
    const left = cgroupsOf(name).filter((group) => !removed(group));
    if (left.length === 0) return;
    if (performance.now() > deadline) throw new Error(`processes of a node do not end: ${left.join(', ')}`);
    await delay(50);
  }
}

/** Deepest first: a group with groups in it cannot be removed, and none with a process. */
function removed(group: string): boolean {
  if (!existsSync(group)) return true;
  try {
    for (const entry of readdirSync(group, { withFileTypes: true }))
      if (entry.isDirectory() && !removed(join(group, entry.name))) return false;
    rmdirSync(group);
    return true;
  } catch {
    return !existsSync(group);
  }
}

function copyFrom(parent: string, group: string, file: string): void {
  const source = join(parent, file);
  if (existsSync(source)) writeFileSync(join(group, file), readFileSync(source));
}
