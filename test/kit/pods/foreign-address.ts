/** One more address of this machine, from which a person may come to a node. It goes away with the node. */
import { execFile } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { networkInterfaces } from 'node:os';
import { promisify } from 'node:util';
import type { ClusterNode } from '../node/node.ts';

/** Adds an address of the range for documentation to the machine's end of the link, and returns it. */
export async function addAddress(node: ClusterNode): Promise<string> {
  const [link] =
    Object.entries(networkInterfaces()).find(([, addresses = []]) =>
      addresses.some(({ address }) => address === node.machineAddress),
    ) ?? [];
  if (link === undefined) throw new Error(`no interface here has ${node.machineAddress}`);
  const address = `203.0.113.${randomInt(1, 255)}`;
  await promisify(execFile)('ip', ['address', 'add', `${address}/32`, 'dev', link]);
  return address;
}
