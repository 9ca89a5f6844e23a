/**
 * Can this machine run a node? It takes root with the rights to make namespaces, mounts and interfaces, a cgroup tree that
 * may be written to, and a few programs of Debian, which are installed here. Must not leave anything of its trial behind.
 */
import { spawnSync } from 'node:child_process';
import { cgroupTrees } from '../machine/cgroups.ts';
import { installFromDebian, isThere } from '../machine/debian.ts';

/** A program of each package that the node needs; the first two set the namespaces up. */
const PACKAGES = {
  nsenter: 'util-linux',
  ip: 'iproute2',
  runc: 'runc',
  nft: 'nftables',
  iptables: 'iptables',
  ipset: 'ipset',
} as const;

/** What a node does first, in namespaces of its own, which end with the command. */
const TRIAL =
  'mount -t tmpfs tmpfs /mnt && ip link add trial type veth peer name lairt && mount -t sysfs sysfs /sys';

/** Why no node can run here; undefined when one can. Installs the Debian packages that are missing. */
export function whyNoNode(): string | undefined {
  if (process.getuid?.() !== 0) return 'only root may make the namespaces of a node';
  const missing = Object.entries(PACKAGES).filter(([program]) => !isThere(program));
  if (missing.length > 0) {
    const why = installFromDebian(...missing.map(([, name]) => name));
    if (why) return why;
  }
  const trial = spawnSync('unshare', ['-m', '-n', '-p', '--fork', 'sh', '-c', TRIAL], { encoding: 'utf8' });
  if (trial.status !== 0)
    return `a process here may not make namespaces, mounts and interfaces: ${trial.stderr.trim().split('\n').at(-1)}`;
  if (cgroupTrees().length === 0) return 'no cgroup tree is mounted under /sys/fs/cgroup';
  return undefined;
}
