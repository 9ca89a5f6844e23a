/** The flags of the programs of a node, one list each. Must not start anything. */
import {
  apiServerFlags,
  controllerManagerFlags,
  etcdFlags,
  type Layout,
} from '../control-plane/program-flags.ts';
import { ADDRESSES, type Families, subnetsOf } from './families.ts';
import { NODE_NAME } from './namespaces.ts';
import type { Link } from './network.ts';
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

/** The flags of each program. A later flag wins, so those of the control plane alone come first. */
export function nodeFlags(
  layout: Layout,
  files: NodeFiles,
  link: Link,
  apiServerPort: number,
): Readonly<Record<Daemon, readonly string[]>> {
  const kubeconfigOf = (client: NodeClient): string => `--kubeconfig=${files.kubeconfig(client)}`;
  const { families } = link;
  const [primary] = families;
  const { containerdConfig, kubeletConfig, kubeProxyConfig } = settingsOf(layout.directory);
  return {
    containerd: ['--config', containerdConfig],
    etcd: etcdFlags(layout),
    'kube-apiserver': [
      ...apiServerFlags(layout, apiServerPort),
      `--bind-address=${ADDRESSES[primary].any}`,
      `--advertise-address=${link.node[primary]}`,
      `--service-cluster-ip-range=${subnetsOf(families, 'services')}`,
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
      `--cluster-cidr=${subnetsOf(families, 'pods')}`,
      ...nodeCidrFlags(families),
      `--service-cluster-ip-range=${subnetsOf(families, 'services')}`,
    ],
    'kube-scheduler': [kubeconfigOf('kube-scheduler'), '--leader-elect=false', '--secure-port=0'],
    kubelet: [
      kubeconfigOf('kubelet'),
      `--config=${kubeletConfig}`,
      `--hostname-override=${NODE_NAME}`,
      `--node-ip=${families.map((family) => link.node[family]).join(',')}`,
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
      `--service-cluster-ip-range=${subnetsOf(families, 'services')}`,
      ...families.map((family) => `--enable-${family.toLowerCase()}=true`),
      ...(families.includes('IPv4') ? [] : ['--enable-ipv4=false']),
      '--iptables-sync-period=15s',
    ],
  };
}

/** One flag for each family, or one without a family where there is but one. */
function nodeCidrFlags(families: Families): readonly string[] {
  const [primary] = families;
  if (families.length === 1) return [`--node-cidr-mask-size=${ADDRESSES[primary].podsOfNode}`];
  return families.map(
    (family) => `--node-cidr-mask-size-${family.toLowerCase()}=${ADDRESSES[family].podsOfNode}`,
  );
}
