/** Brings the programs of a node up, one after what it needs, and waits until a pod answers. Must not make namespaces. */
import { eventually } from '../clock/eventually.ts';
import type { Supervisor } from '../control-plane/supervisor.ts';
import { importImage } from './attach-node.ts';
import { Daemons } from './daemons.ts';
import { dnsObjects } from './dns.ts';
import { ADDRESSES } from './families.ts';
import { DNS_IMAGE, writeNodeImages } from './images.ts';
import { type Namespaces, NODE_NAME } from './namespaces.ts';
import type { Link } from './network.ts';
import type { ClusterNode, NodeAddress } from './node.ts';
import type { Daemon } from './node-flags.ts';

export interface Boot {
  readonly supervisor: Supervisor;
  readonly address: NodeAddress;
  readonly link: Link;
  readonly dnsPort: number;
  readonly flags: Readonly<Record<Daemon, readonly string[]>>;
  readonly containerdFolder: string;
}

/** Generous: every program of the cluster starts at once on what may be two busy cores. */
const UP_WITHIN = { within: 90_000, every: 200 } as const;

/** One start of the node. Returns when DNS is answered through its Service, which takes every part of the node. */
export async function bootNode(boot: Boot, node: ClusterNode, namespaces: Namespaces): Promise<Daemons> {
  const { supervisor, address, flags } = boot;
  const daemons = new Daemons(supervisor, address.directory, namespaces);
  const start = async (name: Daemon): Promise<void> =>
    daemons.start(name, [...commandOf(name, boot), ...flags[name]]);
  const since = Date.now();
  await start('containerd');
  await start('etcd');
  await start('kube-apiserver');
  await daemons.whileRunning(imagesKnown(node));
  await daemons.whileRunning(apiServerReady(node));
  for (const name of ['kube-controller-manager', 'kube-scheduler', 'kubelet', 'kube-proxy'] as const)
    await start(name);
  await daemons.whileRunning(applyDns(node, boot));
  await daemons.whileRunning(nodeReady(node, since));
  // It reads the node's own object when it starts, and ends without it.
  await start('kube-router');
  await daemons.whileRunning(dnsAnswers(node, dnsAddress(boot)));
  daemons.areUp();
  return daemons;
}

function commandOf(name: Daemon, { address, containerdFolder }: Boot): readonly string[] {
  const paths: Readonly<Record<string, string>> = { ...address.binaries, ...address.programs };
  const path = paths[name] ?? name;
  // It starts its shim by name.
  const withShim = ['sh', '-c', 'PATH="$1:$PATH"; shift; exec "$@"', 'sh', containerdFolder];
  return name === 'containerd' ? [...withShim, path] : [path];
}

async function imagesKnown(node: ClusterNode): Promise<void> {
  const { directory, programs } = node.address;
  await eventually(async () => node.insideNode([programs.ctr, 'version']), UP_WITHIN);
  const known = await node.insideNode([programs.ctr, '--namespace=k8s.io', 'images', 'list', '--quiet']);
  if (known.stdout.includes(DNS_IMAGE)) return;
  for (const archive of writeNodeImages(directory, programs))
    await importImage(directory, programs.ctr, archive);
}

async function apiServerReady({ admin }: ClusterNode): Promise<void> {
  await eventually(async () => {
    const { status, text } = await admin.send('GET', '/readyz', { timeout: 2_000 });
    if (status !== 200) throw new Error(`/readyz says ${status}: ${text}`);
  }, UP_WITHIN);
}

async function applyDns(node: ClusterNode, boot: Boot): Promise<void> {
  const items = dnsObjects({ image: DNS_IMAGE, port: boot.dnsPort, address: dnsAddress(boot) });
  await node.kubectl(['apply', '--server-side', '-f', '-'], {
    input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }),
  });
}

interface NodeStatus {
  readonly status?: {
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly lastHeartbeatTime: string;
      readonly message: string;
    }[];
  };
}

/** A heartbeat from before a restart says nothing; the API knows whole seconds. */
async function nodeReady({ admin }: ClusterNode, since: number): Promise<void> {
  await eventually(async () => {
    const { body } = await admin.send('GET', `/api/v1/nodes/${NODE_NAME}`);
    const ready = (body as NodeStatus).status?.conditions?.find(({ type }) => type === 'Ready');
    const fresh = Date.parse(ready?.lastHeartbeatTime ?? '') >= since - 1000;
    if (!fresh || ready?.status !== 'True')
      throw new Error(`the node is not ready: ${ready?.message ?? 'no word of it'}`);
  }, UP_WITHIN);
}

function dnsAddress({ link }: Boot): string {
  return ADDRESSES[link.families[0]].dnsService;
}

async function dnsAnswers(node: ClusterNode, address: string): Promise<void> {
  const name = 'kubernetes.default.svc.cluster.local';
  await eventually(
    async () => node.insideNode([node.address.programs.probe, 'lookup', name, address]),
    UP_WITHIN,
  );
}
