/**
 * The link between a node and the machine: one pair of interfaces and four addresses of their own, so that two nodes can
 * run beside each other. Must not change a route, a rule or a setting of the machine.
 */
import { execFile } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { networkInterfaces } from 'node:os';
import { promisify } from 'node:util';
import { withLock } from '../control-plane/process-lock.ts';
import { recordInterface } from '../control-plane/state-directory.ts';
import { removeInterface } from '../machine/interfaces.ts';
import { runInside } from './namespaces.ts';

/** What pods and Services of a cluster are given. Only seen inside a node, so every node may have the same. */
export const POD_SUBNET = '10.244.0.0/24';
export const SERVICE_SUBNET = '10.96.0.0/16';
/** Address of the API server's own Service: the first of them. */
export const API_SERVICE = '10.96.0.1';
export const DNS_SERVICE = '10.96.0.10';

export interface Link {
  /** Name of the machine's end. */
  readonly interface: string;
  readonly machineAddress: string;
  readonly nodeAddress: string;
}

/** Picks addresses that no interface of the machine has, and has `use` take them before another run may pick. */
export async function withFreshLink(name: string, use: (link: Link) => Promise<void>): Promise<Link> {
  return withLock('addresses of nodes', async () => {
    const taken = new Set(
      Object.values(networkInterfaces()).flatMap((each = []) => each.map(({ address }) => address)),
    );
    for (;;) {
      const [third, fourth] = [randomInt(256), 4 * randomInt(64)];
      const machineAddress = `10.200.${third}.${fourth + 1}`;
      if (taken.has(machineAddress)) continue;
      const link = { interface: name, machineAddress, nodeAddress: `10.200.${third}.${fourth + 2}` };
      await use(link);
      return link;
    }
  });
}

/** Makes the pair. The machine's end goes away with the node's network namespace. */
export async function connect(directory: string, pid1: number, link: Link): Promise<void> {
  const ip = async (...args: readonly string[]): Promise<unknown> => promisify(execFile)('ip', args);
  // The one of before a restart may still be going away.
  removeInterface(link.interface);
  recordInterface(directory, link.interface);
  const peer = ['peer', 'name', 'eth0', 'netns', String(pid1)];
  await ip('link', 'add', link.interface, 'type', 'veth', ...peer);
  await ip('address', 'add', `${link.machineAddress}/30`, 'dev', link.interface);
  await ip('link', 'set', link.interface, 'up');
  await runInside(directory, ['ip', 'address', 'add', `${link.nodeAddress}/30`, 'dev', 'eth0']);
  await runInside(directory, ['ip', 'link', 'set', 'eth0', 'up']);
  await runInside(directory, ['ip', 'route', 'add', 'default', 'via', link.machineAddress]);
}
