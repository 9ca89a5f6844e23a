/**
 * The flags of etcd, kube-apiserver and kube-controller-manager, one list each. Must not start anything.
 */
import { join } from 'node:path';

/** Where everything of one control plane lies. */
export interface Layout {
  readonly directory: string;
  readonly etcdSocket: string;
  readonly ca: string;
  readonly caKey: string;
  readonly serverCertificate: string;
  readonly serverKey: string;
  readonly frontProxyCa: string;
  readonly frontProxyCertificate: string;
  readonly frontProxyKey: string;
  readonly tokenKey: string;
  readonly controllersKubeconfig: string;
}

/** The file names inside one state directory. */
export function layoutOf(directory: string): Layout {
  const at = (name: string): string => join(directory, name);
  return {
    directory,
    etcdSocket: at('etcd.sock'),
    ca: at('ca.crt'),
    caKey: at('ca.key'),
    serverCertificate: at('server.crt'),
    serverKey: at('server.key'),
    frontProxyCa: at('front-proxy-ca.crt'),
    frontProxyCertificate: at('front-proxy.crt'),
    frontProxyKey: at('front-proxy.key'),
    tokenKey: at('service-account.key'),
    controllersKubeconfig: at('controller-manager.kubeconfig'),
  };
}

/** etcd on Unix sockets: no port to race for, and no other user of the machine can reach it. Durability is off. */
export function etcdFlags(layout: Layout): readonly string[] {
  const client = `unix://${layout.etcdSocket}`;
  const peer = `unix://${join(layout.directory, 'peer.sock')}`;
  return [
    '--name=test',
    `--data-dir=${join(layout.directory, 'etcd')}`,
    '--unsafe-no-fsync',
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=test=${peer}`,
    '--log-level=warn',
  ];
}

/** The API server on loopback, with RBAC, client certificates, bound ServiceAccount tokens and default admission. */
export function apiServerFlags(layout: Layout, port: number): readonly string[] {
  return [
    `--etcd-servers=unix://${layout.etcdSocket}`,
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    `--secure-port=${port}`,
    // A loopback address is no valid endpoint, and no pod runs that could ask for it.
    '--endpoint-reconciler-type=none',
    `--cert-dir=${layout.directory}`,
    `--tls-cert-file=${layout.serverCertificate}`,
    `--tls-private-key-file=${layout.serverKey}`,
    `--client-ca-file=${layout.ca}`,
    `--requestheader-client-ca-file=${layout.frontProxyCa}`,
    '--requestheader-allowed-names=front-proxy-client',
    '--requestheader-username-headers=X-Remote-User',
    '--requestheader-group-headers=X-Remote-Group',
    '--requestheader-extra-headers-prefix=X-Remote-Extra-',
    `--proxy-client-cert-file=${layout.frontProxyCertificate}`,
    `--proxy-client-key-file=${layout.frontProxyKey}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${layout.tokenKey}`,
    `--service-account-signing-key-file=${layout.tokenKey}`,
    '--service-cluster-ip-range=10.96.0.0/16',
    '--authorization-mode=RBAC',
    '--allow-privileged=true',
    // Without it a graceful stop waits a minute for the controllers' own watches to end.
    '--shutdown-watch-termination-grace-period=1s',
    '--profiling=false',
  ];
}

/** Controllers that act on nodes, volumes or running pods: there is no kubelet here, so they would only get in the way. */
const NEEDS_NODES = [
  'daemonset-controller',
  'device-taint-eviction-controller',
  'ephemeral-volume-controller',
  'horizontal-pod-autoscaler-controller',
  'node-ipam-controller',
  'node-lifecycle-controller',
  'persistentvolume-attach-detach-controller',
  'persistentvolume-binder-controller',
  'persistentvolume-expander-controller',
  'persistentvolume-protection-controller',
  'persistentvolumeclaim-protection-controller',
  'pod-garbage-collector-controller',
  'resourceclaim-controller',
  'taint-eviction-controller',
  'ttl-controller',
  'volumeattributesclass-protection-controller',
];

/** Garbage collection, namespaces, ServiceAccounts and their tokens, ClusterRole aggregation, the root CA and the rest. */
export function controllerManagerFlags(
  layout: Layout,
  without: readonly string[] = NEEDS_NODES,
): readonly string[] {
  return [
    `--kubeconfig=${layout.controllersKubeconfig}`,
    `--controllers=${['*', ...without.map((name) => `-${name}`)].join(',')}`,
    '--secure-port=0',
    '--leader-elect=false',
    '--use-service-account-credentials=true',
    `--service-account-private-key-file=${layout.tokenKey}`,
    `--root-ca-file=${layout.ca}`,
    `--cluster-signing-cert-file=${layout.ca}`,
    `--cluster-signing-key-file=${layout.caKey}`,
    // Tests make and delete many namespaces; the defaults (20 and 30) would make each wait for the others.
    '--kube-api-qps=500',
    '--kube-api-burst=1000',
    '--profiling=false',
  ];
}
