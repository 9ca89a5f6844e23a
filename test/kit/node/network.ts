/**
 * The link between a node and the machine: one pair of interfaces and addresses of their own, so that two nodes can
 * run beside each other. Must not change a route, a rule or a setting of the machine.
 */
import { execFile } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { networkInterfaces } from 'node:os';
import { promisify } from 'node:util';
import { withLock } from '../control-plane/process-lock.ts';
import { recordInterface } from '../control-plane/state-directory.ts';
import { removeInterface } from '../machine/interfaces.ts';
import type { Families, Family } from './families.ts';
import { runInside } from './namespaces.ts';

/** An address of each family. */
type AddressOf = Readonly<Record<Family, string>>;

export interface Link {
  /** Name of the machine's end. */
  readonly interface: string;
  readonly families: Families;
  readonly machine: AddressOf;
  readonly node: AddressOf;
}

/** Of the machine's IPv4 addresses, and of its IPv6 addresses, four each. */
const PREFIX_LENGTHS: Readonly<Record<Family, number>> = { IPv4: 30, IPv6: 126 };

/** Picks addresses that no interface of the machine has, and has `use` take them before another run may pick. */
export async function withFreshLink(
  wish: Pick<Link, 'interface' | 'families'>,
  use: (link: Link) => Promise<void>,
): Promise<Link> {
  return withLock('addresses of nodes', async () => {
    const taken = new Set(
      Object.values(networkInterfaces()).flatMap((each = []) => each.map(({ address }) => address)),
    );
    for (;;) {
      const [third, fourth] = [randomInt(256), 4 * randomInt(64)];
      const at = (last: number): AddressOf => ({
        IPv4: `10.200.${third}.${fourth + last}`,
        IPv6: `fd00:10:200:${third.toString(16)}::${(fourth + last).toString(16)}`,
      });
      const link = { ...wish, machine: at(1), node: at(2) };
      if (Object.values(link.machine).some((address) => taken.has(address))) continue;
      await use(link);
      return link;
    }
  });
}

/** Makes the pair. The machine's end goes away with the node's state directory. */
export async function connect(directory: string, pid1: number, link: Link): Promise<void> {
  const ip = async (...args: readonly string[]): Promise<unknown> => promisify(execFile)('ip', args);
  const inside = async (...args: readonly string[]): Promise<unknown> =>
    runInside(directory, ['ip', ...args]);
  // The one of before a restart may still be going away.
  removeInterface(link.interface);
  recordInterface(directory, link.interface);
  const peer = ['peer', 'name', 'eth0', 'netns', String(pid1)];
  await ip('link', 'add', link.interface, 'type', 'veth', ...peer);
  await ip('link', 'set', link.interface, 'up');
  await inside('link', 'set', 'eth0', 'up');
  for (const family of link.families) {
    const length = PREFIX_LENGTHS[family];
    // Nothing else is on this wire that could have the same address, and looking for it takes seconds.
    const own = family === 'IPv6' ? ['nodad'] : [];
    await ip('address', 'add', `${link.machine[family]}/${length}`, 'dev', link.interface, ...own);
    await inside('address', 'add', `${link.node[family]}/${length}`, 'dev', 'eth0', ...own);
    const version = family === 'IPv6' ? ['-6'] : [];
    await inside(...version, 'route', 'add', 'default', 'via', link.machine[family]);
  }
}
