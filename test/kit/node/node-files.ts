/** The files that a node's programs read: settings, keys, kubeconfigs. Must not start anything. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { writeKubeconfig } from '../control-plane/kubeconfig.ts';
import type { Authority, Credential } from '../control-plane/pki.ts';
import type { Layout } from '../control-plane/program-flags.ts';
import { ADDRESSES, type Families, type Family, subnetsOf } from './families.ts';
import { NODE_NAME } from './namespaces.ts';
import type { Link } from './network.ts';

/** Those that are clients of the API server, and the group that makes them more than a name. */
const CLIENTS = {
  'kube-controller-manager': { commonName: 'system:kube-controller-manager' },
  'kube-scheduler': { commonName: 'system:kube-scheduler' },
  kubelet: { commonName: `system:node:${NODE_NAME}`, organizations: ['system:nodes'] },
  'kube-proxy': { commonName: 'system:kube-proxy' },
  // It has no role of its own among the built-in ones.
  'kube-router': { commonName: 'kube-router', organizations: ['system:masters'] },
} as const;

export type NodeClient = keyof typeof CLIENTS;

export interface NodeFiles {
  readonly kubeconfig: (client: NodeClient) => string;
  /** With which the API server comes to the kubelet. */
  readonly kubeletClient: { readonly certificate: string; readonly key: string };
}

export interface NodeSettings {
  readonly url: string;
  readonly link: Link;
  /** Folder of the built programs. */
  readonly programs: string;
  readonly cgroup: string;
  /** Name of the image that holds a pod's namespaces. */
  readonly pauseImage: string;
}

/** Where the settings of the three programs lie that take a file. */
export function settingsOf(directory: string) {
  const at = (name: string): string => join(directory, name);
  return {
    containerdConfig: at('containerd.toml'),
    kubeletConfig: at('kubelet.yaml'),
    kubeProxyConfig: at('kube-proxy.yaml'),
    networks: at('networks'),
    resolvConf: at('resolv.conf'),
  } as const;
}

/** Writes all of them. The keys of the control plane itself lie there already. */
export async function writeNodeFiles(
  layout: Layout,
  authority: Authority,
  settings: NodeSettings,
): Promise<NodeFiles> {
  const at = (name: string): string => join(layout.directory, name);
  const put = (path: string, text: string): void => writeFileSync(path, text, { mode: 0o600 });
  const keep = (name: string, { certificate, key }: Credential) => {
    const paths = { certificate: at(`${name}.crt`), key: at(`${name}.key`) };
    put(paths.certificate, certificate);
    put(paths.key, key);
    return paths;
  };
  const kubeconfig = (client: string): string => at(`${client}.kubeconfig`);
  for (const [client, subject] of Object.entries(CLIENTS)) {
    const server = { url: settings.url, ca: authority.certificate };
    writeKubeconfig(kubeconfig(client), server, { certificate: await authority.issueClient(subject) });
  }
  const { families, node, machine } = settings.link;
  const addresses = families.map((family) => node[family]);
  const serving = keep('kubelet', await authority.issueServer(NODE_NAME, { names: [NODE_NAME], addresses }));
  const paths = settingsOf(layout.directory);
  mkdirSync(paths.networks, { recursive: true });
  put(paths.containerdConfig, containerdConfig(settings, paths.networks));
  put(join(paths.networks, '10-pods.conflist'), JSON.stringify(podNetwork(families)));
  put(paths.resolvConf, `nameserver ${machine[families[0]]}\n`);
  const { cgroup } = settings;
  const { resolvConf } = paths;
  put(
    paths.kubeletConfig,
    stringify(kubeletConfig({ ca: layout.ca, serving, resolvConf, cgroup, family: families[0] })),
  );
  put(paths.kubeProxyConfig, stringify(kubeProxyConfig(kubeconfig('kube-proxy'), families)));
  const apiServer = { commonName: 'kube-apiserver-kubelet-client', organizations: ['system:masters'] };
  return { kubeconfig, kubeletClient: keep('kubelet-client', await authority.issueClient(apiServer)) };
}

function containerdConfig({ programs, pauseImage }: NodeSettings, networks: string): string {
  const unused = ['btrfs', 'zfs', 'devmapper', 'blockfile', 'erofs'].map(
    (name) => `io.containerd.snapshotter.v1.${name}`,
  );
  const disabled = [...unused, 'io.containerd.nri.v1.nri'];
  return `version = 4
imports = []
disabled_plugins = ${JSON.stringify(disabled)}
[plugins.'io.containerd.cri.v1.images'.pinned_images]
  sandbox = '${pauseImage}'
[plugins.'io.containerd.cri.v1.runtime']
  # Without CAP_SYS_RESOURCE no process may be made less likely to be killed for memory.
  restrict_oom_score_adj = true
  disable_apparmor = true
[plugins.'io.containerd.cri.v1.runtime'.cni]
  bin_dirs = ['${programs}']
  conf_dir = '${networks}'
[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc]
  runtime_type = 'io.containerd.runc.v2'
[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc.options]
  SystemdCgroup = false
`;
}

function podNetwork(families: Families) {
  return {
    cniVersion: '1.0.0',
    name: 'pods',
    plugins: [
      {
        type: 'bridge',
        bridge: 'pods',
        isGateway: true,
        ipMasq: true,
        hairpinMode: true,
        ipam: {
          type: 'host-local',
          ranges: families.map((family) => [{ subnet: ADDRESSES[family].pods }]),
          routes: families.map((family) => ({ dst: ADDRESSES[family].everywhere })),
          // Forgotten when the node restarts, as its pods' interfaces are.
          dataDir: '/run/cni',
        },
      },
      { type: 'portmap', capabilities: { portMappings: true } },
    ],
  };
}

interface KubeletSettings {
  readonly ca: string;
  readonly serving: { readonly certificate: string; readonly key: string };
  readonly resolvConf: string;
  readonly cgroup: string;
  readonly family: Family;
}

function kubeletConfig({ ca, serving, resolvConf, cgroup, family }: KubeletSettings) {
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    containerRuntimeEndpoint: 'unix:///run/containerd/containerd.sock',
    failCgroupV1: false,
    cgroupDriver: 'cgroupfs',
    cgroupRoot: `/${cgroup}`,
    failSwapOn: false,
    // As for containerd: less than it has been given may not be asked for.
    oomScoreAdj: 0,
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: ca },
    },
    authorization: { mode: 'Webhook' },
    tlsCertFile: serving.certificate,
    tlsPrivateKeyFile: serving.key,
    clusterDomain: 'cluster.local',
    address: ADDRESSES[family].any,
    clusterDNS: [ADDRESSES[family].dnsService],
    resolvConf,
    volumePluginDir: '/var/lib/kubelet/volume-plugins',
    // The machine's disk is not the node's own: a full one is no reason to evict pods.
    evictionHard: { 'memory.available': '100Mi', 'nodefs.available': '1%', 'imagefs.available': '1%' },
    imageGCHighThresholdPercent: 100,
    imageGCLowThresholdPercent: 99,
    syncFrequency: '10s',
    nodeStatusUpdateFrequency: '4s',
  };
}

function kubeProxyConfig(kubeconfig: string, families: Families) {
  return {
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    mode: 'nftables',
    hostnameOverride: NODE_NAME,
    clusterCIDR: subnetsOf(families, 'pods'),
    clientConnection: { kubeconfig },
    // Zero leaves the machine's own settings alone.
    conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: '0s', tcpCloseWaitTimeout: '0s' },
    nftables: { minSyncPeriod: '200ms', syncPeriod: '30s' },
  };
}
