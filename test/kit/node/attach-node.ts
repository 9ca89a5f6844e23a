/** Uses a node that runs already, from its address alone: that is how test files in worker processes share one. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../clock/eventually.ts';
import { attachControlPlane } from '../control-plane/attach-control-plane.ts';
import { pid1Of, runInside } from './namespaces.ts';
import type { ClusterNode, NodeAddress } from './node.ts';
import { pauseProgram, resumeProgram } from './pausing.ts';

/** Written by the owner of a node each time it is up: which start of it that was. */
export function upFile(directory: string): string {
  return join(directory, 'up');
}

/** Written by the owner when the node did not come up again, with the reason. */
export function brokenFile(directory: string): string {
  return join(directory, 'broken');
}

/** Makes what tests use of a node that is up. */
export async function attachNode(address: NodeAddress): Promise<ClusterNode> {
  const { directory, nodeAddress, machineAddress, programs } = address;
  const insideNode = async (command: readonly string[]) => runInside(directory, command);
  return {
    ...(await attachControlPlane(address)),
    address,
    nodeAddress,
    machineAddress,
    insideNode,
    importImage: async (archive) => importImage(directory, programs.ctr, archive),
    pauseProgram: async (name) => pauseProgram(directory, name),
    resumeProgram: async (name) => resumeProgram(directory, name),
    restartNode: async () => {
      const before = readFileSync(upFile(directory), 'utf8');
      process.kill(pid1Of(directory), 'SIGKILL');
      await eventually(() => sayWhetherUpAgain(directory, before), { within: 90_000 });
    },
  };
}

function sayWhetherUpAgain(directory: string, before: string): void {
  if (existsSync(brokenFile(directory))) throw new Error(readFileSync(brokenFile(directory), 'utf8'));
  if (readFileSync(upFile(directory), 'utf8') === before) throw new Error('the node is not up again');
}

/** Gives an archive to containerd, under the names that it carries. */
export async function importImage(
  directory: string,
  ctr: string,
  archive: string,
): Promise<readonly string[]> {
  const before = await imageNames(directory, ctr);
  await runInside(directory, [ctr, '--namespace=k8s.io', 'images', 'import', '--local', archive]);
  return (await imageNames(directory, ctr)).filter((name) => !before.includes(name));
}

async function imageNames(directory: string, ctr: string): Promise<readonly string[]> {
  const { stdout } = await runInside(directory, [ctr, '--namespace=k8s.io', 'images', 'list', '--quiet']);
  return stdout.split('\n').filter(Boolean);
}
