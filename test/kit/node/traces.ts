/** What a node leaves to be seen on the machine: nothing, once it has ended. Must only look. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { allProcessIds, commandLineOf } from '../control-plane/process-identity.ts';
import { cgroupsOf } from '../machine/cgroups.ts';
import { hasInterface } from '../machine/interfaces.ts';
import type { NodeAddress } from './node.ts';

export interface Traces {
  readonly directory: boolean;
  /** Pids of processes that name the node's directory, or are in its cgroups. */
  readonly processes: readonly number[];
  readonly interfaces: readonly string[];
  readonly cgroups: readonly string[];
  /** Mounts that this process sees. */
  readonly mounts: readonly string[];
  /** Rules of the machine's own packet filter that name an address of a cluster or a chain of its programs. */
  readonly rules: readonly string[];
}

/** What an ended node must look like. */
export const NO_TRACES: Traces = {
  directory: false,
  processes: [],
  interfaces: [],
  cgroups: [],
  mounts: [],
  rules: [],
};

/** Looks for everything of one node. */
export function tracesOf({ directory }: NodeAddress): Traces {
  const name = `node-${directory.slice(-6)}`;
  const cgroups = cgroupsOf(name).flatMap(groupsBelow);
  const grouped = cgroups.flatMap((group) => linesOf(join(group, 'cgroup.procs')).map(Number));
  const named = allProcessIds().filter((pid) =>
    commandLineOf(pid).some((argument) => argument.includes(basename(directory))),
  );
  return {
    directory: existsSync(directory),
    processes: [...new Set([...grouped, ...named])].sort((a, b) => a - b),
    interfaces: [name].filter(hasInterface),
    cgroups,
    mounts: linesOf('/proc/self/mounts').filter((line) => line.includes(basename(directory))),
    rules: execFileSync('nft', ['list', 'ruleset'], { encoding: 'utf8' })
      .split('\n')
      .filter((line) => /kube|10\.(200|244|96)\.|fd00:10:/i.test(line)),
  };
}

function groupsBelow(group: string): string[] {
  const below = readdirSync(group, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return [group, ...below.flatMap((entry) => groupsBelow(join(group, entry.name)))];
}

/** Empty when the file has gone between two looks. */
function linesOf(path: string): readonly string[] {
  try {
    return readFileSync(path, 'utf8').split('\n').filter(Boolean);
  } catch {
    return [];
  }
}
