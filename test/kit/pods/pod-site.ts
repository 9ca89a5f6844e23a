/** The product as pods on a node, as tests use it: where it is, Helm, and the examples as they fit this machine. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { eventually } from '../clock/eventually.ts';
import { readExample, type Site } from '../installation/example-installation.ts';
import { helm4 } from '../machine/helm.ts';
import type { ClusterNode } from '../node/node.ts';
import { applicationHost, gatewayPort, origin } from './prerequisites.ts';

export interface PodSite extends Site {
  readonly node: ClusterNode;
  /** Of the release. */
  readonly namespace: string;
  /** Runs Helm as the cluster's administrator. Throws with all that it said when it fails. */
  helm(...args: readonly string[]): Promise<string>;
}

/** What a site is known by: the authority of the gateway's certificate, and where the release is. */
export interface PodSiteWish {
  readonly ca: string;
  readonly namespace: string;
}

/** A site whose pods are there already. */
export function podSite(node: ClusterNode, { ca, namespace }: PodSiteWish): PodSite {
  return {
    node,
    namespace,
    product: { ca },
    at: node.nodeAddress,
    applicationOrigin: `https://${applicationHost}:${gatewayPort}`,
    signInUrl: `${origin}/support-access/sign-in/ecase/case-4711`,
    helm: async (...args) => runHelmOn(node, args),
    kubectl: async (args, input) => node.kubectl(args, input === undefined ? {} : { input }),
    example: async (file, change) =>
      readExample(file, (manifest) => {
        if (manifest['kind'] === 'SupportAccessGrant')
          manifest.spec['allowedCIDRs'] = [rangeOf(node.machineAddress)];
        change?.(manifest);
      }),
  };
}

/**
 * Waits until the gateway's port takes a connection. The network lets addresses of a first grant in moments after the operator
 * has written them: a person is slower than that, a program is not.
 */
export async function untilAdmitted({ at = '127.0.0.1' }: Site): Promise<void> {
  await eventually(
    async () => {
      const socket = connect({ host: at, port: gatewayPort });
      try {
        await once(socket, 'connect');
      } finally {
        socket.destroy();
      }
    },
    { within: 15_000, every: 100 },
  );
}

/** The range of one address. */
export function rangeOf(address: string): string {
  return `${address}/${address.includes(':') ? 128 : 32}`;
}

/** How people on this machine reach the gateway. */
export const throughNodePort: readonly string[] = [
  '--set=gateway.service.type=NodePort',
  `--set=gateway.service.nodePort=${gatewayPort}`,
];

/** Runs Helm as the administrator of a cluster. Throws with all that it said when it fails. */
export async function runHelmOn(node: ClusterNode, args: readonly string[]): Promise<string> {
  const env = { PATH: process.env['PATH'], HOME: join(node.directory, 'home'), KUBECONFIG: node.kubeconfig };
  const helm = promisify(execFile)(await helm4(), args, { env, maxBuffer: 64 * 1024 * 1024 });
  const { stdout } = await helm.catch((error: Error & { readonly stdout?: string }) => {
    throw new Error(`${error.message}${error.stdout ?? ''}`, { cause: error });
  });
  return stdout;
}
