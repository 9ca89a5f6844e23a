/**
 * Starts a real cluster of one node that runs pods: a control plane, kubelet, containerd, kube-proxy, kube-router and
 * CoreDNS as plain processes in namespaces of their own, which end with the calling process, however that ends.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ADMIN_KUBECONFIG } from '../control-plane/attach-control-plane.ts';
import { findBinaries } from '../control-plane/binaries.ts';
import { writeKubeconfig } from '../control-plane/kubeconfig.ts';
import { type Layout, layoutOf } from '../control-plane/program-flags.ts';
import {
  createStateDirectory,
  recordCgroup,
  removeStaleDirectories,
} from '../control-plane/state-directory.ts';
import { type Supervisor, startSupervisor } from '../control-plane/supervisor.ts';
import { writeKeys } from '../control-plane/write-keys.ts';
import { makeCgroups, removeCgroups } from '../machine/cgroups.ts';
import { whyNoNode } from './able.ts';
import { attachNode, brokenFile, upFile } from './attach-node.ts';
import { type Boot, bootNode } from './boot.ts';
import { ADDRESSES, inUrl } from './families.ts';
import { PAUSE_IMAGE } from './images.ts';
import { makeNamespaces, NODE_NAME } from './namespaces.ts';
import { connect, withFreshLink } from './network.ts';
import type { NodeOptions, OwnClusterNode } from './node.ts';
import { type NodeFiles, type NodeSettings, writeNodeFiles } from './node-files.ts';
import { nodeFlags } from './node-flags.ts';
import { findNodePrograms } from './programs.ts';

const API_SERVER_PORT = 6443;
const DNS_PORT = 53;

/** Starts a node of one's own. Returns when a pod of it answers; stop it when done. Throws where no node can run. */
export async function startNode(options: NodeOptions = {}): Promise<OwnClusterNode> {
  const why = whyNoNode();
  if (why !== undefined) throw new Error(`No node can run on this machine: ${why}.`);
  const binaries = await findBinaries();
  const programs = await findNodePrograms();
  await removeStaleDirectories();
  const layout = layoutOf(ownDirectory());
  const supervisor = startSupervisor(layout.directory);
  try {
    return await bringUp({ binaries, programs, layout, supervisor }, options);
  } catch (error) {
    await supervisor.stop();
    throw error;
  }
}

/** A node covers /var and /run with its own. */
function ownDirectory(): string {
  const directory = createStateDirectory();
  if (!/^\/(var|run)\//.test(directory)) return directory;
  throw new Error(`TMPDIR lies below /var or /run (${directory}); a node needs it elsewhere, as /tmp.`);
}

interface Ground {
  readonly binaries: Awaited<ReturnType<typeof findBinaries>>;
  readonly programs: Awaited<ReturnType<typeof findNodePrograms>>;
  readonly layout: Layout;
  readonly supervisor: Supervisor;
}

async function bringUp(ground: Ground, options: NodeOptions): Promise<OwnClusterNode> {
  const { binaries, programs, layout, supervisor } = ground;
  const { directory } = layout;
  const { apiServerPort = API_SERVER_PORT, dnsPort = DNS_PORT, families = ['IPv4'] } = options;
  // An interface's name has at most 15 characters; the directory's name ends with six that no other has.
  const name = `node-${directory.slice(-6)}`;
  recordCgroup(directory, name);
  const joins = makeCgroups(name).map((file) => `${file}\n`);
  writeFileSync(join(directory, 'cgroups'), joins.join(''));
  const first = await makeNamespaces(supervisor, directory);
  const wish = { interface: name, families };
  const link = await withFreshLink(wish, async (fresh) => connect(directory, first.pid1, fresh));
  const [nodeAddress, machineAddress] = [link.node[families[0]], link.machine[families[0]]];
  const url = `https://${inUrl(nodeAddress)}:${apiServerPort}`;
  const settings = { url, link, cgroup: name, pauseImage: PAUSE_IMAGE, programs: programs.containerdFolder };
  const files = await writeFiles(layout, settings);
  const flags = nodeFlags(layout, files, link, apiServerPort);
  const address = { directory, url, binaries, programs: programs.paths, nodeAddress, machineAddress };
  const boot: Boot = {
    supervisor,
    address,
    link,
    dnsPort,
    flags: {
      ...flags,
      'kube-apiserver': [...flags['kube-apiserver'], ...(options.apiServerFlags ?? [])],
    },
    containerdFolder: programs.containerdFolder,
  };
  const node = await attachNode(address);
  const life = keepUp(boot, await bootNode(boot, node, first), node);
  return {
    ...node,
    stopNode: async () => {
      life.end();
      node.admin.close();
      await supervisor.stop();
    },
  };
}

async function writeFiles(layout: Layout, settings: NodeSettings): Promise<NodeFiles> {
  const { url, link } = settings;
  const authority = await writeKeys(layout, {
    names: ['localhost', 'kubernetes.default', 'kubernetes.default.svc', NODE_NAME],
    addresses: [
      '127.0.0.1',
      ...link.families.flatMap((family) => [link.node[family], ADDRESSES[family].apiService]),
    ],
  });
  const certificate = await authority.issueClient({ commonName: 'admin', organizations: ['system:masters'] });
  const kubeconfig = join(layout.directory, ADMIN_KUBECONFIG);
  writeKubeconfig(kubeconfig, { url, ca: authority.certificate }, { certificate });
  return writeNodeFiles(layout, authority, settings);
}

/** Starts the node again whenever its power was cut, until its owner ends it. */
function keepUp(
  boot: Boot,
  first: Awaited<ReturnType<typeof bootNode>>,
  node: Awaited<ReturnType<typeof attachNode>>,
): { end: () => void } {
  const { directory } = boot.address;
  let over = false;
  let starts = 1;
  const say = (): void => writeFileSync(upFile(directory), String(starts));
  const run = async (): Promise<void> => {
    let daemons = first;
    for (;;) {
      await daemons.ended();
      if (over) return;
      // Stale groups would have the kubelet look for containers of before, for seconds each.
      await removeCgroups(boot.link.interface);
      makeCgroups(boot.link.interface);
      const namespaces = await makeNamespaces(boot.supervisor, directory);
      await connect(directory, namespaces.pid1, boot.link);
      daemons = await bootNode(boot, node, namespaces);
      starts += 1;
      say();
    }
  };
  say();
  void run().catch((error: unknown) => {
    if (!over) writeFileSync(brokenFile(directory), error instanceof Error ? error.message : String(error));
  });
  return {
    end: () => {
      over = true;
    },
  };
}
