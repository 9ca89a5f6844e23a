/** The flags of the programs of a node, one list each. Must not start anything. */
import {
  apiServerFlags,
  controllerManagerFlags,
  etcdFlags,
  type Layout,
} from '../control-plane/program-flags.ts';
import { NODE_NAME } from './namespaces.ts';
import { POD_SUBNET, SERVICE_SUBNET } from './network.ts';
import { type NodeClient, type NodeFiles, settingsOf } from './node-files.ts';

/** What a node consists of, beside the namespaces. */
export const DAEMONS = [
  'containerd',
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubelet',
  'kube-proxy',
  'kube-router',
] as const;
export type Daemon = (typeof DAEMONS)[number];

export interface NodeAddresses {
  readonly nodeAddress: string;
  readonly apiServerPort: number;
}

/** The flags of each program. A later flag wins, so those of the control plane alone come first. */
export function nodeFlags(
  layout: Layout,
  files: NodeFiles,
  { nodeAddress, apiServerPort }: NodeAddresses,
): Readonly<Record<Daemon, readonly string[]>> {
  const kubeconfigOf = (client: NodeClient): string => `--kubeconfig=${files.kubeconfig(client)}`;
  const { containerdConfig, kubeletConfig, kubeProxyConfig } = settingsOf(layout.directory);
  return {
    containerd: ['--config', containerdConfig],
    etcd: etcdFlags(layout),
    'kube-apiserver': [
      ...apiServerFlags(layout, apiServerPort),
      '--bind-address=0.0.0.0',
      `--advertise-address=${nodeAddress}`,
      '--endpoint-reconciler-type=lease',
      // Beside RBAC.
      '--authorization-mode=Node',
      '--enable-admission-plugins=NodeRestriction',
      `--kubelet-certificate-authority=${layout.ca}`,
      `--kubelet-client-certificate=${files.kubeletClient.certificate}`,
      `--kubelet-client-key=${files.kubeletClient.key}`,
      '--kubelet-preferred-address-types=InternalIP',
    ],
    'kube-controller-manager': [
      ...controllerManagerFlags(layout, []),
      kubeconfigOf('kube-controller-manager'),
      '--allocate-node-cidrs=true',
      `--cluster-cidr=${POD_SUBNET}`,
      '--node-cidr-mask-size=24',
      `--service-cluster-ip-range=${SERVICE_SUBNET}`,
    ],
    'kube-scheduler': [kubeconfigOf('kube-scheduler'), '--leader-elect=false', '--secure-port=0'],
    kubelet: [
      kubeconfigOf('kubelet'),
      `--config=${kubeletConfig}`,
      `--hostname-override=${NODE_NAME}`,
      `--node-ip=${nodeAddress}`,
    ],
    'kube-proxy': [`--config=${kubeProxyConfig}`],
    'kube-router': [
      kubeconfigOf('kube-router'),
      `--hostname-override=${NODE_NAME}`,
      // Of its three trades only NetworkPolicy.
      '--run-firewall=true',
      '--run-router=false',
      '--run-service-proxy=false',
      '--run-loadbalancer=false',
      `--service-cluster-ip-range=${SERVICE_SUBNET}`,
      '--iptables-sync-period=15s',
    ],
  };
}
